"""Customers: a clerk finds one by the family name, notes something, and erases them."""

from playwright.sync_api import expect

from purvey.domain.draft import Contact
from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


def test_a_clerk_finds_notes_and_erases(office: Office, shop: Shop, browse: Browse):
    shop.stock(10, "A", name="A tea", price=500)
    ann = Contact(email="ann@example.com", name="Ann Quist", phone="+442079460000")
    order = shop.order((1, "A"), customer=ann)
    shop.order((1, "A"), customer=Contact(email="bob@example.com", name="Bob Stone"))
    page = browse(office, role="clerk", size="phone")
    page.goto("/customers")
    keys = Keyboard(page)
    keys.fill("Find a customer", "quist")
    expect(page.get_by_role("link", name="Bob Stone")).to_have_count(0)
    check_page(page)
    keys.press("Ann Quist")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ann Quist")
    check_page(page)
    keys.fill("Add a note", "Rings twice")
    keys.press("Note it")
    expect(page.get_by_text("Rings twice")).to_be_visible()
    shop.decide(order, "cancel", reason="they asked")
    page.goto(f"/customers/{order.customer_id}/erase")
    check_page(page)
    keys.fill("Why", "asked by mail")
    keys.fill("Write ERASE", "ERASE")
    keys.press("Erase it for good")
    expect(page.get_by_role("status")).to_contain_text("Erased")
    expect(page.get_by_text("ann@example.com")).to_have_count(0)
    check_page(page)
