"""Products, locations, stock and supplies over HTTP."""

from tests.web.conftest import Api, an_order

LAMP = {"name": "Lamp", "price": {"amount": "12.50", "currency": "GBP"}, "weight_grams": 800}


def test_a_product_is_created_and_replaced(api: Api):
    created = api.put("/products/LAMP", LAMP)
    assert created.status_code == 201
    assert created.json() == {
        "sku": "LAMP",
        "name": "Lamp",
        "price": {"amount": "12.50", "currency": "GBP"},
        "weight_grams": 800,
        "tax_class": "standard",
        "backorder_limit": 0,
        "backordered": 0,
        "active": True,
        "barcode": None,
        "version": 1,
    }
    replaced = api.put("/products/LAMP", {**LAMP, "backorder_limit": 5, "active": False})
    assert (replaced.status_code, replaced.json()["version"]) == (200, 2)
    assert api.get("/products/LAMP").json() == replaced.json()
    assert api.get("/products/LAMP").headers["etag"] == '"2"'


def test_a_barcode_is_checked_and_kept_as_one_number_and_is_one_products(api: Api):
    scanned = api.put("/products/LAMP", {**LAMP, "barcode": "036000291452"})
    assert (scanned.status_code, scanned.json()["barcode"]) == (201, "0036000291452")
    wrong = api.put("/products/LAMP", {**LAMP, "barcode": "4006381333932"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/barcode")
    twin = api.put("/products/TWIN", {**LAMP, "barcode": "0036000291452"})
    assert twin.status_code == 409 and "LAMP has this barcode already" in twin.text
    assert api.get("/products/TWIN").status_code == 404


def test_a_replaced_product_keeps_what_it_owes(api: Api):
    api.put("/products/LAMP", {**LAMP, "backorder_limit": 5})
    api.order(lines=[{"sku": "LAMP", "quantity": 3}])
    assert api.put("/products/LAMP", {**LAMP, "backorder_limit": 9}).json()["backordered"] == 3


def test_a_product_that_somebody_changed_is_not_overwritten(api: Api):
    api.put("/products/LAMP", LAMP)
    assert api.put("/products/LAMP", LAMP, if_match='"1"').status_code == 200
    assert api.put("/products/LAMP", LAMP, if_match='"1"').status_code == 412
    assert api.put("/products/NEW", LAMP, if_match='"1"').status_code == 412
    assert api.get("/products/NEW").status_code == 404


def test_products_are_listed_by_sku(api: Api):
    for sku in ("A/1", "Ü 2", "C"):
        assert api.put(f"/products/{sku}", LAMP).status_code == 201
    api.put("/products/OLD", {**LAMP, "active": False})
    first = api.get("/products", limit=3).json()
    rest = api.get("/products", limit=3, cursor=first["next_cursor"]).json()
    listed = [product["sku"] for product in first["items"] + rest["items"]]
    assert sorted(listed) == sorted(["85123A", "A/1", "C", "OLD", "Ü 2"])
    assert rest["next_cursor"] is None
    assert [p["sku"] for p in api.get("/products", active=False).json()["items"]] == ["OLD"]
    assert api.get("/products/A/1").json()["sku"] == "A/1"


def test_locations_are_tried_by_priority(api: Api):
    assert api.put("/locations/leeds", {"name": "Leeds", "priority": 2}).status_code == 201
    assert api.put("/locations/hull", {"name": "Hull", "priority": 1}).status_code == 201
    assert api.put("/locations/hull", {"name": "Kingston upon Hull"}).status_code == 200
    listed = [place["code"] for place in api.get("/locations").json()["items"]]
    assert listed == ["hull", "main", "leeds"]


def test_stock_comes_and_goes_with_a_reason(api: Api):
    came = {"sku": "85123A", "location": "main", "change": 20, "reason": "found"}
    assert api.post("/stock/adjustments", came).json() == {
        "sku": "85123A",
        "location": "main",
        "on_hand": 120,
        "reserved": 0,
        "available": 120,
    }
    api.order()
    too_many = api.post("/stock/adjustments", {**came, "change": -115})
    assert (too_many.status_code, too_many.json()["code"]) == (422, "reserved_stock")
    assert too_many.json()["errors"][0]["pointer"] == "/change"
    level = api.get("/stock", sku="85123A").json()["items"][0]
    assert (level["on_hand"], level["reserved"], level["available"]) == (120, 6, 114)


def test_stock_of_what_is_not_known_is_refused(api: Api):
    wish = {"sku": "85123A", "location": "main", "change": 1, "reason": "?"}
    for field, value, code in (
        ("sku", "NOPE", "unknown_sku"),
        ("location", "mars", "unknown_location"),
        ("change", 0, "bad_change"),
    ):
        answer = api.post("/stock/adjustments", {**wish, field: value})
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (422, f"/{field}", code)


def test_stock_is_listed_by_sku_and_location(api: Api):
    api.put("/locations/hull", {"name": "Hull"})
    api.stock("B", 5)
    api.post("/stock/adjustments", {"sku": "B", "location": "hull", "change": 2, "reason": "x"})
    found, cursor = [], ""
    while cursor is not None:
        page = api.get("/stock", limit=1, **({"cursor": cursor} if cursor else {})).json()
        found += [(level["sku"], level["location"]) for level in page["items"]]
        cursor = page["next_cursor"]
    assert found == [("85123A", "main"), ("B", "hull"), ("B", "main")]
    assert len(api.get("/stock", location="hull").json()["items"]) == 1
    assert api.get("/stock", sku="NOPE").json() == {"items": [], "next_cursor": None}


def test_a_supply_is_announced_and_arrives(api: Api):
    wish = {"sku": "85123A", "quantity": 10, "expected_on": "2030-05-03"}
    supply = api.post("/supplies", wish).json()
    assert (supply["state"], supply["expected"], supply["arrived"]) == ("expected", 10, 0)
    path = f"/supplies/{supply['id']}/receive"
    part = api.post(path, {"quantity": 4, "complete": False}).json()
    assert (part["state"], part["arrived"]) == ("expected", 4)
    rest = api.post(path).json()
    assert (rest["state"], rest["arrived"]) == ("arrived", 10)
    assert api.post(path).json()["code"] == "not_allowed"
    assert api.get("/stock", sku="85123A").json()["items"][0]["on_hand"] == 110
    assert api.get("/supplies", state="arrived").json()["items"] == [rest]
    assert api.get("/supplies", state="expected").json()["items"] == []
    assert api.post("/supplies/sup_nope/receive").status_code == 404


def test_customers_are_found_again(api: Api):
    ann = api.order()["customer"]
    again = api.order(customer={"email": "ANN@example.com"}, notes="again")
    assert again["customer"]["id"] == ann["id"]
    [customer] = api.get("/customers").json()["items"]
    assert (customer["email"], customer["name"]) == ("ann@example.com", "Ann Lee")
    assert api.get(f"/customers/{ann['id']}").json() == customer
    assert api.get("/customers", email="Ann@example.com").json()["items"] == [customer]
    assert api.get("/customers", external_id="C-17").json()["items"] == []
    assert api.get("/customers/cus_nope").status_code == 404


def test_the_summary_adds_up(api: Api):
    api.order()
    order = api.order(external_id="x")
    api.post(f"/orders/{order['id']}/cancel", {"reason": "x"})
    api.house.clock.forward(hours=2)  # type: ignore[attr-defined]
    api.post("/orders/1001/hold", {"reason": "x"})
    api.post("/orders/1001/cancel", {"reason": "x"})
    summary = api.get("/metrics/summary").json()
    assert (summary["orders"], summary["from"]) == (2, "2030-01-07T00:00:00.000Z")
    assert summary["by_state"] == [
        {
            "state": "cancelled",
            "currency": "GBP",
            "orders": 2,
            "total": "0.00",
            "paid": "0.00",
            "refunded": "0.00",
        }
    ]
    [reserved] = [one for one in summary["time_in_state"] if one["state"] == "reserved"]
    assert reserved["p95_seconds"] == 7200
    earlier = {"from": "2029-01-01", "to": "2029-12-31"}
    assert api.get("/metrics/summary", **earlier).json()["orders"] == 0


def test_prices_that_differ_are_held_by_policy(api: Api):
    lines = [{"sku": "85123A", "quantity": 1, "unit_price": "1"}]
    answer = api.post("/orders", an_order(lines=lines))
    assert answer.json()["holds"][0]["type"] == "price"
