"""Settings by keyboard: people, keys, and what customers are told."""

from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


def test_a_person_is_added_and_gets_another_role(office: Office, browse: Browse):
    page = browse(office, role="administrator")
    page.goto("/settings/people")
    check_page(page)
    keys = Keyboard(page)
    keys.fill("Name, as history", "Cleo")
    keys.fill("E-mail address", "cleo@shop.example")
    keys.fill("Role", "picker")
    keys.press("Add, and show the one-time link")
    expect(page.locator("article code")).to_contain_text("/welcome/")
    check_page(page)
    keys.fill("Role of Cleo", "clerk")
    keys.press("Save")
    expect(page.get_by_label("Role of Cleo")).to_have_value("clerk")


def test_a_program_gets_a_key(office: Office, browse: Browse):
    page = browse(office, role="administrator")
    page.goto("/settings/keys")
    check_page(page)
    keys = Keyboard(page)
    keys.fill("Who uses it", "webshop")
    keys.press("orders:read", key="Space")
    keys.press("Make the key, and show it")
    expect(page.locator("article code")).to_contain_text("pv_")
    check_page(page)


def test_the_owner_changes_what_the_shop_decides(office: Office, browse: Browse):
    page = browse(office, role="administrator", size="phone")
    page.goto("/settings/shop")
    check_page(page)
    keys = Keyboard(page)
    keys.press("Change quiet_hours")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quiet hours")
    keys.fill("Value", "22-25")
    keys.press("Save")
    expect(page.get_by_role("alert")).to_have_text("An hour is a number from 0 to 23.")
    check_page(page)
    keys.fill("Value", "22-7")
    keys.press("Save")
    expect(page.get_by_role("status").first).to_contain_text("quiet_hours is saved")
    keys.press("Change quiet_hours")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quiet hours")
    check_page(page)
    keys.press("Back to the default")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")
    expect(page.get_by_text("changed here", exact=True)).to_have_count(0)


def test_a_message_is_written_with_its_preview_beside_it(office: Office, browse: Browse):
    page = browse(office, role="manager")
    page.goto("/settings/messages")
    check_page(page)
    keys = Keyboard(page)
    keys.press("Order confirmed, English")
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.locator("body")).to_contain_text("Thank you for your order")
    keys.fill("Title", "Hooray, it is yours")
    expect(preview.locator("body")).to_contain_text("Hooray, it is yours")
    check_page(page)
    keys.press("Test it, and use it")
    expect(page.get_by_role("status")).to_be_visible()
    check_page(page)


def test_a_frame_is_written_with_its_preview_beside_it(office: Office, browse: Browse):
    page = browse(office, role="manager")
    page.goto("/settings/messages")
    page.get_by_role("link", name="the built-in frame").click()
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.locator("body")).to_contain_text("1 High Street")
    field = page.get_by_label("Frame in MJML")
    frame = field.input_value()
    field.fill(frame.replace("{{ shop_name }}", "Mugs of Leeds"))
    expect(preview.locator("body")).to_contain_text("Mugs of Leeds")
    check_page(page)
    field.fill(frame.replace("<mj-head>", "<mj-heat>"))
    expect(preview.get_by_role("alert")).to_contain_text("Frame, line 2: There is no mj-heat.")
    page.get_by_role("button", name="Test it, and use it").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no mj-heat. Nothing was changed.")
    page.get_by_label("Frame in MJML").fill(frame)
    page.get_by_role("button", name="Test it, and use it").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    check_page(page)
