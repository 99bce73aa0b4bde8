"""One order in the browser: by keyboard, by two clerks at once, safe whatever is written."""

from playwright.sync_api import expect

from purvey.domain.draft import Address, Contact
from purvey.testing import Shop
from purvey.worker.feed import dispatch
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office
from tests.operations.returning import delivered

SCRIPT = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"


def test_a_clerk_solves_a_held_order_by_keyboard(office: Office, shop: Shop, browse: Browse):
    shop.stock(99_999, "CUP", name="Tea cup", price=500)
    order = shop.order((9_000, "CUP"))
    page = browse(office, role="clerk", name="Cleo")
    page.goto(f"/orders/{order.number}")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Waiting for a person")
    check_page(page)
    page.keyboard.press("h")
    expect(page.locator("#act-hold").get_by_label("Why")).to_be_focused()
    check_page(page)
    page.keyboard.press("Escape")
    expect(page.locator("#act-hold > summary")).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Change order {order.number}")
    check_page(page)
    keys = Keyboard(page)
    keys.fill("Tea cup (CUP)", "10")
    keys.fill("Why", "A typing error")
    keys.press("Show what it does")
    expect(page.get_by_role("heading", level=2)).to_have_text("What it does")
    expect(page.get_by_role("listitem").filter(has_text="8990 × Tea cup")).to_be_visible()
    check_page(page)
    page.keyboard.press("y")
    expect(page.get_by_role("status").first).to_contain_text("The units are cancelled")
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_contain_text("Approved")
    assert shop.look(order).state == "reserved"
    assert shop.look(order).lines[0].reserved == 10


def test_two_clerks_on_one_order(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    order = shop.paid((4, "A"))
    dispatch(office.house, 1)
    cleo = browse(office, role="clerk", name="Cleo", size="phone")
    bea = browse(office, role="clerk", name="Bea")
    for page in (cleo, bea):
        page.goto(f"/orders/{order.number}")
    cleo.locator("#act-cancel > summary").click()
    cleo.locator("#act-cancel").get_by_label("Why").fill("They changed their mind")
    bea.keyboard.press("h")
    bea.locator("#act-hold").get_by_label("Why").fill("Waits for a second order")
    bea.keyboard.press("Enter")
    expect(bea.get_by_role("status").first).to_contain_text("On hold until")
    dispatch(office.house, 1)
    expect(cleo.locator("#news")).to_contain_text("Changed by Bea just now: Put on hold")
    expect(cleo.locator("#waits-title")).to_contain_text("On hold: Waits for a second order")
    expect(cleo.locator("#act-cancel").get_by_label("Why")).to_have_value("They changed their mind")
    check_page(cleo)
    cleo.locator("#act-cancel button").click()
    expect(cleo.get_by_role("alert")).to_contain_text("Somebody was faster")
    expect(cleo.get_by_role("alert")).to_contain_text("Bea: Put on hold")
    assert shop.look(order).state == "ready"
    expect(cleo.locator("#act-cancel").get_by_label("Why")).to_have_value("They changed their mind")
    check_page(cleo)
    cleo.locator("#act-cancel button").click()
    expect(cleo.get_by_role("status").first).to_contain_text("Cancelled")
    dispatch(office.house, 1)
    expect(bea.locator("#waits-title")).to_contain_text("Cancelled: nothing is left to do")


def test_a_note_shows_at_once_beside_a_form_that_is_open(
    office: Office, shop: Shop, browse: Browse
) -> None:
    shop.stock(100, "A")
    order = shop.paid((1, "A"))
    cleo, bea = (browse(office, role="clerk", name=name) for name in ("Cleo", "Bea"))
    for page in (cleo, bea):
        page.goto(f"/orders/{order.number}")
    cleo.keyboard.press("n")
    cleo.keyboard.type("Half a sen")
    bea.keyboard.press("n")
    bea.keyboard.type("The customer rang")
    bea.get_by_role("button", name="Add the note").click()
    expect(bea.get_by_role("status").first).to_have_text("Noted.")
    expect(cleo.locator(".notes")).to_contain_text("The customer rang")
    expect(cleo.get_by_label("Note", exact=True)).to_have_value("Half a sen")
    cleo.keyboard.type("tence")
    expect(cleo.get_by_label("Note", exact=True)).to_have_value("Half a sentence")
    check_page(cleo)


def test_somebody_who_edits_hears_of_what_others_do(
    office: Office, shop: Shop, browse: Browse
) -> None:
    shop.stock(100, "A")
    order = shop.paid((2, "A"))
    cleo = browse(office, role="clerk", name="Cleo", size="phone")
    cleo.goto(f"/orders/{order.number}/edit")
    cleo.get_by_label("Street and number").fill("9 Other Street")
    bea = browse(office, role="clerk", name="Bea")
    bea.goto(f"/orders/{order.number}")
    bea.keyboard.press("w")
    expect(bea.get_by_role("status").first).to_contain_text("Picking has begun")
    dispatch(office.house, 1)
    expect(cleo.locator("#watch")).to_contain_text("Changed by Bea just now")
    expect(cleo.get_by_label("Street and number")).to_have_value("9 Other Street")
    check_page(cleo)


def test_what_people_write_does_not_run(office: Office, shop: Shop, browse: Browse):
    shop.stock(9, "EVIL", name=SCRIPT, price=500)
    ship_to = Address(name=SCRIPT, line1=SCRIPT, city="Leeds", postal_code="LS1 4DT", country="GB")
    ann = Contact(email="evil@example.com", name=SCRIPT)
    order = delivered(shop, (2, "EVIL"), customer=ann, ship_to=ship_to, notes=SCRIPT)
    page = browse(office, role="manager", name="Mia", size="phone")
    for path in ("", "/edit", "/history", "/return"):
        page.goto(f"/orders/{order.number}{path}")
        assert "ran" not in page.title().split(" · ")[0] and not page.locator("img[src=x]").count()
        check_page(page)
