"""The warehouse's pages as forms: lists, scans, papers, waves, hand-over; and who may not."""

import json

import httpx2
import pytest
from PIL import Image

from purvey.domain.order import Order, Shipment
from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office
from tests.servers.barcodes import jpeg_of, picture_of


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    shop.stock(100, "B", name="B tea", price=500)
    return shop


@pytest.fixture
def piet(small_office: Office, shop: Shop) -> Browser:
    return small_office.logged_in("Piet", role="picker")


def only(shop: Shop, order: Order) -> Shipment:
    [shipment] = shop.look(order).shipments
    return shipment


def path_of(shop: Shop, order: Order) -> str:
    return f"/warehouse/parcels/{only(shop, order).id}"


def told(browser: Browser, answer: httpx2.Response) -> str:
    """What the page after a deed says."""
    assert answer.status_code == 303, answer.text
    browser.client.cookies.update(answer.cookies)
    page = browser.get(answer.headers["location"])
    browser.client.cookies.delete("told")
    return page.text.split('role="status">', 1)[1].split("<", 1)[0]


def scan(browser: Browser, stage: str, code: str, *shipments: Shipment) -> str:
    ids = [shipment.id for shipment in shipments]
    after = f"/warehouse/parcels/{ids[0]}"
    fields = {"stage": stage, "code": code, "shipment": ids, "after": after}
    return told(browser, browser.post("/warehouse/scan", **fields))


def test_a_parcel_goes_its_way_without_script(shop: Shop, piet: Browser):
    order = shop.paid((2, "A"), (1, "B"))
    assert str(order.number) in piet.get("/warehouse").text
    found = piet.get(f"/warehouse/find?code={order.number}")
    path = path_of(shop, order)
    assert (found.status_code, found.headers["location"]) == (303, path)
    parcel = only(shop, order)
    assert scan(piet, "pick", "A", parcel) == "A: 1 of 2."
    assert scan(piet, "pick", "X", parcel) == "Wrong: X. Expected: A, B."
    assert scan(piet, "pick", "a", parcel) == "A: 2 of 2."
    assert "All 2 of A" in scan(piet, "pick", "A", parcel)
    assert scan(piet, "pick", "B", parcel) == "B: 1 of 1."
    assert "units were not scanned" not in piet.get(f"{path}/pack").text
    assert told(piet, piet.post(f"{path}/pack")) == "Packed."
    assert "it shows here by itself" in piet.get(f"{path}/label").text
    assert piet.get(f"{path}/label.pdf").status_code == 404
    shop.label(parcel, "TRK-9")
    assert "Print label" in piet.get(f"{path}/label").text
    assert scan(piet, "hand_over", "TRK-9", only(shop, order)) == "TRK-9: 1 of 1."
    assert shop.look(order).state == "shipped"
    assert "TRK-9" in piet.get("/warehouse/leaving/list").text


def test_the_slip_is_a_pdf_and_the_label_comes_as_the_carrier_gave_it(shop: Shop, piet: Browser):
    order = shop.paid((2, "A"), (60, "B"))
    path = path_of(shop, order)
    slip = piet.get(f"{path}/slip.pdf")
    assert slip.headers["content-type"] == "application/pdf" and slip.content[:4] == b"%PDF"
    piet.post(f"{path}/pack")
    shop.label(only(shop, order), "TRK-9")
    label = piet.get(f"{path}/label.pdf")
    assert (label.status_code, label.text) == (200, "^XA^XZ")


def test_a_phones_queue_is_answered_scan_by_scan(shop: Shop, piet: Browser):
    parcel = only(shop, shop.paid((1, "A")))
    queue = [
        {"id": "s1", "shipment": parcel.id, "stage": "pick", "code": "A"},
        {"id": "s2", "shipment": parcel.id, "stage": "pick", "code": "B"},
    ]
    first = piet.post("/warehouse/scans", scans=json.dumps(queue)).json()["answers"]
    assert [(one["id"], one["counted"]) for one in first] == [("s1", True), ("s2", False)]
    assert first[0]["done"] == 1 and "does not belong" in first[1]["sentence"]
    again = piet.post("/warehouse/scans", scans=json.dumps(queue[:1])).json()["answers"]
    assert again == first[:1]
    assert piet.post("/warehouse/scans", scans="[]").json() == {"answers": []}
    for bad in ("", "{}", "[1]", '[{"id": 1}]', "[" * 5000, json.dumps(queue * 101)):
        assert piet.post("/warehouse/scans", scans=bad).status_code == 422


def test_a_wave_sums_up_what_is_to_pick(shop: Shop, piet: Browser):
    parcels = [only(shop, shop.paid((units, "A"))) for units in (2, 3)]
    made = piet.post("/warehouse/waves", location="main", method="", most="10")
    wave = made.headers["location"]
    text = piet.get(wave).text
    assert '<span class="total">5</span>' in text and "Tote 2" in text
    assert "The wave is yours" in told(piet, made)
    again = piet.post("/warehouse/waves", location="main", method="", most="10")
    assert "in no wave yet" in told(piet, again)
    assert "1 to 50" in told(piet, piet.post("/warehouse/waves", location="main", most="x"))
    assert scan(piet, "pick", "A", *parcels) == "A: 1 of 2."
    assert "Wave of Piet" in piet.get("/warehouse").text
    assert "Released" in told(piet, piet.post(f"{wave}/release"))
    assert "Wave of Piet" not in piet.get("/warehouse").text
    assert "was released by Piet" in piet.get(wave).text


def test_a_short_pick_says_what_is_wrong_with_it(shop: Shop, piet: Browser):
    order = shop.paid((5, "A"))
    path = path_of(shop, order)
    for found in ("", "five", "5", "-1"):
        answer = piet.post(f"{path}/short", line="1", found=found, reason="missing")
        assert answer.status_code == 409 and "ow many" in answer.text
    said = told(piet, piet.post(f"{path}/short", line="1", found="3", reason="missing"))
    assert said.startswith("Noted: 3 are there.")
    assert shop.look(order).lines[0].backordered == 2


def test_all_of_a_carrier_leave_at_once(shop: Shop, piet: Browser):
    orders = [shop.paid((1, "A")) for _ in range(3)]
    for order in orders[:2]:
        piet.post(f"{path_of(shop, order)}/pack")
        shop.label(only(shop, order))
    shown = piet.get("/warehouse/leaving").text
    assert "All 2 of sandbox at once" in shown
    ids = [only(shop, order).id for order in orders]
    said = told(piet, piet.post("/warehouse/leaving", shipment=ids))
    assert said.startswith("2 handed over. Not: This parcel") and "not picked" in said
    assert [shop.look(order).state for order in orders] == ["shipped", "shipped", "ready"]


def test_the_place_is_kept_on_the_phone(shop: Shop, piet: Browser):
    shop.location("leeds")
    order = shop.paid((1, "A"))
    assert str(order.number) in piet.get("/warehouse").text
    chosen = piet.post("/warehouse/place", location="leeds")
    piet.client.cookies.update(chosen.cookies)
    assert "Nothing to pick here" in piet.get("/warehouse").text
    assert piet.post("/warehouse/place", location="moon").status_code == 422


def test_what_is_not_there_is_said(shop: Shop, piet: Browser):
    for path in (
        "parcels/shp_no",
        "parcels/shp_no/pack",
        "waves/wav_no",
        "parcels/shp_no/slip.pdf",
    ):
        assert piet.get(f"/warehouse/{path}").status_code == 404
    assert piet.get("/warehouse?show=eat").status_code == 404
    assert "Nothing here is called" in told(piet, piet.get("/warehouse/find?code=nope"))
    elsewhere = piet.post("/warehouse/scan", stage="pick", code="A", after="//evil.example/")
    assert elsewhere.headers["location"] == "/warehouse"
    assert piet.post("/warehouse/scan", stage="eat", code="A").status_code == 422


def test_who_may_only_look_scans_nothing(small_office: Office, shop: Shop):
    order = shop.paid((1, "A"))
    viewer = small_office.logged_in("Vera", role="viewer")
    page = viewer.get(path_of(shop, order))
    assert page.status_code == 200 and 'id="scan"' not in page.text
    assert viewer.post(f"{path_of(shop, order)}/pack").status_code == 403
    assert viewer.post("/warehouse/scans", scans="[]").status_code == 403
    assert viewer.post("/warehouse/waves", location="main", most="1").status_code == 403


class TestPictures:
    """Of a phone's camera, for browsers that cannot read barcodes themselves."""

    def read(self, browser: Browser, picture: bytes) -> httpx2.Response:
        headers = {"X-CSRF-Token": browser.csrf}
        files = {"picture": ("picture.jpg", picture, "image/jpeg")}
        return browser.client.post("/warehouse/pictures", files=files, headers=headers)

    @pytest.mark.parametrize(
        ("code", "kind"),
        [("4006381333931", "EAN13"), ("ORDER-1042", "Code128"), ("https://x.example/1", "QRCode")],
    )
    def test_their_codes_are_read(self, piet: Browser, code: str, kind: str):
        answer = self.read(piet, picture_of(code, kind))
        assert (answer.status_code, answer.json()) == (200, {"codes": [code]})

    def test_most_show_none(self, piet: Browser):
        assert self.read(piet, jpeg_of(Image.new("L", (640, 480), 90))).json() == {"codes": []}

    @pytest.mark.parametrize(
        "picture",
        [
            b"",
            b"no picture",
            b"\xff\xd8\xff\xe0 cut off",
            jpeg_of(Image.new("L", (1281, 10))),
            jpeg_of(Image.new("L", (64, 64)), kind="PNG"),
            jpeg_of(Image.new("L", (64, 64))) + b"x" * 500_000,
            picture_of("4006381333931", "EAN13")[:2000],
            jpeg_of(Image.new("L", (64, 64)), progressive=True),
        ],
    )
    def test_what_is_no_small_jpeg_is_refused(self, piet: Browser, picture: bytes):
        answer = self.read(piet, picture)
        assert answer.status_code == 422 and "1280 pixels a side" in answer.text

    def test_only_who_scans_may_ask(self, small_office: Office):
        vera = small_office.logged_in("Vera", role="viewer")
        assert self.read(vera, picture_of("4006381333931", "EAN13")).status_code == 403
