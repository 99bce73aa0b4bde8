"""The customer's page, on a customer's phone."""

import pytest
from playwright.sync_api import expect

from purvey.domain.draft import Contact
from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


def test_a_customer_corrects_the_address_and_cancels(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    order = shop.paid((4, "A"))
    page = browse(office, role="", size="phone")
    page.goto(f"/track/{order.track_token}")
    check_page(page)
    keys = Keyboard(page)
    keys.press("Change the address")
    expect(page.get_by_label("Town")).to_be_visible()
    check_page(page)
    keys.fill("Name", "Ann Lee")
    keys.fill("Street and number", "2 High Street")
    keys.fill("Postal code", "LS1 4DT")
    keys.fill("Town", "Leeds")
    keys.fill("Country", "United Kingdom")
    keys.press("Look at it again")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this right?")
    check_page(page)
    keys.press("Yes")
    expect(page.get_by_role("status")).to_have_text("We have the new address.")
    check_page(page)
    keys.press("Cancel")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancel order")
    check_page(page)
    keys.press("Yes")
    expect(page.get_by_role("status")).to_have_text("Your order is cancelled.")
    check_page(page)
    assert shop.look(order).state == "cancelled"


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_every_language_fits_on_a_phone(office: Office, shop: Shop, browse: Browse, language: str):
    shop.stock(100, "A", name="A tea", price=500)
    order = shop.paid((4, "A"), customer=Contact(email="ann@example.com", language=language))
    shop.send_off(order)
    page = browse(office, role="", size="phone")
    page.goto(f"/track/{order.track_token}")
    assert page.locator("html").get_attribute("lang") == language
    check_page(page)


def test_a_link_that_leads_nowhere_says_so(office: Office, browse: Browse):
    page = browse(office, role="", size="phone")
    page.goto("/track/nope")
    check_page(page)
