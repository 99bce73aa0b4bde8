"""Orders at the desk: by keyboard alone, kept when the tab is closed."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from purvey.domain.draft import Contact
from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office
from tests.office.new_order.orders import order_of


@pytest.fixture(scope="module", autouse=True)
def stocked(shop: Shop) -> None:
    shop.stock(100, "T1", name="Assam tea", price=500, barcode="4006381333931")
    shop.stock(3, "T2", name="Bancha green", price=700, backorder_limit=10)
    ann = Contact(email="ann@example.com", name="Ann Lee", phone="+442079460000")
    shop.order((1, "T1"), customer=ann)


def kept(page: Page) -> None:
    expect(page.locator("#kept")).to_contain_text("You can go on")


def test_an_order_by_phone_by_keyboard_alone(office: Office, shop: Shop, browse: Browse):
    page = browse(office, role="clerk")
    page.goto("/orders/new")
    check_page(page)
    keys, press = Keyboard(page), page.keyboard.press
    keys.fill("Find a customer", "lee")
    expect(page.get_by_role("option", name="Ann Lee")).to_be_visible()
    press("ArrowDown")
    press("Enter")
    product = page.get_by_role("combobox", name="Add a product")
    expect(product).to_be_focused()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("ann@example.com")
    expect(page.get_by_label("Street and number")).to_have_value("1 High Street")
    page.keyboard.type("banch")
    expect(page.get_by_role("option", name="Bancha green")).to_be_visible()
    check_page(page)
    press("ArrowDown")
    press("Enter")
    expect(page.get_by_label("Units of Bancha green")).to_be_focused()
    page.keyboard.type("5")
    press("Enter")
    expect(page.get_by_text("2 backordered")).to_be_visible()
    expect(product).to_be_focused()
    page.keyboard.type("4006381333931")
    press("Enter")
    expect(page.get_by_label("Units of Assam tea")).to_be_focused()
    keys.fill("Postal code", "10115")
    expect(page.locator("#says-postal_code")).to_contain_text("no postal code of United Kingdom")
    keys.page.keyboard.press("Shift+Tab")
    page.get_by_label("Postal code").focus()
    keys.fill("Postal code", "LS1 4DT")
    expect(page.locator("#says-postal_code")).to_be_empty()
    expect(page.locator("#sum")).to_contain_text("£43.95")
    kept(page)
    check_page(page)
    press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Order 1002")
    check_page(page)
    order = order_of(shop, "1002")
    assert [(line.sku, line.ordered) for line in order.lines] == [("T2", 5), ("T1", 1)]
    assert order.customer.email == "ann@example.com"


def test_a_draft_survives_a_closed_tab(office: Office, shop: Shop, browse: Browse):
    page = browse(office, role="clerk", name="Dora")
    page.goto("/orders/new")
    page.get_by_label("Name", exact=True).fill("Bo Berg")
    page.get_by_role("combobox", name="Add a product").fill("T1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Units of Assam tea")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/orders/new/drf_"))
    page.get_by_label("Units of Assam tea").fill("7")
    expect(page.locator("#sum")).to_contain_text("£35.00")
    page.close()
    elsewhere = browse(office, role="clerk", name="Dora", size="phone")
    elsewhere.goto("/orders/new")
    check_page(elsewhere)
    Keyboard(elsewhere).press("Bo Berg, 1 line")
    expect(elsewhere.get_by_label("Units of Assam tea")).to_have_value("7")
    check_page(elsewhere)


def test_a_quote_becomes_an_order(office: Office, shop: Shop, browse: Browse):
    page = browse(office, role="clerk", name="Quinn", size="phone")
    page.goto("/orders/new")
    page.get_by_label("Name", exact=True).fill("Cy Dee")
    page.get_by_role("combobox", name="Add a product").fill("T1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Units of Assam tea")).to_be_focused()
    page.get_by_text("Keep it as a quote").click()
    until = shop.clock.now.date() + timedelta(days=7)
    page.get_by_label("Prices hold until").fill(until.isoformat())
    page.get_by_role("button", name="Keep the quote").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quote 101")
    check_page(page)
    page.goto("/quotes")
    check_page(page)
    page.get_by_role("link", name="101").click()
    page.get_by_role("button", name="Make it an order").click()
    expect(page.get_by_text("Of quote 101")).to_be_visible()
    expect(page.get_by_label("Price of Assam tea", exact=True)).to_have_value("5.00")
