"""Quotes: prices that hold until a day, and the order that one becomes."""

from datetime import timedelta

import pytest

from purvey.testing import Shop
from tests.office.conftest import Browser, Office
from tests.office.new_order.orders import order_of
from tests.office.new_order.sheets import Sheet, number_of, said


@pytest.fixture
def mia(small_office: Office) -> Browser:
    return small_office.logged_in("Mia", role="manager")


def until(shop: Shop, days: int) -> str:
    return (shop.clock.now.date() + timedelta(days=days)).isoformat()


def quoted(shop: Shop, browser: Browser, *lines: tuple[str, ...], **fields: str) -> str:
    """Its path."""
    sheet = Sheet(browser, name="Ann Lee", valid_until=until(shop, 14), **fields)
    answer = sheet.lines(*lines).post("quote")
    assert answer.status_code == 303, said(answer)
    return str(answer.headers["location"])


def started(browser: Browser, quote: str) -> str:
    """The path of the draft that a quote becomes."""
    answer = browser.post(f"{quote}/order")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_quote_holds_its_prices_for_a_clerk_too(shop: Shop, mia: Browser, cleo: Browser):
    quote = quoted(shop, mia, ("A", "3", "4.00", "regular"), ("B", "1"))
    assert quote == "/quotes/101" and "Ann Lee" in cleo.get("/quotes").text
    shop.product("B", name="Bancha green", price=900, backorder_limit=10)
    draft = started(cleo, quote)
    sheet = Sheet(cleo, draft, name="Ann Lee", quote="101")
    lines = (("A", "3", "4.00"), ("B", "1", "7.00"))
    order = order_of(shop, number_of(sheet.lines(*lines).post("place")))
    assert [line.unit_price for line in order.lines] == [400, 700]
    assert f"Open order {order.number}" in cleo.get(quote).text
    again = Sheet(cleo, name="Ann Lee", quote="101").lines(("A", "1", "4.00", "x")).post("place")
    assert again.status_code == 422 and "has become an order already" in again.text


def test_only_what_was_quoted_has_its_price(shop: Shop, mia: Browser, cleo: Browser):
    quoted(shop, mia, ("A", "3", "4.00", "regular"))
    for line in (("A", "4", "4.00"), ("A", "3", "3.99"), ("B", "1", "4.00")):
        answer = Sheet(cleo, name="Ann", quote="101").lines(line).post("place")
        assert "Say why" in said(answer)["reason-0"]
    two = Sheet(cleo, name="Ann", quote="101").lines(("A", "2", "4"), ("A", "2", "4"))
    assert set(said(two.post("place"))) == {"reason-1"}
    nothing = Sheet(cleo, name="Ann", quote="999").lines(("A", "1")).post("place")
    assert nothing.status_code == 422 and "There is no such quote" in nothing.text


def test_after_its_day_it_starts_over_at_todays_prices(
    shop: Shop, mia: Browser, small_office: Office
):
    quote = quoted(shop, mia, ("A", "3", "4.00", "regular"))
    shop.clock.forward(days=14)
    cleo = small_office.logged_in("Cleo", role="clerk")
    assert "Make it an order" in cleo.get(quote).text
    shop.clock.forward(days=1)
    cleo = small_office.logged_in("Cora", role="clerk")
    page = cleo.get(quote).text
    assert "held until" in page and "Make it an order" not in page
    late = Sheet(cleo, name="Ann", quote="101").lines(("A", "3", "4.00")).post("place")
    assert late.status_code == 422 and "reason-0" in said(late)
    today = cleo.get(started(cleo, quote)).text
    assert 'name="line_price" value=""' in today and 'name="quote" value=""' in today


def test_two_drafts_of_one_quote_are_one_order(shop: Shop, mia: Browser, cleo: Browser):
    quote = quoted(shop, mia, ("A", "2", "4.00", "regular"))
    sheets = [
        Sheet(browser, started(browser, quote), name="Ann Lee", quote="101").lines(
            ("A", "2", "4.00", "quote 101")
        )
        for browser in (mia, cleo)
    ]
    first, second = (sheet.post("place") for sheet in sheets)
    assert first.status_code == 303 and second.status_code == 422
    assert "has become an order already" in second.text
    assert len(shop.rows("select id from orders where shard = :shard")) == 1


def test_a_quote_needs_a_day_a_name_and_goods(shop: Shop, mia: Browser):
    def told(**fields: str) -> dict[str, str]:
        filled = {"name": "Ann", "valid_until": until(shop, 1), **fields}
        return said(Sheet(mia, **filled).lines(("A", "1")).post("quote"))

    assert "today" in told(valid_until=until(shop, -1))["valid_until"]
    assert "366 days" in told(valid_until=until(shop, 400))["valid_until"]
    assert "last day" in told(valid_until="soon")["valid_until"]
    assert "who the quote is for" in told(name="")["name"]
    assert Sheet(mia, name="Ann", valid_until=until(shop, 1)).post("quote").status_code == 422
    assert shop.rows("select number from quote where shard = :shard") == []
    assert mia.get("/quotes/101").status_code == mia.get("/quotes/x").status_code == 404


def test_a_quote_is_deleted_by_who_may_make_one(
    shop: Shop, small_office: Office, mia: Browser, cleo: Browser
):
    quote = quoted(shop, mia, ("A", "2"))
    viewer = small_office.logged_in("Vera", role="viewer")
    assert f"{quote}/delete" not in viewer.get(quote).text
    assert viewer.post(f"{quote}/delete").status_code == 403
    draft = started(cleo, quote)
    assert f"{quote}/delete" in cleo.get(quote).text
    assert cleo.post(f"{quote}/delete").headers["location"] == "/quotes"
    assert cleo.get(quote).status_code == cleo.post(f"{quote}/delete").status_code == 404
    late = Sheet(cleo, draft, name="Ann", quote="101").lines(("A", "2", "4.00", "x")).post("place")
    assert late.status_code == 422 and "There is no such quote" in late.text
    assert shop.rows("select id from orders where shard = :shard") == []


def test_a_quote_that_is_an_order_stays(shop: Shop, mia: Browser, cleo: Browser):
    quote = quoted(shop, mia, ("A", "2", "4.00", "regular"))
    sheet = Sheet(cleo, started(cleo, quote), name="Ann Lee", quote="101")
    number_of(sheet.lines(("A", "2", "4.00", "quote 101")).post("place"))
    assert f"{quote}/delete" not in cleo.get(quote).text
    assert cleo.post(f"{quote}/delete").headers["location"] == quote
    assert cleo.get(quote).status_code == 200
