"""A location is opened by keyboard, and its mistake is told where it was made."""

from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


def test_a_location_is_added(office: Office, browse: Browse):
    page = browse(office, role="administrator")
    page.goto("/settings/locations")
    keys = Keyboard(page)
    keys.press("Add a location")
    expect(page.get_by_label("Code")).to_be_visible()
    keys.fill("Code", "the shed")
    keys.fill("Name", "The shed")
    keys.fill("Address", "2 Low Road, Leeds")
    keys.fill("Priority", "5")
    keys.press("Save")
    expect(page.get_by_role("alert")).to_contain_text("without spaces")
    expect(page.get_by_label("Address")).to_have_value("2 Low Road, Leeds")
    check_page(page)
    keys.fill("Code", "shed")
    keys.press("Save")
    expect(page.locator("#told")).to_have_text("The shed is saved.")
    page.get_by_role("link", name="The shed").click()
    page.get_by_label("Open").uncheck()
    check_page(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="The shed")).to_contain_text("closed")
