"""Getting in, by keyboard: password, second factor, one's own account."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from purvey.kit.totp import STEP_SECONDS, code_at, decoded
from purvey.testing import Clock
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import PASSWORD, Office


def code_now(office: Office, secret: str) -> str:
    return code_at(decoded(secret), int(office.house.clock().timestamp()) // STEP_SECONDS)


def log_in(page: Page, email: str, password: str) -> None:
    keys = Keyboard(page)
    keys.fill("E-mail address", email)
    keys.fill("Password", password)
    page.keyboard.press("Enter")


def test_whoever_comes_by_a_link_logs_in_and_lands_there(office: Office, browse: Browse):
    ann = office.person("Ann Lee", role="clerk")
    page = browse(office, role="")
    page.goto("/approvals")
    check_page(page)
    log_in(page, ann.email, "not this one")
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    check_page(page)
    log_in(page, ann.email, PASSWORD)
    expect(page).to_have_title("Approvals · My shop")


def test_who_may_not_see_a_page_is_told_and_finds_the_way_back(office: Office, browse: Browse):
    page = browse(office, role="picker")
    page.goto("/settings/people")
    expect(page.get_by_role("alert")).to_contain_text("Your role may not do this.")
    check_page(page)
    Keyboard(page).press("Go to the first page")
    page.wait_for_url("**/")


def test_a_second_factor_is_set_up_and_asked_for(office: Office, browse: Browse, clock: Clock):
    page = browse(office, role="clerk", name="Bea")
    page.goto("/account")
    check_page(page)
    keys = Keyboard(page)
    keys.press("Set up")
    expect(page).to_have_title("Second factor · My shop")
    expect(page.locator("svg.qr")).to_be_visible()
    check_page(page)
    secret = page.locator("code").inner_text().replace(" ", "")
    keys.fill("Code from the app", code_now(office, secret))
    keys.fill("Your password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The second factor is on")
    assert page.locator("main li code").count() == 10
    check_page(page)
    page.goto("/account")
    keys.press("Log out", tag="button")
    expect(page).to_have_title("Log in · My shop")
    clock.forward(minutes=1)
    log_in(page, "bea@shop.example", PASSWORD)
    expect(page.get_by_label("Code from your app")).to_be_visible()
    check_page(page)
    keys.fill("Code from your app", code_now(office, secret))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == "/")


def test_a_phone_sees_the_first_page(office: Office, browse: Browse):
    page = browse(office, role="viewer", size="phone")
    page.goto("/")
    check_page(page)
