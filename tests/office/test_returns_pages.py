"""Returns in the back office: the list, one return from the request to the money, and refusals."""

import re
from collections.abc import Callable

import pytest

from purvey.domain.order import Order
from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office, alert
from tests.operations.returning import (
    all_as_new,
    asked,
    delivered,
    good,
    inspect,
    inspected,
    settle,
    unasked,
)


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    return shop


@pytest.fixture
def cleo(small_office: Office) -> Browser:
    return small_office.logged_in("Cleo", role="clerk")


def only(shop: Shop, order: Order) -> str:
    [returned] = shop.look(order).returns
    return f"/returns/{returned.id}"


def test_a_clerk_takes_goods_back(shop: Shop, cleo: Browser):
    order = delivered(shop, (4, "A"))
    form = cleo.get(f"/orders/{order.number}/return")
    assert "A tea (A), at most 4" in form.text
    start = {"units_1": "3", "reason": "damaged", "location": ""}
    assert cleo.post(f"/orders/{order.number}/return", **start).status_code == 303
    path = only(shop, order)
    cleo.post(f"{path}/decide", trigger="approve", instructions="By post")
    cleo.post(f"{path}/arrived", location="main")
    rows = {
        "line_0": "1",
        "quantity_0": "2",
        "condition_0": "as_new",
        "disposition_0": "restock",
        "line_1": "1",
        "quantity_1": "1",
        "condition_1": "damaged",
        "disposition_1": "scrap",
        "percent_0": "100",
        "percent_1": "50",
    }
    assert cleo.post(f"{path}/inspect", **rows).status_code == 303
    shown = cleo.get(path).text
    assert "£12.50" in shown and 'name="amount" value="1250"' in shown
    wrong = cleo.post(f"{path}/settle", amount="1", location="main")
    assert (wrong.status_code, "changed since it was shown" in wrong.text) == (422, True)
    assert cleo.post(f"{path}/settle", amount="1250", location="main").status_code == 303
    [returned] = shop.look(order).returns
    assert (returned.state, returned.refund, returned.asked_by) == ("settled", 1250, "Cleo")
    assert shop.available("A") == 98


def test_the_list_says_who_waits_for_what(shop: Shop, cleo: Browser):
    order = delivered(shop, (4, "A"))
    asked(shop, order, (1, 1))
    page = cleo.get("/returns").text
    assert "Waiting for a person to approve or refuse it" in page and str(order.number) in page
    assert str(order.number) in cleo.get("/returns?state=requested").text
    assert "No returns here" in cleo.get("/returns?state=settled").text
    assert cleo.get("/returns?state=eaten").status_code == 404


def test_what_does_not_fit_is_said_and_what_was_typed_stays(shop: Shop, cleo: Browser):
    order = delivered(shop, (4, "A"))
    path = f"/orders/{order.number}/return"
    for units in ("9", "two", ""):
        answer = cleo.post(path, units_1=units, reason="damaged", note="half of them")
        assert answer.status_code == 422 and "half of them" in answer.text
    returned = asked(shop, order, (1, 2))
    refusal = cleo.post(f"/returns/{returned.id}/decide", trigger="refuse", reason="")
    assert refusal.status_code == 422 and "Say why" in refusal.text
    old = cleo.post(f"/returns/{returned.id}/decide", trigger="approve", version=str(order.version))
    assert "Somebody was faster" in old.text
    assert cleo.get("/returns/ret_none").status_code == 404
    assert cleo.get("/orders/9999/return").status_code == 404


def test_a_parcel_that_nobody_asked_for_is_taken_in(shop: Shop, cleo: Browser):
    order = delivered(shop, (4, "A"))
    answer = cleo.post(
        f"/orders/{order.number}/return", units_1="4", reason="other", location="main"
    )
    assert answer.status_code == 303
    assert shop.look(order).returns[0].state == "received"


def test_an_undelivered_parcel_is_taken_in_with_what_was_in_it(shop: Shop, cleo: Browser):
    order = shop.send_off(shop.paid((2, "A")))
    [parcel] = order.shipments
    shop.carrier_says(parcel, "returned_to_sender")
    page = cleo.get(f"/orders/{order.number}").text
    assert "could not be delivered and comes back" in page
    assert f"/orders/{order.number}/return?parcel={parcel.id}" in page
    form = cleo.get(f"/orders/{order.number}/return?parcel={parcel.id}").text
    assert f'name="parcel" value="{parcel.id}"' in form
    assert re.search(r'name="units_1"[^>]*value="2"', form)
    assert '<option value="undeliverable" selected' in form
    fields = {"units_1": "2", "reason": "undeliverable", "location": "main", "parcel": parcel.id}
    assert cleo.post(f"/orders/{order.number}/return", **fields).status_code == 303
    after = shop.look(order)
    assert (after.shipments[0].state, after.returns[0].state) == ("taken_back", "received")
    assert "was taken in" in cleo.get(f"/orders/{order.number}").text


def test_the_customer_is_not_told_that_it_was_delivered(shop: Shop, cleo: Browser):
    order = shop.send_off(shop.paid((2, "A")))
    path = f"/track/{order.track_token}"
    shop.carrier_says(order.shipments[0], "returned_to_sender")
    page = cleo.get(path).text
    assert "Your parcel could not be delivered and comes back to us" in page
    assert "A parcel could not be delivered and comes back to us" in page
    returned = good(unasked(shop, order, (1, 2), location="main"))
    assert "could not be delivered; it is here again" in cleo.get(path).text
    good(inspect(shop, returned, all_as_new(returned)))
    good(settle(shop, returned))
    page = cleo.get(path).text
    assert "Your order is closed. It could not be delivered." in page
    assert "has been delivered" not in page and "aria-current" not in page.split("<footer>")[0]
    for language in ("de", "fr", "es"):
        assert cleo.get(f"{path}?language={language}").status_code == 200


def test_an_undelivered_parcel_goes_out_again(shop: Shop, cleo: Browser):
    order = shop.send_off(shop.paid((2, "A")))
    [parcel] = order.shipments
    shop.carrier_says(parcel, "returned_to_sender")
    fields = {"trigger": "send_again", "version": str(shop.look(order).version)}
    answer = cleo.post(f"/orders/{order.number}/parcels/{parcel.id}", **fields)
    assert answer.status_code == 303
    assert [x.state for x in shop.look(order).shipments] == ["sent_again", "planned"]


def test_late_goods_need_a_manager(shop: Shop, cleo: Browser, small_office: Office, clock: Clock):
    order = delivered(shop, (4, "A"))
    clock.forward(days=31)
    path, wish = f"/orders/{order.number}/return", {"units_1": "1", "reason": "other"}
    cleo = small_office.logged_in("Carl", role="clerk")
    assert "a manager may still take it back" in cleo.post(path, **wish).text
    mia = small_office.logged_in("Mia", role="manager")
    assert mia.post(path, **wish, late_reason="was ill").status_code == 303


def test_who_may_only_look_sees_no_forms(shop: Shop, small_office: Office):
    returned = inspected(shop, delivered(shop, (4, "A")), (1, 1))
    vera = small_office.logged_in("Vera", role="viewer")
    assert '<form method="post"' not in vera.get(f"/returns/{returned.id}").text
    assert vera.post(f"/returns/{returned.id}/settle", amount="500").status_code == 403
    assert alert(vera.get("/returns")) == ""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_above_the_limit_another_person_approves(new_office: Callable[..., Office], clock: Clock):
    office = new_office(refund_approval_above="10.00")
    shop = Shop(office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    order = delivered(shop, (4, "A"))
    path = f"/returns/{inspected(shop, order, (1, 3)).id}"
    cleo, mia = office.logged_in("Cleo", role="clerk"), office.logged_in("Mia", role="manager")
    refused = cleo.post(f"{path}/settle", amount="1500", location="main")
    assert refused.status_code == 409 and f'action="{path}/ask"' in refused.text
    assert cleo.post(f"{path}/ask", reason="").status_code == 422
    assert cleo.post(f"{path}/ask", reason="all is here").status_code == 303
    page = mia.get("/approvals").text
    assert "Settling a return for 15.00 GBP" in page
    [place] = re.findall(r'action="(/approvals/return/[^"/]+)"', page)
    assert mia.post(place, verdict="approve").status_code == 303
    assert shop.look(order).returns[0].state == "settled"
