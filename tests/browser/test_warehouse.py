"""A picker with a phone and a scanner: what the scanner types is all that is pressed."""

import re

from playwright.sync_api import Page, expect

from purvey.domain.order import Order, Shipment
from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.watching import Watch
from tests.office.conftest import Office


def scanned(page: Page, *codes: str) -> None:
    """As a scanner does it: letters and Enter, to whatever has the focus."""
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def all_sent(page: Page) -> None:
    expect(page.locator("#unsent")).to_have_attribute("data-left", "0")


def only(shop: Shop, order: Order) -> Shipment:
    [shipment] = shop.look(order).shipments
    return shipment


def count_of(page: Page, sku: str) -> str:
    return page.locator(f'[data-goods][data-title="{sku}"] [data-count]').first.inner_text()


def picking(shop: Shop, page: Page, *lines: tuple[int, str]) -> Order:
    """A paid order, with its page open."""
    for _, sku in lines:
        shop.stock(20, sku, name=f"Tea {sku}", price=500)
    order = shop.paid(*lines)
    page.goto(f"/warehouse/parcels/{only(shop, order).id}")
    return order


def test_pick_pack_and_hand_over_by_the_scanner_alone(office: Office, shop: Shop, browse: Browse):
    shop.stock(20, "GREEN", name="Green tea", price=500)
    shop.stock(20, "BLACK", name="Black tea", price=500)
    order = shop.paid((2, "GREEN"), (1, "BLACK"))
    page = browse(office, role="picker", size="phone")
    page.goto("/warehouse")
    check_page(page)
    scanned(page, str(order.number))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pick {order.number}")
    check_page(page)
    scanned(page, "GREEN", "GREEN")
    expect(page.locator("#says")).to_have_text("GREEN: 2 of 2")
    scanned(page, "BLACK")
    expect(page.locator("#says")).to_contain_text("That was all")
    check_page(page)
    scanned(page, "OK")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pack {order.number}")
    check_page(page)
    scanned(page, "BLACK", "GREEN", "GREEN", "OK")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Parcel {order.number}")
    expect(page.get_by_text("it shows here by itself")).to_be_visible()
    check_page(page)
    shop.label(only(shop, order), "TRACK-77")
    expect(page.get_by_role("button", name="Print label")).to_be_visible()
    check_page(page)
    scanned(page, "TRACK-77")
    expect(page.locator("#says")).to_contain_text("That was all")
    all_sent(page)
    assert shop.look(order).state == "shipped"
    scanned(page, "OK")
    expect(page.get_by_role("heading", level=1)).to_have_text("Warehouse")


def test_a_wrong_scan_is_seen_heard_and_counts_nothing(office: Office, shop: Shop, browse: Browse):
    page = browse(office, role="picker", size="phone")
    order = picking(shop, page, (2, "RIGHT"))
    scanned(page, "WRONG")
    expect(page.locator("#says.bad")).to_have_text("Wrong: WRONG. Expected: RIGHT.")
    assert page.locator("body").get_attribute("data-last-sound") == "220 220"
    check_page(page)
    scanned(page, "RIGHT")
    expect(page.locator("#says.good")).to_have_text("RIGHT: 1 of 2")
    assert page.locator("body").get_attribute("data-last-sound") == "1760"
    scanned(page, "OK")
    expect(page.locator("#says.bad")).to_have_text("Not yet: 1 left to scan.")
    page.get_by_role("button", name="Sound").click()
    scanned(page, "RIGHT", "RIGHT")
    expect(page.locator("#says.bad")).to_have_text("All of RIGHT are scanned already.")
    assert page.locator("body").get_attribute("data-last-sound") == "off"
    all_sent(page)
    assert only(shop, order).state == "picking"


def test_a_scan_goes_to_the_field_wherever_the_focus_is(office: Office, shop: Shop, browse: Browse):
    page = browse(office, role="picker", size="phone")
    picking(shop, page, (1, "gx-1"))  # its letters are keys of the pages
    page.evaluate("document.activeElement.blur(); document.getElementById('main').focus()")
    scanned(page, "gx-1")
    expect(page.locator("#says.good")).to_contain_text("gx-1: 1 of 1")


def test_a_picker_without_connection_loses_nothing_and_counts_nothing_twice(
    office: Office, shop: Shop, browse: Browse, watches: dict[Page, Watch]
):
    page = browse(office, role="picker", size="phone")
    watches[page].allow("net::ERR_")
    order = picking(shop, page, (3, "LOST"), (2, "FOUND"))
    scanned(page, "LOST")
    all_sent(page)
    page.context.set_offline(True)
    scanned(page, "LOST", "FOUND", "LOST")
    expect(page.locator("#unsent")).to_contain_text("3 scans not sent yet")
    assert (count_of(page, "LOST"), count_of(page, "FOUND")) == ("3", "1")
    check_page(page)
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden()
    all_sent(page)
    scanned(page, "FOUND")
    expect(page.locator("#says")).to_contain_text("That was all")
    all_sent(page)
    assert units(shop, order) == [("FOUND", 2), ("LOST", 3)]
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.get_by_role("button", name="Pack it").click()  # nothing lies over it
    expect(page.locator("#says.bad")).to_contain_text("No connection: stay on this page")
    page.context.set_offline(False)
    scanned(page, "OK")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pack {order.number}")


def test_what_was_not_sent_outlives_a_reload_and_an_answer_that_got_lost(
    office: Office, shop: Shop, browse: Browse, watches: dict[Page, Watch]
):
    page = browse(office, role="picker", size="phone")
    watches[page].allow("net::ERR_")
    order = picking(shop, page, (3, "KEPT"))
    # The server counts, and its answer is lost on the way: the scan is sent once more.
    page.route("**/warehouse/scans", lambda route: (route.fetch(), route.abort()))
    scanned(page, "KEPT", "KEPT")
    expect(page.locator("#unsent")).to_contain_text("2 scans not sent yet")
    page.unroute_all(behavior="wait")  # what is on its way gets lost, too
    page.reload()
    all_sent(page)
    expect(page.locator("[data-count]")).to_have_text("2")
    assert units(shop, order) == [("KEPT", 2)]


def test_a_scan_that_fits_no_more_is_told(
    office: Office, shop: Shop, browse: Browse, watches: dict[Page, Watch]
):
    page = browse(office, role="picker", size="phone")
    watches[page].allow("net::ERR_")
    order = picking(shop, page, (3, "GONE"))
    page.context.set_offline(True)
    scanned(page, "GONE")
    shop.decide(order, "cancel", reason="changed mind")
    page.context.set_offline(False)
    expect(page.locator("#refused")).to_contain_text("is called off: put the goods back")
    check_page(page)
    page.get_by_role("button", name="I have seen it").click()
    expect(page.locator("#refused")).to_be_empty()
    all_sent(page)


def test_a_wave_is_picked_into_totes_and_what_is_short_waits(
    office: Office, shop: Shop, browse: Browse
):
    for sku in ("W-1", "W-2"):
        shop.stock(4, sku, name=f"Tea {sku}", price=500)
    first, second = shop.paid((2, "W-1")), shop.paid((1, "W-1"), (1, "W-2"))
    page = browse(office, role="picker", size="phone")
    page.goto("/warehouse")
    page.get_by_text("Make a wave").click()
    page.get_by_role("button", name="Make the wave").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wave")
    check_page(page)
    scanned(page, "W-1", "W-1")
    tote = re.compile(r"W-1 into tote \d+: 2 of 2")
    expect(page.locator("#says")).to_have_text(tote)
    scanned(page, "W-1")
    expect(page.locator("#says")).to_contain_text(re.compile(r"W-1 into tote \d+: 1 of 1"))
    group = page.locator("section.group", has_text="W-2")
    group.get_by_text("Only some there").click()
    check_page(page)
    group.get_by_label("How many are there").fill("0")
    group.get_by_role("button", name="Go on with what is there").click()
    expect(page.locator("#told")).to_contain_text("0 are there")
    [line] = [line for line in shop.look(second).lines if line.sku == "W-2"]
    assert (line.reserved, line.backordered) == (0, 1)
    assert units(shop, first) == [("W-1", 2)]
    page.goto("/warehouse?show=pack")
    check_page(page)
    page.goto("/warehouse/leaving")
    check_page(page)


def units(shop: Shop, order: Order) -> list[tuple[str, int]]:
    rows = shop.rows(
        "select l.sku, sum(s.units) as n from scan s join order_line l on l.shard = s.shard"
        " and l.order_id = s.order_id and l.no = s.line where s.shard = :shard"
        " and s.order_id = :id and s.stage = 'pick' group by l.sku order by l.sku",
        id=order.id,
    )
    return [(row.sku, int(row.n)) for row in rows]
