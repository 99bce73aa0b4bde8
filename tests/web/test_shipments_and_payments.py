"""The warehouse's steps, labels, and money that people move."""

import base64
from collections.abc import Callable

import pytest

from purvey.domain.draft import Address
from purvey.operations.record_shipping import LabelBought, record_labels
from purvey.ports.carrier import Label, Parcel
from tests.web.conftest import Api, at_the_counter


def a_shipment(api: Api, **changes: object) -> dict[str, object]:
    order = api.order(**at_the_counter(**changes))
    [shipment] = api.get("/shipments", order=order["number"]).json()["items"]
    return shipment


def test_a_parcel_goes_its_way(api: Api):
    shipment = a_shipment(api)
    assert (shipment["state"], shipment["allowed"]) == ("planned", ["pick"])
    assert shipment["lines"] == [
        {"line": "1", "sku": "85123A", "name": "Product 85123A", "quantity": 6}
    ]
    path = f"/shipments/{shipment['id']}"
    states = []
    for step in ("pick", "pack", "hand_over"):
        answer = api.post(f"{path}/{step}")
        assert answer.status_code == 200, answer.text
        states.append((answer.json()["state"], answer.json()["order_state"]))
    assert states == [
        ("picking", "fulfilling"),
        ("packed", "fulfilling"),
        ("delivered", "delivered"),  # it was collected at the counter
    ]
    again = api.post(f"{path}/deliver")
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed")
    assert api.get("/stock", sku="85123A").json()["items"][0]["on_hand"] == 94
    closed = api.post(f"/orders/{shipment['order_number']}/close", {"reason": "done"})
    assert closed.json()["state"] == "closed"


def test_shipments_are_listed_by_state(api: Api):
    first, second = a_shipment(api), a_shipment(api, lines=[{"sku": "85123A", "quantity": 1}])
    api.post(f"/shipments/{first['id']}/pick")
    [planned] = api.get("/shipments", state="planned").json()["items"]
    assert planned["id"] == second["id"]
    page = api.get("/shipments", limit=1).json()
    rest = api.get("/shipments", limit=1, cursor=page["next_cursor"]).json()
    assert [x["id"] for x in page["items"] + rest["items"]] == [second["id"], first["id"]]
    assert api.get("/shipments", order="9999").json()["items"] == []
    assert api.get("/shipments/shp_nope").status_code == 404
    assert api.post("/shipments/shp_nope/pick").status_code == 404
    assert api.post(f"/shipments/{first['id']}/drop").status_code == 404


def test_a_step_of_an_order_that_has_changed_is_refused(api: Api):
    shipment = a_shipment(api)
    path = f"/shipments/{shipment['id']}"
    seen = api.get(path).headers["etag"]
    api.post(f"/orders/{shipment['order_id']}/hold", {"reason": "x", "blocks": ["accept"]})
    assert api.post(f"{path}/pick", if_match=seen).status_code == 412


def test_a_label_is_printed(api: Api):
    shipping = {"method": "standard"}
    address = {"line1": "1 High Street", "city": "Leeds", "postal_code": "LS1 4DT", "country": "GB"}
    shipment = a_shipment(api, shipping=shipping, ship_to={"name": "Ann Lee", **address})
    path = f"/shipments/{shipment['id']}"
    api.post(f"{path}/pick")
    api.post(f"{path}/pack")
    assert api.post(f"{path}/hand_over").json()["code"] == "label_missing"
    assert api.get(f"{path}/label").json()["code"] == "label_missing"
    record(api, str(shipment["id"]), bought(api))
    zpl = api.get(f"{path}/label")
    assert zpl.headers["content-type"].startswith("x-application/zpl")
    assert zpl.text.startswith("^XA")
    pdf = api.get(f"{path}/label", format="pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert api.post(f"{path}/hand_over").status_code == 200


def bought(api: Api) -> Label:
    to = Address(
        name="Ann Lee", line1="1 High Street", city="Leeds", postal_code="LS1", country="GB"
    )
    parcel = Parcel(weight_grams=100, from_location="main", to=to, service="standard", contents="1")
    label = api.house.outside.carrier.buy_label(key="k", parcel=parcel)
    assert isinstance(label, Label)
    return label


def record(api: Api, shipment_id: str, label: Label) -> None:
    def write(tx, act):  # type: ignore[no-untyped-def]
        record_labels(tx, [LabelBought(shipment_id=shipment_id, label=label)], act=act)

    api.house.database.run(1, lambda tx: write(tx, api.house.act("test")))


@pytest.mark.parametrize(
    ("media_type", "body", "kind", "status"),
    [
        ("application/pdf", base64.b64encode(b"%PDF-1.4").decode(), "zpl", 200),
        ("x-application/zpl", "^XA^XZ of another carrier", "pdf", 409),
    ],
)
def test_a_label_of_another_carrier(api: Api, media_type: str, body: str, kind: str, status: int):
    shipment = a_shipment(api)
    label = Label(
        carrier="other",
        service="standard",
        tracking_number="T-1",
        tracking_url="https://example.com/T-1",
        cost=1,
        currency="GBP",
        media_type=media_type,
        body=body,
    )
    record(api, str(shipment["id"]), label)
    answer = api.get(f"/shipments/{shipment['id']}/label", format=kind)
    assert answer.status_code == status
    assert api.get("/orders", q="T-1").json()["items"][0]["id"] == shipment["order_id"]


def a_payment(api: Api, **changes: object) -> dict[str, object]:
    order = api.order(**changes)
    [payment] = api.get("/payments", order=order["id"]).json()["items"]
    return payment


def test_a_bank_transfer_comes_in_two_parts(api: Api):
    payment = a_payment(api, payment={"method": "bank_transfer"})
    assert (payment["state"], payment["allowed"]) == ("requested", ["capture"])
    path = f"/payments/{payment['id']}"
    part = api.post(f"{path}/capture", {"amount": "10.00", "reference": "bank 7"}).json()
    assert (part["state"], part["captured"]) == ("captured", "10.00")
    assert api.get(f"/orders/{payment['order_id']}").json()["state"] == "reserved"
    rest = api.post(f"{path}/capture").json()
    assert rest["captured"] == "19.25"
    assert api.get(f"/orders/{payment['order_id']}").json()["state"] == "ready"
    too_much = api.post(f"{path}/refund", {"amount": "19.26"})
    assert (too_much.status_code, too_much.json()["errors"][0]["pointer"]) == (422, "/amount")
    back = api.post(f"{path}/refund", {"amount": "9.25"}).json()
    assert (back["state"], back["refunded"]) == ("refunded", "9.25")
    assert api.get(f"/orders/{payment['order_id']}").json()["totals"]["refunded"] == "9.25"


def test_amounts_of_a_payment_follow_its_currency(api: Api):
    payment = a_payment(api, payment={"method": "bank_transfer"})
    answer = api.post(f"/payments/{payment['id']}/capture", {"amount": "1.001"})
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/amount", "bad_amount")


def test_a_payment_that_is_needed_is_not_let_go(api: Api):
    payment = a_payment(api, payment={"terms": "net30"})
    answer = api.post(f"/payments/{payment['id']}/void")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_needed")


def test_a_payment_never_shows_its_token(api: Api):
    payment = a_payment(api)
    for path in (f"/payments/{payment['id']}", f"/orders/{payment['order_id']}", "/payments"):
        assert "tok_ok" not in api.get(path).text
    assert "tok_ok" not in api.get(f"/orders/{payment['order_id']}/history").text


def test_payments_that_are_not_there(small_api: Api):
    calls: list[Callable[[], object]] = [
        lambda: small_api.get("/payments/pay_nope"),
        lambda: small_api.post("/payments/pay_nope/capture"),
        lambda: small_api.post("/payments/pay_nope/steal"),
    ]
    assert {call().status_code for call in calls} == {404}  # type: ignore[attr-defined]
    assert small_api.get("/payments", state="captured").json()["items"] == []
