"""Stock: a picker finds a product while typing, corrects it, and counts a shelf on a phone."""

from playwright.sync_api import expect

from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


def test_a_picker_finds_and_counts(office: Office, shop: Shop, browse: Browse):
    shop.stock(10, "TEA-1", name="Green tea", price=500, backorder_limit=5)
    shop.stock(7, "B", name="B mug")
    shop.paid((12, "TEA-1"))
    page = browse(office, role="picker", size="phone")
    page.goto("/stock")
    keys = Keyboard(page)
    keys.fill("Find a product", "tea")
    expect(page.get_by_role("link", name="B", exact=True)).to_have_count(0)
    check_page(page)
    keys.press("TEA-1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Green tea")
    check_page(page)
    page.goto("/stock/B")
    keys.fill("Change", "-2")
    keys.fill("Why", "broken")
    keys.press("Book it")
    expect(page.get_by_role("status")).to_contain_text("5 are on hand")

    page.goto("/stock/counts")
    check_page(page)
    keys.fill("Name", "Shelf 1")
    keys.press("Begin")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shelf 1")
    keys.fill("Sku", "B")
    keys.fill("Units", "2+4")
    keys.press("Note it")
    expect(page.get_by_role("status")).to_contain_text("6 counted, 5 expected: +1")
    check_page(page)
    keys.press("Book 1 difference")
    keys.press("Yes")
    expect(page.get_by_role("status")).to_contain_text("Booked: 1 of 1")
    check_page(page)
    assert shop.available("B") == 6
