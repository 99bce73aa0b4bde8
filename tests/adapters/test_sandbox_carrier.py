"""The sandbox carrier: labels that a scanner reads, parcels that move by the clock."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from purvey.adapters import find
from purvey.adapters.sandbox_carrier.carrier import SandboxCarrier, is_ours
from purvey.adapters.sandbox_carrier.pdf import label_pdf
from purvey.adapters.sandbox_carrier.settings import Settings
from purvey.domain.draft import Address
from purvey.ports.carrier import CannotShip, Label, Parcel, Rate
from purvey.ports.trouble import TryLater, Unknown

START = datetime(2026, 5, 3, 12, tzinfo=UTC)
ANN = Address(
    name="Ann Lee",
    company="Lee & Sons",
    line1="1 High Street",
    line2="Flat 2",
    city="Leeds",
    postal_code="LS1 4DT",
    country="GB",
)
PARCEL = Parcel(
    weight_grams=1250, from_location="main", to=ANN, service="standard", contents="1001"
)


@pytest.fixture
def carrier() -> SandboxCarrier:
    return SandboxCarrier(Settings())


def buy(parcel: Parcel = PARCEL, *, key: str = "k1") -> Label:
    label = SandboxCarrier(Settings()).buy_label(key=key, parcel=parcel)
    assert isinstance(label, Label)
    return label


def to(**changes: str | None) -> Parcel:
    return replace(PARCEL, to=replace(ANN, **changes))


def pages(pdf: bytes) -> list[tuple[float, float]]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_size() for page in document]


def scanned(pdf: bytes) -> list[tuple[str, str]]:
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return [(code.text, code.format.name) for code in zxingcpp.read_barcodes(picture)]


def words(pdf: bytes) -> str:
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded())


def fields(zpl: str) -> list[str]:
    """What a printer prints: ^FD's data with ^FH's escapes resolved."""
    hexadecimal = re.compile("_([0-9A-F]{2})")
    data = re.findall(r"\^FD([^^~]*)\^FS", zpl)
    return [hexadecimal.sub(lambda x: chr(int(x[1], 16)), text) for text in data]


def test_a_scanner_reads_the_tracking_number_off_the_pdf() -> None:
    label = buy()
    pdf = label_pdf(label.body)
    assert scanned(pdf) == [(label.tracking_number, "Code128")]
    assert pages(pdf) == [(4 * 72, 6 * 72)]


def test_the_pdf_says_what_the_printer_would_print() -> None:
    label = buy()
    said = words(label_pdf(label.body))
    printed = [text for text in fields(label.body) if text != label.tracking_number]
    assert [text for text in printed if text not in said] == []


def test_the_printer_is_told_the_same_tracking_number_as_code_128() -> None:
    label = buy()
    (code,) = re.findall(r"\^BY4\^BCN,240,N,N,N,A\^FD([^^]*)\^FS", label.body)
    assert code == label.tracking_number
    drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
    (read,) = zxingcpp.read_barcodes(zxingcpp.write_barcode_to_image(drawn, scale=4))
    assert read.text == label.tracking_number


def test_the_bars_stay_on_the_paper_with_room_beside_them() -> None:
    """Start, P, V, code C, eight pairs, check and stop: 13 signs of 11 modules and the last bar."""
    modules = 13 * 11 + 13
    width, left, module = 812, 94, 4
    assert left >= 10 * module
    assert left + modules * module <= width - 10 * module


def test_the_label_names_who_where_how_and_what() -> None:
    assert fields(buy().body) == [
        "SANDBOX POST",
        "STANDARD",
        "TO",
        "Ann Lee",
        "Lee & Sons",
        "1 High Street",
        "Flat 2",
        "Leeds LS1 4DT",
        "UNITED KINGDOM",
        "Order 1001",
        "Weight 1.25 kg",
        "From main",
        buy().tracking_number,
        "PV " + " ".join(re.findall("....", buy().tracking_number[2:])),
    ]


@settings(deadline=None)  # the first PDF loads the fonts
@given(st.text(min_size=1, max_size=80))
def test_nobody_commands_the_printer_through_an_address(name: str) -> None:
    label = buy(to(name=name))
    commands = re.findall(r"[\^~][A-Z0-9]{2}", label.body)
    assert set(commands) <= {
        *("^XA", "^CI", "^PW", "^LL", "^LH", "^FO", "^A0", "^FH", "^FD", "^FS", "^GB", "^BY"),
        *("^BC", "^XZ"),
    }
    assert label.body.count("^") == len(commands)
    assert "~" not in label.body
    assert label_pdf(label.body).startswith(b"%PDF")


def test_signs_that_mean_something_to_the_printer_are_printed_as_they_are() -> None:
    name = "^XZ ~JA _5E \\&"
    assert name in fields(buy(to(name=name)).body)
    assert name in words(label_pdf(buy(to(name=name)).body))


@pytest.mark.parametrize(
    ("written", "drawn"),
    [("Zoë Müller", "Zoë Müller"), ("Łukasz Żak", "Łukasz Zak"), ("Őze Ďuriš", "Oze Ďuriš")],
)
def test_letters_that_the_font_lacks_lose_their_accents(written: str, drawn: str) -> None:
    label = buy(to(name=written))
    assert written in label.body
    assert drawn in words(label_pdf(label.body))


def test_a_name_in_other_letters_still_makes_a_label() -> None:
    label = buy(to(name="山田太郎", city="Αθήνα"))
    assert scanned(label_pdf(label.body)) == [(label.tracking_number, "Code128")]


def test_what_is_not_our_label_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="not a label"):
        label_pdf("^XA^XZ")


def test_numbers_follow_from_keys_and_have_a_check_digit() -> None:
    numbers = {buy(key=f"k{no}").tracking_number for no in range(2000)}
    assert len(numbers) == 2000
    assert all(re.fullmatch(r"PV\d{16}", number) and is_ours(number) for number in numbers)
    assert buy(key="k7").tracking_number in numbers


def test_a_mistyped_number_is_noticed(carrier: SandboxCarrier) -> None:
    number = buy().tracking_number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    late = START + timedelta(days=1)
    assert carrier.track(tracking_number=wrong, handed_over_at=START, now=late) == []
    assert carrier.track(tracking_number="1Z999", handed_over_at=START, now=late) == []


@pytest.mark.parametrize(
    ("seconds", "kinds"),
    [
        (0, []),
        (0.5, ["in_transit"]),
        (1.25, ["in_transit", "out_for_delivery"]),
        (2, ["in_transit", "out_for_delivery", "delivered"]),
        (1e6, ["in_transit", "out_for_delivery", "delivered"]),
    ],
)
def test_a_parcel_moves_by_the_clock(
    carrier: SandboxCarrier, seconds: float, kinds: list[str]
) -> None:
    events = carrier.track(
        tracking_number=buy().tracking_number,
        handed_over_at=START,
        now=START + timedelta(seconds=seconds),
    )
    assert [event.kind for event in events] == kinds


def test_every_step_has_its_own_time() -> None:
    times = {"transit_seconds": 1, "out_for_delivery_seconds": 2, "delivery_seconds": 10}
    number, late = buy().tracking_number, START + timedelta(seconds=10)
    carrier: SandboxCarrier = find("sandbox_carrier").open(times)
    events = carrier.track(tracking_number=number, handed_over_at=START, now=late)
    assert [(event.at - START).total_seconds() for event in events] == [1, 2, 10]


def test_a_parcel_to_somebody_lost_is_lost(carrier: SandboxCarrier) -> None:
    label = buy(to(name="Ann LOST"))
    events = carrier.track(
        tracking_number=label.tracking_number,
        handed_over_at=START,
        now=START + timedelta(days=1),
    )
    assert [event.kind for event in events] == ["in_transit", "lost"]


def test_a_parcel_to_somebody_returned_comes_back(carrier: SandboxCarrier) -> None:
    label = buy(to(name="Ann RETURNED"))
    events = carrier.track(
        tracking_number=label.tracking_number,
        handed_over_at=START,
        now=START + timedelta(days=1),
    )
    assert [event.kind for event in events] == [
        "in_transit",
        "out_for_delivery",
        "returned_to_sender",
    ]


@pytest.mark.parametrize(
    ("parcel", "why"),
    [
        (to(country=None), "country"),
        (to(country="XX"), '"XX"'),
        (to(postal_code=None), "postal code"),
        (replace(PARCEL, weight_grams=30_001), "30 kg"),
    ],
)
def test_what_cannot_be_shipped_is_refused_with_the_reason(
    carrier: SandboxCarrier, parcel: Parcel, why: str
) -> None:
    for answer in (carrier.quote(parcel=parcel), carrier.buy_label(key="k1", parcel=parcel)):
        assert isinstance(answer, CannotShip)
        assert why in answer.reason


def test_countries_without_postal_codes_are_shipped_to() -> None:
    assert "HONG KONG" in buy(to(country="HK", postal_code=None)).body


@pytest.mark.parametrize(("word", "trouble"), [("BUSY", TryLater), ("TIMEOUT", Unknown)])
def test_trouble_with_a_label_passes(
    carrier: SandboxCarrier, word: str, trouble: type[Exception]
) -> None:
    with pytest.raises(trouble):
        carrier.buy_label(key="k1", parcel=to(name=f"Ann {word}"))
    assert isinstance(carrier.buy_label(key="k1", parcel=to(name=f"Ann {word}")), Label)


@pytest.mark.parametrize(
    ("grams", "service", "amount"),
    [
        (0, "standard", 295),
        (1000, "standard", 295),
        (1001, "standard", 355),
        (30_000, "express", 4175),
        (500, "by owl", 295),
    ],
)
def test_heavier_is_dearer(carrier: SandboxCarrier, grams: int, service: str, amount: int) -> None:
    rate = carrier.quote(parcel=replace(PARCEL, weight_grams=grams, service=service))
    assert isinstance(rate, Rate)
    assert (rate.amount, rate.currency) == (amount, "GBP")


def test_times_that_go_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="then"):
        find("sandbox_carrier").open({"transit_seconds": 5, "delivery_seconds": 1})


def test_the_same_label_gives_the_same_pdf() -> None:
    body = buy().body
    assert label_pdf(body) == label_pdf(body)
    assert io.BytesIO(label_pdf(body)).read(5) == b"%PDF-"
