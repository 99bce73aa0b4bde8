"""A slow link is enough: what comes with a page is counted in the browser."""

import pytest
from playwright.sync_api import Page

from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.weight import FIRST_BYTES, LATER_BYTES, weighed
from tests.office.conftest import Office

LATER = ("/approvals", "/account", "/settings/messages")


@pytest.fixture
def page(office: Office, shop: Shop, browse: Browse) -> Page:
    """Of a shop with enough orders for full lists."""
    shop.stock(10_000, "A", name="A tea with a rather long name, in a box of twenty", price=500)
    shop.receive(*(shop.draft((2, "A")) for _ in range(120)))
    return browse(office, role="manager")


def test_the_first_page_is_light_and_the_next_ones_are_lighter(page: Page):
    with weighed(page) as first:
        page.goto("/")
    assert 0 < first.bytes < FIRST_BYTES, str(first)
    for path in LATER:
        with weighed(page) as later:
            page.goto(path)
        assert 0 < later.bytes < LATER_BYTES, f"{path}: {later}"


def test_a_customers_page_is_light(office: Office, shop: Shop, browse: Browse):
    shop.stock(100, "B", name="B tea", price=500)
    order = shop.paid((2, "B"))
    page = browse(office, role="", size="phone")
    with weighed(page) as weight:
        page.goto(f"/track/{order.track_token}")
    assert 0 < weight.bytes < LATER_BYTES, str(weight)
