"""The list of orders by keyboard: found as one types, chosen, held together, and live."""

import re

from playwright.sync_api import Page, Route, expect

from purvey.domain.draft import Contact
from purvey.testing import Shop
from purvey.worker.feed import dispatch
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.browser.watching import Watch
from tests.office.conftest import Office


def test_a_clerk_finds_orders_and_holds_them_together(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    mine = [shop.paid((1, "A"), customer=Contact(name="Zoë Ash")) for _ in range(2)]
    other = shop.paid((1, "A"), customer=Contact(name="Ben Ito"))
    page = browse(office, role="clerk")
    page.goto("/orders?channel=web")
    check_page(page)
    page.keyboard.press("/")
    page.keyboard.type("zoë ash", delay=30)
    expect(page.locator("a.row")).to_have_text([str(order.number) for order in reversed(mine)])
    expect(page).to_have_url(re.compile(r"/orders\?q=zo%C3%AB\+ash&channel=web$"))
    expect(page.get_by_label("Find an order")).to_be_focused()
    page.keyboard.press("Escape")
    for _ in mine:
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("#chosen")).to_have_text("2 chosen")
    check_page(page)
    keys = Keyboard(page)
    keys.press("Put on hold…")
    expect(page.get_by_role("heading", level=1)).to_have_text("Put orders on hold")
    check_page(page)
    keys.fill("Reason", "Recall of lot 7")
    keys.press("Put on hold 2 orders")
    expect(page.get_by_role("status")).to_contain_text("2 orders are on hold now.")
    check_page(page)
    assert [len(shop.look(order).open_holds) for order in (*mine, other)] == [1, 1, 0]
    keys.press("Back to the list", tag="a")
    expect(page.locator("table.orders")).to_contain_text("On hold: Recall of lot 7")


def test_a_view_is_saved_and_opened_on_a_phone(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    shop.order((1, "A"))
    page = browse(office, role="clerk", size="phone")
    page.goto("/orders?state=reserved")
    check_page(page)
    keys = Keyboard(page)
    keys.press("Views")
    keys.fill("Save this view as", "To be paid")
    check_page(page)
    keys.press("Save view")
    expect(page.get_by_role("status")).to_contain_text("The view To be paid is saved.")
    page.goto("/orders")
    keys.press("To be paid")
    expect(page).to_have_url(re.compile(r"/orders\?state=reserved$"))
    check_page(page)


def test_a_stream_that_was_refused_is_asked_for_again(
    office: Office, browse: Browse, watches: dict[Page, Watch]
):
    """The browser itself gives up when the database was away for longer than it waits."""
    page = browse(office)
    watches[page].allow("503")
    refused = list[str]()

    def refuse_once(route: Route) -> None:
        if refused:
            route.fallback()
            return
        refused.append(route.request.url)
        route.fulfill(status=503)

    page.route("**/live", refuse_once)
    with page.expect_response(lambda answer: answer.url.endswith("/live") and answer.ok):
        page.goto("/orders")
    assert len(refused) == 1


def test_news_wait_until_somebody_wants_to_see_them(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    shop.order((1, "A"))
    page = browse(office, role="viewer")
    with page.expect_request("**/live"):
        page.goto("/orders")
    first = page.locator("a.row").first
    before = first.text_content()
    new = shop.order((1, "A"))
    dispatch(office.house, shop.shard)
    button = page.get_by_role("button", name=re.compile("orders? changed: show"))
    expect(button).to_be_visible()
    assert first.text_content() == before
    check_page(page)
    button.press("Enter")
    expect(first).to_have_text(str(new.number))
    expect(button).to_be_hidden()
