"""A picker's camera: Chromium is shown a film of a barcode. On Linux it cannot read barcodes, as an
iPhone cannot, so the server does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from purvey.testing import Shop
from tests.browser.conftest import Browse
from tests.browser.watching import Watch
from tests.office.conftest import Office
from tests.servers.barcodes import picture_of
from tests.servers.chromium import chromium

BARCODE = "4006381333931"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = Path(tmp_path_factory.mktemp("camera") / "film.mjpeg")
    film.write_bytes(picture_of(BARCODE, "EAN13"))
    with chromium(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ) as browser:
        yield browser


def test_what_the_camera_shows_is_scanned_once(office: Office, shop: Shop, browse: Browse):
    shop.stock(20, "GREEN", name="Green tea", price=500, barcode=BARCODE)
    order = shop.paid((2, "GREEN"))
    [parcel] = shop.look(order).shipments
    page = browse(office, role="picker", size="phone")
    page.goto(f"/warehouse/parcels/{parcel.id}")
    camera = page.get_by_role("button", name="Scan with the camera")
    camera.click()
    expect(page.locator("#says.good")).to_have_text("GREEN: 1 of 2")
    page.wait_for_timeout(2_000)  # it is still in sight: that is no second piece
    expect(page.locator("#says.good")).to_have_text("GREEN: 1 of 2")
    camera.click()
    expect(page.locator("#view")).to_be_hidden()
    camera.click()
    expect(page.locator("#says.good")).to_contain_text("That was all")


def test_a_slow_network_makes_no_second_piece(office: Office, shop: Shop, browse: Browse):
    shop.stock(20, "SLOW", name="Slow tea", price=500, barcode="96385074")
    order = shop.paid((2, "SLOW"))
    [parcel] = shop.look(order).shipments
    page = browse(office, role="picker", size="phone")
    page.goto(f"/warehouse/parcels/{parcel.id}")
    looks = 0

    def answer(route: Route) -> None:
        nonlocal looks
        looks += 1
        codes = [] if looks == 3 else ["96385074"]  # one blurred picture
        page.wait_for_timeout(1_300)
        route.fulfill(json={"codes": codes})

    page.route("**/warehouse/pictures", answer)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#says.good")).to_have_text("SLOW: 1 of 2")
    page.wait_for_timeout(6_000)
    assert looks > 4
    expect(page.locator("#says.good")).to_have_text("SLOW: 1 of 2")
    page.get_by_role("button", name="Scan with the camera").click()
    page.unroute_all(behavior="wait")


def test_without_a_connection_the_camera_says_what_works(
    office: Office, shop: Shop, browse: Browse, watches: dict[Page, Watch]
):
    shop.stock(20, "BLACK", name="Black tea", price=500)
    order = shop.paid((1, "BLACK"))
    [parcel] = shop.look(order).shipments
    page = browse(office, role="picker", size="phone")
    page.goto(f"/warehouse/parcels/{parcel.id}")
    watches[page].allow("ERR_FAILED")
    page.route("**/warehouse/pictures", lambda route: route.abort())
    page.get_by_role("button", name="Scan with the camera").click()
    note = page.locator("#no-camera")
    expect(note).to_have_text("No connection: this browser's camera needs one. A scanner does not.")
    page.unroute_all()
    expect(note).to_be_hidden()
