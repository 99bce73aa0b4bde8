"""A mail server was set up wrongly: a manager mends it and has everything tried again."""

from playwright.sync_api import expect

from purvey.testing import Shop
from purvey.wiring import DEFAULT_SHARD
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


def test_messages_are_tried_again_by_keyboard(office: Office, shop: Shop, browse: Browse):
    shop.stock(9, "CUP", price=500)
    orders = [shop.paid((1, "CUP")) for _ in range(3)]
    sent = [message.key for message in shop.outbox() if message.effect == "notify.confirmation"]
    trouble = "Mail server mail.example.com:587: 535 authentication failed"
    office.run(lambda tx: tx.messages.give_up([(key, trouble) for key in sent]))
    page = browse(office, role="manager")
    page.goto("/problems")
    expect(page.get_by_role("heading", name="Messages by cause")).to_be_visible()
    expect(page.get_by_role("link", name=str(orders[0].number))).to_be_visible()
    check_page(page)
    keys = Keyboard(page)
    keys.press("Try again: Tell the customer: confirmation")
    expect(page.locator("#told")).to_have_text("It is being tried again.")
    keys.press("Try all again")
    expect(page.get_by_role("heading", name="Try 2 messages again?")).to_be_visible()
    keys.press("Yes")
    expect(page.locator("#told")).to_have_text("Being tried again: 2.")
    expect(page.get_by_text("Tell the customer")).to_have_count(0)
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        left = sql.scalar("select count(*) from outbox where shard = :shard and state = 'gave_up'")
    assert left == 0
