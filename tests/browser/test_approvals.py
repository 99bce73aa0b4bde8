"""A refund that needs two: asked for by one, approved by another, without a mouse."""

import pytest
from playwright.sync_api import expect

from purvey.domain.draft import PaymentChoice, Shipping
from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office


@pytest.fixture(scope="module")
def settings() -> dict[str, object]:
    return {"refund_approval_above": "10.00"}


def test_one_asks_and_another_approves(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "A", name="A tea", price=500)
    order = shop.order(
        (4, "A"),
        channel="store",
        payment=PaymentChoice(method="cash"),
        shipping=Shipping(method="pickup"),
        ship_to=None,
    )
    cleo, mia = browse(office, role="clerk"), browse(office, role="manager", size="phone")
    mia.goto("/approvals")
    check_page(mia)
    cleo.goto(f"/approvals/ask?payment={shop.payment(order).id}")
    check_page(cleo)
    keys = Keyboard(cleo)
    keys.fill("Amount in GBP", "15.00")
    keys.fill("Why", "broken on the way")
    cleo.keyboard.press("Enter")
    expect(cleo.get_by_role("status")).to_contain_text("Another person decides")
    check_page(cleo)
    mia.reload()
    check_page(mia)
    keys = Keyboard(mia)
    keys.fill("Note", "seen the photo")
    keys.press("Approve and do it")
    expect(mia.get_by_role("status")).to_contain_text("Approved and done")
    expect(mia.locator("table")).to_contain_text("seen the photo")
    check_page(mia)
