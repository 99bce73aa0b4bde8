"""Each page of the office, the ones to come too: nobody is kept out of it, it fits a phone, it is
light, and what people write is text on it.

All that somebody can choose in this shop is script. A page that let it through would be found
twice: the Content-Security-Policy stops the script and says so on the console, and what runs
nevertheless changes the title.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.routing import Route

from purvey.domain.draft import Address, Contact, DraftLine
from purvey.domain.order import Order
from purvey.testing import Shop
from purvey.web.office.pages import office_routes
from tests.browser.conftest import Browse, let_in, new_window
from tests.browser.fitness import check_page
from tests.browser.watching import Watch
from tests.browser.weight import LATER_BYTES, weighed
from tests.office.conftest import Office

SCRIPT = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
EVIL = f"{SCRIPT}'\"{{{{7*7}}}} {'long' * 20}"
NO_PAGES = {  # a stream, the way out of the shop, and pieces of a page
    "/live",
    "/login",
    "/orders/new/find/customers",
    "/orders/new/find/products",
}


def shown(route: Route) -> bool:
    return "GET" in (route.methods or ()) and not route.path.endswith(
        (".js", ".css", ".svg", ".csv")
    )


PLACES = sorted({route.path for route in office_routes() if shown(route)} - NO_PAGES)
PAGES = [path for path in PLACES if "{" not in path]


@pytest.fixture(scope="module")
def order(shop: Shop) -> Order:
    shop.stock(1000, "EVIL", name=EVIL, price=500)
    (order, *_) = [_order(shop, number) for number in range(60)]
    return order


def _order(shop: Shop, number: int) -> Order:
    return shop.paid(
        customer=Contact(email=f"ann{number}@example.com", name=EVIL),
        ship_to=Address(name=EVIL, line1=EVIL, city="Leeds", postal_code="LS1 4DT", country="GB"),
        lines=(DraftLine(sku="EVIL", quantity=2),),
        notes=EVIL,
    )


@pytest.fixture(scope="module")
def window(browser: Browser, office: Office, order: Order) -> Iterator[tuple[Page, Watch]]:
    """One for all pages, as somebody works in it: what it has loaded, it keeps."""
    context = new_window(browser, office)
    let_in(context, office, office.person(SCRIPT[:60], role="administrator"))
    watch = Watch(context)
    page = context.new_page()
    page.goto("/")
    yield page, watch
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everybody_light_and_safe(path: str, window: tuple[Page, Watch]):
    page, watch = window
    with weighed(page) as weight:
        page.goto(path)
    assert_nothing_ran(page)
    assert weight.bytes < LATER_BYTES, f"{path}: {weight}"
    check_page(page)
    assert not watch.take(), path


def test_script_does_not_run_on_the_customers_page(office: Office, browse: Browse, order: Order):
    page = browse(office, role="", size="phone")
    page.goto(f"/track/{order.track_token}")
    expect(page.locator("main")).to_contain_text("<script>")
    assert_nothing_ran(page)
    check_page(page)


def test_script_does_not_run_in_the_preview_of_a_message(
    office: Office, browse: Browse, order: Order
):
    page = browse(office, role="manager")
    page.goto("/settings/messages/confirmation/en")
    page.get_by_label("Preview with order").fill(str(order.number))
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.locator("body")).to_contain_text("<script>")
    page.locator("textarea").fill("<script>parent.document.title='ran'</script>")
    expect(preview.locator("body")).to_contain_text("parent.document")
    assert_nothing_ran(page)


def assert_nothing_ran(page: Page) -> None:
    assert "ran" not in page.title().split(" · ")[0]
    assert page.locator("img[src=x]").count() == 0
