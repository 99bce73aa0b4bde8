"""What is asked of orders that are in: decided, held, paid another way, changed, one at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.conftest import Api, at_the_counter

BAD_ADDRESS = {"name": "Ann Lee", "line1": "1 High Street", "city": "Leeds", "country": "GB"}
GOOD_ADDRESS = {**BAD_ADDRESS, "postal_code": "LS1 4DT"}


def test_an_order_in_review_is_approved(api: Api):
    order = api.order(ship_to=BAD_ADDRESS)
    after = api.post(f"/orders/{order['number']}/approve").json()
    assert after["state"] == "reserved"
    assert after["holds"] == []


def test_an_order_in_review_is_rejected_for_a_reason(api: Api):
    order = api.order(ship_to=BAD_ADDRESS)
    path = f"/orders/{order['id']}/reject"
    missing = api.post(path)
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert api.post(path, {"reason": "no such street"}).json()["state"] == "rejected"


def test_a_cancelled_order_gives_its_stock_back(api: Api):
    order = api.order()
    assert api.get("/stock", sku="85123A").json()["items"][0]["available"] == 94
    answer = api.post(f"/orders/{order['id']}/cancel", {"reason": "changed her mind"})
    assert answer.json()["state"] == "cancelled"
    assert answer.json()["waiting_for"] is None
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    assert api.get("/stock", sku="85123A").json()["items"][0]["available"] == 100
    again = api.post(f"/orders/{order['id']}/cancel", {"reason": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed")


def test_every_trigger_that_is_allowed_has_a_path(api: Api):
    order = api.order(ship_to=BAD_ADDRESS)
    for trigger in order["allowed"]:
        answer = api.post(f"/orders/{order['id']}/{trigger}", {"nonsense": 1})
        assert answer.json()["errors"][0]["code"] in ("unknown_field", "missing")


def test_a_hold_stops_an_order_until_it_is_released(api: Api):
    order = api.order(**at_the_counter())
    path = f"/orders/{order['id']}/holds"
    held = api.post(path, {"reason": "Call her first", "type": "call"})
    assert held.status_code == 201
    [hold] = held.json()["holds"]
    assert (hold["type"], hold["reason"], hold["blocks"]) == ("call", "Call her first", ["fulfil"])
    shipment = held.json()["shipments"][0]["id"]
    blocked = api.post(f"/shipments/{shipment}/pick")
    assert (blocked.status_code, blocked.json()["code"]) == (409, "held")
    assert blocked.json()["allowed"] == ["release"]
    assert api.request("DELETE", f"{path}/{hold['id']}").json()["holds"] == []
    assert api.request("DELETE", f"{path}/{hold['id']}").status_code == 404
    assert api.post(f"/shipments/{shipment}/pick").status_code == 200


def test_all_holds_are_released_at_once(api: Api):
    order = api.order()
    for reason in ("one", "two"):
        api.post(f"/orders/{order['id']}/hold", {"reason": reason})
    assert api.post(f"/orders/{order['id']}/release").json()["holds"] == []


def test_an_order_is_paid_another_way(api: Api):
    order = api.order(payment={"method": "bank_transfer"})
    paid = api.post(f"/orders/{order['id']}/pay", {"payment": {"terms": "net30"}})
    assert paid.json()["state"] == "ready"
    assert [payment["state"] for payment in paid.json()["payments"]] == ["voided", "authorised"]


def test_a_second_payment_waits_for_the_first(api: Api):
    order = api.order()
    answer = api.post(f"/orders/{order['id']}/pay", {"payment": {"terms": "net30"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_pending")


def test_a_change_is_shown_first_and_confirmed_then(api: Api):
    order = api.order()
    path = f"/orders/{order['id']}/changes"
    wish = {"reason": "too many", "cancel": [{"line": "1", "quantity": 2}]}
    shown = api.post(path, {**wish, "preview": True}).json()
    assert shown["preview"] is True
    assert shown["difference"] == {"total": "-5.10", "reserved": -2, "backordered": 0}
    assert shown["lines"][0]["cancelled"] == 2
    assert api.get(f"/orders/{order['id']}").json() == order
    done = api.post(path, wish).json()
    assert (done["preview"], done["totals"]["total"]) == (False, "14.15")
    assert api.get(f"/orders/{order['id']}").json()["lines"][0]["reserved"] == 4


def test_a_corrected_address_is_checked_again(api: Api):
    order = api.order(**at_the_counter(shipping={"method": "standard"}, ship_to=GOOD_ADDRESS))
    path = f"/orders/{order['id']}/changes"
    held = api.post(path, {"ship_to": BAD_ADDRESS}).json()
    assert [hold["type"] for hold in held["holds"]] == ["address"]
    assert api.post(path, {"ship_to": GOOD_ADDRESS}).json()["holds"] == []


def test_a_change_of_nothing_is_refused(api: Api):
    order = api.order()
    answer = api.post(f"/orders/{order['id']}/changes", {"reason": "?"})
    assert answer.json()["errors"][0]["code"] == "nothing_to_change"


def test_who_was_slower_is_told(api: Api):
    order = api.order()
    path = f"/orders/{order['id']}/hold"
    seen = f'"{order["version"]}"'
    assert api.post(path, {"reason": "first"}, if_match=seen).status_code == 200
    slower = api.post(path, {"reason": "second"}, if_match=seen)
    assert (slower.status_code, slower.json()["code"]) == (412, "changed_meanwhile")
    assert api.post(path, {"reason": "any"}, if_match="*").status_code == 200
    assert api.post(path, {"reason": "odd"}, if_match="nonsense").status_code == 412


def test_of_many_changes_of_one_version_one_is_made(api: Api):
    order = api.order()
    path, seen = f"/orders/{order['id']}/holds", f'"{order["version"]}"'
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: api.post(path, {"reason": str(n)}, if_match=seen), range(8))
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [412] * 7


def test_a_change_with_a_key_is_made_once(api: Api):
    order = api.order()
    path = f"/orders/{order['id']}/holds"
    first = api.post(path, {"reason": "one"}, idempotency_key="h-1")
    again = api.post(path, {"reason": "one"}, idempotency_key="h-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    other = api.post(path, {"reason": "two"}, idempotency_key="h-1")
    assert other.json()["code"] == "idempotency_key_reused"


def test_of_many_with_one_key_one_is_made(api: Api):
    wish = {"sku": "85123A", "location": "main", "change": 5, "reason": "found"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: api.post("/stock/adjustments", wish, idempotency_key="s-1"), range(16)
            )
        )
    assert {answer.status_code for answer in answers} == {201}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert api.get("/stock", sku="85123A").json()["items"][0]["on_hand"] == 105


def test_a_refusal_leaves_its_key_free(api: Api):
    order = api.order()
    path = f"/orders/{order['id']}/cancel"
    assert api.post(path, {"reason": ""}, idempotency_key="c-1").status_code == 422
    assert api.post(path, {"reason": "sorry"}, idempotency_key="c-1").status_code == 200


def test_one_key_stands_for_one_request_only(api: Api):
    order = api.order()
    assert api.post("/orders/1001/hold", {"reason": "x"}, idempotency_key="k").status_code == 200
    elsewhere = api.post(f"/orders/{order['id']}/holds", {"reason": "x"}, idempotency_key="k")
    assert elsewhere.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("name", ["ord_nope", "9999", "9" * 30, "batch"])
def test_an_order_that_is_not_there(small_api: Api, name: str):
    calls: list[Callable[[], object]] = [
        lambda: small_api.get(f"/orders/{name}"),
        lambda: small_api.get(f"/orders/{name}/history"),
        lambda: small_api.post(f"/orders/{name}/cancel", {"reason": "x"}),
        lambda: small_api.post(f"/orders/{name}/holds", {"reason": "x"}),
        lambda: small_api.post(f"/orders/{name}/release"),
        lambda: small_api.post(f"/orders/{name}/pay", {"payment": {"method": "cash"}}),
        lambda: small_api.post(f"/orders/{name}/changes", {"ship_to": GOOD_ADDRESS}),
    ]
    assert {call().status_code for call in calls} == {404}  # type: ignore[attr-defined]
