"""Changes of an order: shown first, then confirmed, and never over what somebody else did."""

import re
from datetime import timedelta

import pytest

from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.operations.promise_anew import NewPromise, promise_anew
from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office

LEEDS = {
    "name": "Ann Lee",
    "line1": "2 Low Street",
    "city": "Leeds",
    "postal_code": "LS1 4DT",
    "country": "gb",
}


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    shop.stock(10, "B", name="B tea", price=300)
    return shop


@pytest.fixture
def cleo(small_office: Office) -> Browser:
    return small_office.logged_in("Cleo", role="clerk")


def place(order: Order) -> str:
    return f"/orders/{order.number}/edit"


def send(browser: Browser, order: Order, kind: str, *, version: str = "", **fields: str):
    if not version:
        page = browser.get(place(order)).text
        version = page.partition('name="version" value="')[2].partition('"')[0]
    return browser.post(f"{place(order)}/{kind}", version=version, **fields)


def said(page: str) -> list[str]:
    effects = page.partition('id="effects-title"')[2].partition("</ul>")[0]
    return re.findall(r"<li>(.*?)</li>", effects)


def test_fewer_goods_are_shown_and_then_cancelled(shop: Shop, cleo: Browser):
    order = shop.paid((4, "A"), (2, "B"))
    fields = {"units_1": "1", "units_2": "0", "reason": "changed their mind"}
    before = shop.look(order)
    look = send(cleo, order, "lines", step="look", **fields)
    assert said(look.text) == [
        "3 × A tea cancelled: 3 go back to stock.",
        "2 × B tea cancelled: 2 go back to stock.",
        "The total changes from £29.95 to £8.95.",
        "£21.00 that is paid or held too much goes back.",
        "Parcel 1 has 1 instead of 6 units.",
    ]
    assert shop.look(order) == before and "Nothing has happened yet" in look.text
    typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', look.text))
    assert typed.items() >= fields.items()
    again = cleo.post(f"{place(order)}/lines", step="again", **_without_csrf(typed))
    assert 'name="units_1" value="1"' in again.text and "changed their mind" in again.text
    done = cleo.post(f"{place(order)}/lines", step="do", **_without_csrf(typed))
    assert (done.status_code, done.headers["location"]) == (303, f"/orders/{order.number}")
    assert [line.cancelled for line in shop.look(order).lines] == [3, 2]
    twice = cleo.post(f"{place(order)}/lines", step="do", **_without_csrf(typed))
    assert twice.status_code == 409 and [x.cancelled for x in shop.look(order).lines] == [3, 2]


def _without_csrf(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name != "csrf"}


def test_all_of_it_is_the_whole_order(shop: Shop, cleo: Browser):
    order = shop.order((1, "A"), payment=PaymentChoice(method="bank_transfer"))
    look = send(cleo, order, "lines", units_1="0", reason="gave up")
    assert said(look.text)[0] == "The whole order is cancelled, and the customer is told."
    assert send(cleo, order, "lines", units_1="0", reason="gave up", step="do").status_code == 303
    assert shop.look(order).state == "cancelled"
    assert "Nothing about this order can be changed" in cleo.get(place(order)).text


def test_another_address_is_checked_before_it_is_taken(shop: Shop, cleo: Browser):
    order = shop.paid((1, "A"))
    wrong = send(cleo, order, "address", **{**LEEDS, "postal_code": "12"})
    assert any(one.startswith("It is put on hold: ") for one in said(wrong.text))
    look = send(cleo, order, "address", **LEEDS)
    [effect] = said(look.text)
    assert effect.startswith("It goes to Ann Lee, 2 Low Street, Leeds")
    assert send(cleo, order, "address", step="do", **LEEDS).status_code == 303
    address = shop.look(order).ship_to
    assert address and (address.line1, address.country) == ("2 Low Street", "GB")
    same = send(cleo, order, "address", **LEEDS)
    assert same.status_code == 422 and "Nothing is different" in same.text
    assert send(cleo, order, "address").status_code == 422
    shop.step(shop.look(order).shipments[0], "pick")
    shop.step(shop.look(order).shipments[0], "pack")
    assert "A parcel is packed already" in cleo.get(place(order)).text
    late = send(cleo, order, "address", **{**LEEDS, "line1": "3 Low Street"})
    assert late.status_code == 422 and "A parcel is packed already" in late.text


def test_another_day_says_whether_the_customer_is_told(shop: Shop, cleo: Browser):
    order = shop.paid((1, "A"))
    day = shop.clock.now.date()
    later = {"from": str(day + timedelta(30)), "to": str(day + timedelta(31))}
    look = send(cleo, order, "promise", **later)
    assert said(look.text)[1] == "The customer is told that it comes later."
    assert shop.look(order).promised_to != later["to"]
    assert "notify.delayed" not in shop.promised(order)
    assert send(cleo, order, "promise", step="do", **later).status_code == 303
    assert shop.look(order).promised_to == later["to"]
    assert "notify.delayed" in shop.promised(order)
    sooner = {"from": str(day), "to": str(day + timedelta(1))}
    assert "not told" in said(send(cleo, order, "promise", **sooner).text)[1]
    for name, value in (("from", "soon"), ("to", "2026-13-01"), ("to", str(day - timedelta(1)))):
        bad = send(cleo, order, "promise", **{**sooner, name: value})
        assert bad.status_code == 422 and 'aria-invalid="true"' in bad.text, (name, value)


def test_what_is_wrong_with_the_units_stands_at_its_field(shop: Shop, cleo: Browser):
    order = shop.paid((4, "A"), (2, "B"))
    for units, words in (("5", "at most 4"), ("two", "whole number from 0 to 4"), ("-1", "whole")):
        answer = send(cleo, order, "lines", units_1=units, reason="x")
        assert answer.status_code == 422 and words in answer.text, units
        assert f'name="units_1" value="{units}"' in answer.text
    assert "Nothing is different" in send(cleo, order, "lines", units_1="4", reason="x").text
    assert "Say why" in send(cleo, order, "lines", units_1="1", reason=" ").text
    assert send(cleo, order, "prices").status_code == 404
    shop.step(shop.look(order).shipments[0], "pick")
    picked = send(cleo, order, "lines", units_1="1", reason="x")
    assert picked.status_code == 422 and "at most 0 units" in picked.text


def test_who_was_slower_overwrites_nothing(small_office: Office, shop: Shop, cleo: Browser):
    order = shop.paid((4, "A"))
    version = str(shop.look(order).version)
    bea = small_office.logged_in("Bea", role="clerk")
    assert send(bea, order, "address", step="do", **LEEDS).status_code == 303
    news = cleo.get(f"/orders/{order.number}/news?version={version}").text
    assert "Changed by Bea just now" in news and "Delivery address changed" in news
    assert "Changed by" not in cleo.get(f"/orders/{order.number}/news?version=999").text
    mine = {**LEEDS, "line1": "9 Other Street"}
    for step in ("look", "do"):
        late = send(cleo, order, "address", version=version, step=step, **mine)
        assert late.status_code == 409 and "<li>Bea: Delivery address changed" in late.text
        assert 'value="9 Other Street"' in late.text
    address = shop.look(order).ship_to
    assert address and address.line1 == "2 Low Street"
    after = send(cleo, order, "address", step="do", **mine)
    assert after.status_code == 303


def test_only_who_may_change_orders_sees_the_forms(small_office: Office, shop: Shop):
    order = shop.paid((1, "A"))
    for role in ("viewer", "picker"):
        browser = small_office.logged_in(role.title(), role=role)
        assert browser.get(place(order)).status_code == 403
        assert browser.post(f"{place(order)}/lines", step="do").status_code == 403
        assert browser.get(f"/orders/{order.number}/news").status_code == 200


def test_a_preview_of_a_promise_writes_nothing(shop_anywhere: Shop):
    shop = shop_anywhere
    shop.stock(9, "A")
    order = shop.order((1, "A"))
    day = shop.clock.now.date() + timedelta(40)
    wish = NewPromise(order_id=order.id, first=day, last=day)
    before, waiting = shop.look(order), shop.promised(order)
    [after] = shop.do(promise_anew, [wish], preview=True)
    assert isinstance(after, Order) and after.promised_to == day.isoformat()
    assert (shop.look(order), shop.promised(order)) == (before, waiting)


@pytest.fixture
def shop_anywhere(new_shop) -> Shop:
    return new_shop()
