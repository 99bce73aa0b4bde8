"""Orders come in: taken once, answered whole, never harmed by a neighbour."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.web.conftest import Api, an_order, at_the_counter


def test_an_order_is_taken_and_shown_whole(api: Api):
    answer = api.post(
        "/orders", an_order(external_id="SHOP-1", notes="Ring twice", metadata={"a": [1]})
    )
    order = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == f'"{order["version"]}"'
    assert answer.headers["location"] == f"/api/v1/orders/{order['id']}"
    assert order["id"].startswith("ord_")
    assert order["number"] == "1001"
    assert order["state"] == "reserved"
    assert order["totals"] == {
        "lines": "15.30",
        "discounts": "0.00",
        "shipping": "3.95",
        "tax": "0.00",
        "total": "19.25",
        "paid": "0.00",
        "refunded": "0.00",
    }
    [line] = order["lines"]
    assert (line["sku"], line["ordered"], line["reserved"]) == ("85123A", 6, 6)
    assert order["payments"][0]["state"] == "requested"
    assert order["waiting_for"]["code"] == "payment"
    assert order["allowed"] == ["cancel", "hold", "edit"]
    assert order["metadata"] == {"a": [1]}
    for name in (order["id"], order["number"]):
        assert api.get(f"/orders/{name}").json() == order


def test_who_sent_it_stands_in_its_history(api: Api):
    order = api.order()
    actors = {row["actor"] for row in api.get(f"/orders/{order['id']}/history").json()["items"]}
    assert actors == {"api:webshop"}


def test_the_same_external_id_is_the_same_order(api: Api):
    first = api.post("/orders", an_order(external_id="SHOP-1"))
    again = api.post("/orders", an_order(external_id="SHOP-1"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = api.post("/orders", an_order(external_id="SHOP-1", notes="another"))
    assert (other.status_code, other.json()["code"]) == (409, "external_id_reused")
    assert other.json()["errors"][0]["pointer"] == "/external_id"


def test_an_amount_written_otherwise_is_the_same_content(api: Api):
    lines = [{"sku": "85123A", "quantity": 6, "unit_price": "2.550"}]
    assert api.post("/orders", an_order(external_id="SHOP-1")).status_code == 201
    again = api.post("/orders", an_order(external_id="SHOP-1", lines=lines, bill_to=None))
    assert again.status_code == 200


def test_the_same_key_answers_as_the_first_time(api: Api):
    first = api.post("/orders", an_order(), idempotency_key="k-1")
    again = api.post("/orders", an_order(), idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = api.post("/orders", an_order(notes="another"), idempotency_key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert api.get("/orders").json()["items"] == [first.json()]


def test_the_same_order_from_many_clients_at_once_is_taken_once(api: Api):
    order = an_order(external_id="SHOP-1")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: api.post("/orders", order), range(32)))
    assert sorted({a.status_code for a in answers}) == [200, 201]
    assert sum(a.status_code == 201 for a in answers) == 1
    assert len({a.json()["id"] for a in answers}) == 1


def test_many_orders_at_once_get_numbers_of_their_own(api: Api):
    orders = [an_order(customer={"email": f"c{n}@example.com"}) for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda order: api.post("/orders", order), orders))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["number"] for a in answers}) == 16


def test_an_order_that_a_person_must_see_is_taken_with_its_holds(api: Api):
    address = {"name": "Ann Lee", "line1": "1 High Street", "city": "Leeds", "country": "GB"}
    order = api.order(ship_to={**address, "postal_code": "NOPE"})
    assert order["state"] == "in_review"
    [hold] = order["holds"]
    assert hold["blocks"] == ["accept"]
    assert order["allowed"] == ["approve", "reject", "cancel", "hold", "release", "edit"]
    assert order["waiting_for"]["sentence"].startswith("Waiting for a person to decide")


def test_too_few_are_told_with_the_line(api: Api):
    answer = api.post("/orders", an_order(lines=[{"sku": "85123A", "quantity": 101}]))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "out_of_stock")
    assert problem["errors"][0]["pointer"] == "/lines/0/quantity"
    assert "100 available" in problem["errors"][0]["detail"]


def test_an_order_that_waits_says_what_is_expected(api: Api):
    api.stock("LATE", 0, backorder_limit=50)
    supply = {"sku": "LATE", "quantity": 12, "expected_on": "2030-05-03"}
    assert api.post("/supplies", supply).status_code == 201
    order = api.order(lines=[{"sku": "LATE", "quantity": 2}])
    sentence = "Waiting for stock of LATE, 12 expected on 3 May"
    assert order["state"] == "backordered"
    assert order["waiting_for"]["sentence"] == sentence
    assert api.get(f"/orders/{order['id']}").json()["waiting_for"]["sentence"] == sentence
    assert api.get("/orders", waiting_for="stock").json()["items"] == [order]
    api.house.clock.forward(days=120)  # type: ignore[attr-defined]
    late = api.get(f"/orders/{order['id']}").json()["waiting_for"]["sentence"]
    assert late == "Waiting for stock of LATE, 12 were expected on 3 May"


def test_cash_at_the_counter_is_ready_at_once(api: Api):
    order = api.order(**at_the_counter())
    assert order["state"] == "ready"
    assert order["totals"]["paid"] == order["totals"]["total"] == "15.30"


def test_terms_secure_an_order(api: Api):
    order = api.order(payment={"terms": "net30", "purchase_order": "PO-9"})
    assert order["state"] == "ready"


def test_amounts_follow_the_currency(api: Api):
    api.stock("YEN", 10, price=500, currency="JPY")
    api.stock("DINAR", 10, price=1250, currency="KWD")
    yen = api.order(currency="JPY", lines=[{"sku": "YEN", "quantity": 2, "unit_price": "500"}])
    dinar = api.order(
        currency="KWD", lines=[{"sku": "DINAR", "quantity": 2, "unit_price": "1.250"}]
    )
    assert yen["totals"]["lines"] == "1000"
    assert dinar["totals"]["lines"] == "2.500"


def test_discounts_are_taken_off(api: Api):
    order = api.order(discounts=[{"code": "SPRING", "amount": "1.30"}])
    assert order["totals"]["discounts"] == "1.30"
    assert order["totals"]["total"] == "17.95"
    too_much = api.post("/orders", an_order(discounts=[{"code": "ALL", "amount": "99.00"}]))
    assert (too_much.status_code, too_much.json()["code"]) == (422, "discounts_exceed_total")


def test_one_bad_order_of_a_batch_harms_no_other(api: Api):
    orders = [
        an_order(external_id="B-1"),
        an_order(external_id="B-2", lines=[]),
        "no order",
        an_order(external_id="B-3", lines=[{"sku": "NOPE", "quantity": 1}]),
        an_order(external_id="B-4", lines=[{"sku": "85123A", "quantity": 1}]),
    ]
    answer = api.post("/orders/batch", {"orders": orders})
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [result["status"] for result in results] == [201, 422, 422, 422, 201]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/lines"
    assert results[3]["problem"]["code"] == "unknown_sku"
    assert results[4]["order"]["external_id"] == "B-4"
    assert len(api.get("/orders").json()["items"]) == 2


def test_a_batch_is_repeated_by_its_key(api: Api):
    orders = {"orders": [an_order(notes=str(n)) for n in range(3)]}
    first = api.post("/orders/batch", orders, idempotency_key="b-1")
    again = api.post("/orders/batch", orders, idempotency_key="b-1")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = api.post("/orders/batch", {"orders": orders["orders"][:1]}, idempotency_key="b-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len(api.get("/orders").json()["items"]) == 3


def test_a_batch_larger_than_a_commit_is_taken_whole(new_api: Callable[..., Api]):
    api = new_api(batch_limit=4)
    line = [{"sku": "85123A", "quantity": 1}]
    orders = [an_order(external_id=f"B-{n}", lines=line) for n in range(30)]
    results = api.post("/orders/batch", {"orders": orders}).json()["results"]
    assert [result["order"]["external_id"] for result in results] == [f"B-{n}" for n in range(30)]


def test_a_batch_has_at_most_a_thousand_orders(api: Api):
    answer = api.post("/orders/batch", {"orders": [1] * 1001})
    assert answer.json()["errors"][0] == {
        "pointer": "/orders",
        "code": "too_many",
        "detail": "Give at most 1000.",
    }
