"""Returns by the API: from the wish to the money, and what is refused."""

from datetime import timedelta
from itertools import count
from typing import Any

import httpx2
import pytest

from tests.web.conftest import Api, at_the_counter, new_key

Json = dict[str, Any]
NUMBERS = count(1)
AS_NEW = {"condition": "as_new", "disposition": "restock"}


def collected(api: Api) -> Json:
    """Six of 85123A, taken along and paid in cash; six others come for who is next."""
    more = {"sku": "85123A", "location": "main", "change": 6, "reason": "delivery"}
    assert api.post("/stock/adjustments", more).status_code == 201
    order = api.order(**at_the_counter(customer=somebody()))
    [shipment] = api.get("/shipments", order=order["number"]).json()["items"]
    for step in ("pick", "pack", "hand_over"):
        assert api.post(f"/shipments/{shipment['id']}/{step}").status_code == 200
    return dict(api.get(f"/orders/{order['id']}").json())


def somebody() -> Json:
    """Another one each time: two orders of one customer that are alike are held."""
    return {"email": f"customer{next(NUMBERS)}@example.com"}


def ask(api: Api, order: Json, quantity: int = 2, **more: Any) -> httpx2.Response:
    line = {"line": "1", "quantity": quantity, "reason": "changed_mind"}
    return api.post("/returns", {"order": order["number"], "lines": [line], **more})


def asked(api: Api, order: Json, quantity: int = 2) -> Json:
    answer = ask(api, order, quantity)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def step(api: Api, returned: Json, name: str, body: Json | None = None) -> Json:
    answer = api.post(f"/returns/{returned['id']}/{name}", body or {})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def inspected(api: Api, order: Json, quantity: int = 2) -> Json:
    returned = asked(api, order, quantity)
    step(api, returned, "approve")
    step(api, returned, "parcel_returned", {"location": "main"})
    found = {"line": "1", "quantity": quantity, **AS_NEW}
    return step(api, returned, "inspect", {"lines": [found]})


def test_a_return_goes_its_way(api: Api):
    order = collected(api)
    returned = asked(api, order)
    assert returned["allowed"] == ["approve", "refuse", "withdraw", "parcel_returned"]
    assert returned["waiting_for"]["code"] == "decision"
    approved = step(api, returned, "approve", {"instructions": "By post."})
    assert (approved["state"], approved["instructions"]) == ("approved", "By post.")
    here = step(api, returned, "parcel_returned", {"location": "main"})
    assert (here["state"], here["allowed"]) == ("received", ["inspect"])
    found = [
        {"line": "1", "quantity": 1, **AS_NEW},
        {"line": "1", "quantity": 1, "condition": "opened", "disposition": "scrap"},
    ]
    seen = step(api, returned, "inspect", {"lines": found})
    assert seen["allowed"] == ["refuse", "inspect", "settle"]
    assert seen["refund"] == {"goods": "5.10", "shipping": "0.00", "total": "5.10"}
    body = {"amount": "5.10", "paid_out": True}
    settled = step(api, returned, "settle", body)
    assert (settled["state"], settled["waiting_for"], settled["allowed"]) == ("settled", None, [])
    after = api.get(f"/orders/{order['id']}").json()
    assert after["lines"][0]["returned"] == 2
    assert after["returns"] == [{"id": returned["id"], "state": "settled"}]
    assert after["totals"]["refunded"] == "5.10"
    assert api.get("/stock", sku="85123A").json()["items"][0]["on_hand"] == 101


def test_they_are_listed(small_api: Api):
    orders = [collected(small_api), collected(small_api)]
    first, second = (asked(small_api, order) for order in orders)
    step(small_api, first, "approve")
    found = small_api.get("/returns", state="approved").json()["items"]
    assert [x["id"] for x in found] == [first["id"]]
    [found] = small_api.get("/returns", order=orders[1]["number"]).json()["items"]
    assert found == small_api.get(f"/returns/{second['id']}").json()
    page = small_api.get("/returns", limit=1).json()
    rest = small_api.get("/returns", limit=1, cursor=page["next_cursor"]).json()
    assert [x["id"] for x in page["items"] + rest["items"]] == [second["id"], first["id"]]
    assert small_api.get("/returns", order="9999").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 422, "/order"),
        ({"order": "9999", "lines": [{"line": "1", "quantity": 1}]}, 422, "/order"),
        ({"lines": []}, 422, "/lines"),
        ({"lines": [{"line": "9", "quantity": 1}]}, 422, "/lines/0/line"),
        ({"lines": [{"line": "1", "quantity": 7}]}, 422, "/lines/0/quantity"),
        ({"lines": [{"line": "1", "quantity": 0}]}, 422, "/lines/0/quantity"),
        ({"lines": [{"line": "1", "quantity": 1, "reason": "x"}]}, 422, "/lines/0/reason"),
        ({"arrived": True, "location": "moon"}, 422, "/location"),
    ],
)
def test_bad_wishes_name_the_field(small_api: Api, body: Json, status: int, pointer: str):
    order = collected(small_api)
    given = {"order": order["number"], **body} if body else {}
    answer = small_api.post("/returns", given)
    assert answer.status_code == status
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert small_api.get("/returns", order=order["number"]).json()["items"] == []


def test_what_cannot_be_done_says_what_can(small_api: Api):
    order = small_api.order(**at_the_counter(customer=somebody()))
    assert ask(small_api, order).json()["code"] == "not_delivered"
    returned = asked(small_api, collected(small_api))
    path = f"/returns/{returned['id']}"
    assert small_api.post(f"{path}/settle").status_code == 409
    refusal = small_api.post(f"{path}/refuse").json()
    assert (refusal["code"], refusal["errors"][0]["pointer"]) == ("reason_missing", "/reason")
    assert small_api.post(f"{path}/burn").status_code == 404
    assert small_api.post("/returns/ret_none/approve").status_code == 404


def test_a_parcel_that_nobody_expected(small_api: Api):
    order = collected(small_api)
    answer = small_api.post("/returns", {"order": order["id"], "arrived": True, "location": "main"})
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["lines"][0]["quantity"]) == ("received", 6)
    again = small_api.post("/returns", {"order": order["id"], "arrived": True})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_out")


def test_only_who_may_takes_back_what_comes_late(small_api: Api):
    order = collected(small_api)
    house = small_api.house
    now = house.clock
    house.clock = lambda: now() + timedelta(days=31)
    try:
        clerk = {"Authorization": f"Bearer {new_key(house, 'returns:write')}"}
        body = {"order": order["number"], "lines": [{"line": "1", "quantity": 1}]}
        late = small_api.request("POST", "/returns", json=body, headers=clerk)
        assert (late.status_code, late.json()["code"]) == (409, "too_late")
        assert ask(small_api, order).json()["code"] == "late_reason_missing"
        assert ask(small_api, order, late_reason="was ill").json()["late_reason"] == "was ill"
    finally:
        house.clock = now


def test_the_same_key_asks_once(small_api: Api):
    order = collected(small_api)
    body = {"order": order["number"], "lines": [{"line": "1", "quantity": 2}]}
    first, second = (small_api.post("/returns", body, idempotency_key="K") for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len(small_api.get("/returns", order=order["number"]).json()["items"]) == 1


def test_whoever_was_not_fast_enough_is_told(small_api: Api):
    returned = asked(small_api, collected(small_api))
    path = f"/returns/{returned['id']}"
    seen = small_api.get(path).headers["etag"]
    assert small_api.post(f"{path}/approve", if_match=seen).status_code == 200
    assert small_api.post(f"{path}/withdraw", if_match=seen).status_code == 412
    returned = inspected(small_api, collected(small_api))
    other = small_api.post(f"/returns/{returned['id']}/settle", {"amount": "1.00"})
    assert (other.status_code, other.json()["code"]) == (412, "changed_meanwhile")
