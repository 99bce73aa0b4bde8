"""Goods come back: a customer asks on the phone, a clerk does the rest by keyboard on a phone."""

from playwright.sync_api import expect

from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office
from tests.operations.returning import delivered


def test_from_the_customers_wish_to_the_money(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    order = delivered(shop, (4, "A"))
    page = browse(office, role="", size="phone")
    page.goto(f"/track/{order.track_token}")
    keys = Keyboard(page)
    keys.press("Send something back")
    expect(page.get_by_label("Why?")).to_be_visible()
    check_page(page)
    keys.fill("A tea (at most 4)", "2")
    keys.fill("Why?", "It arrived damaged")
    keys.press("Look at it again")
    expect(page.get_by_role("heading", level=1)).to_contain_text("send this back")
    check_page(page)
    keys.press("Yes, ask for it")
    expect(page.get_by_role("status")).to_contain_text("We have your request")
    check_page(page)

    cleo = browse(office, role="clerk", size="phone")
    cleo.goto("/returns")
    check_page(cleo)
    keys = Keyboard(cleo)
    keys.press(str(order.number))
    expect(cleo.get_by_role("heading", level=1)).to_have_text(f"Return of order {order.number}")
    check_page(cleo)
    keys.press("Approve")
    expect(cleo.get_by_role("status")).to_contain_text("Approved")
    keys.press("Take it in")
    expect(cleo.get_by_role("status")).to_contain_text("The goods are here")
    check_page(cleo)
    keys.press("Note what was found")
    expect(cleo.get_by_role("status")).to_contain_text("Look at the sum")
    check_page(cleo)
    keys.press("Settle and give back £10.00")
    expect(cleo.get_by_role("dialog")).to_contain_text("Give back £10.00?")
    check_page(cleo)
    keys.press("Yes")
    expect(cleo.get_by_role("status")).to_contain_text("Settled")
    check_page(cleo)
    assert shop.look(order).lines[0].returned == 2


def test_a_clerk_starts_one(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    order = delivered(shop, (4, "A"))
    page = browse(office, role="clerk", size="phone")
    page.goto(f"/orders/{order.number}/return")
    check_page(page)
    keys = Keyboard(page)
    keys.fill("A tea (A), at most 4", "1")
    keys.press("Start the return")
    expect(page.get_by_role("status")).to_contain_text("The return is started")
    assert shop.look(order).returns[0].lines[0].quantity == 1
