"""Online Retail: what becomes of each kind of row, and of all rows of the real files."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from purvey.adapters.files.online_retail import read_online_retail
from purvey.adapters.files.outcomes import (
    CancellationOf,
    ChargeOf,
    OrderOf,
    Outcome,
    RefusedRow,
)
from purvey.domain.draft import Address, Contact, Discount, PaymentChoice
from tests.adapters_files.places import DATA, files, needed

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
AT = "2010-12-01 08:26:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "retail.csv"


def read(path: Path, *rows: str) -> list[Outcome]:
    path.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return list(read_online_retail(path))


def row(
    invoice: str = "536365",
    sku: str = "85123A",
    quantity: str = "6",
    price: str = "2.55",
    *,
    name: str = "HEART HOLDER",
    at: str = AT,
    customer: str = "17850.0",
    country: str = "United Kingdom",
) -> str:
    return f"{invoice},{sku},{name},{quantity},{at},{price},{customer},{country}"


def the_order(path: Path, *rows: str) -> OrderOf:
    (order,) = read(path, *rows)
    assert isinstance(order, OrderOf), order
    return order


def outcomes(found: OrderOf | CancellationOf | ChargeOf) -> list[str]:
    return [row.outcome for row in found.rows]


def lines(order: OrderOf) -> list[tuple[str, int, int | None]]:
    return [(line.sku, line.quantity, line.unit_price) for line in order.draft.lines]


def test_an_invoice_is_an_order(path: Path) -> None:
    order = the_order(path, row(), row(sku="71053", price="3.39", name=" LANTERN "))
    draft = order.draft
    assert lines(order) == [("85123A", 6, 255), ("71053", 6, 339)]
    assert draft.lines[1].name == "LANTERN"
    assert (draft.channel, draft.external_id, draft.currency) == ("import", "536365", "GBP")
    assert draft.customer == Contact(external_id="17850")
    assert draft.ship_to == Address(country="GB")
    assert draft.payment == PaymentChoice(method="terms", terms="net30")
    assert draft.findings == ()
    assert outcomes(order) == ["imported", "imported"]
    assert order.amount == Decimal("35.64")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2010-12-01 08:26:00", "2010-12-01 08:26:00+00:00"),
        ("2011-06-01 08:26:00", "2011-06-01 07:26:00+00:00"),
        ("6/1/2011 8:26", "2011-06-01 07:26:00+00:00"),
    ],
)
def test_times_are_londons(path: Path, text: str, utc: str) -> None:
    assert str(the_order(path, row(at=text)).draft.placed_at) == utc


def test_equal_rows_are_merged_and_other_prices_are_lines_of_their_own(path: Path) -> None:
    order = the_order(path, row(), row(quantity="2"), row(price="2.1"), row(price="2.550"))
    assert lines(order) == [("85123A", 14, 255), ("85123A", 6, 210)]
    assert outcomes(order) == ["imported", "merged", "imported", "merged"]


def test_small_letters_are_the_same_product(path: Path) -> None:
    assert lines(the_order(path, row(), row(sku="85123a"))) == [("85123A", 12, 255)]


@pytest.mark.parametrize("code", ["POST", "DOT", "C2"])
def test_postage_is_the_shipping_of_the_order(path: Path, code: str) -> None:
    order = the_order(path, row(), row(sku=code, quantity="2", price="18"))
    assert order.draft.shipping.price == 3600
    assert lines(order) == [("85123A", 6, 255)]
    assert outcomes(order) == ["imported", "charge"]
    assert order.amount == Decimal("51.30")


def test_a_manual_entry_is_a_line_that_no_shelf_holds(path: Path) -> None:
    order = the_order(path, row(price="0"), row(sku="m", quantity="1", price="924.59"))
    assert lines(order) == [("85123A", 6, 0), ("M", 1, 92459)]
    assert order.services == {"M"}
    assert outcomes(order) == ["imported", "charge"]


def test_a_discount_on_an_invoice_is_the_orders_discount(path: Path) -> None:
    order = the_order(path, row(), row(sku="D", quantity="-1", price="5.30"))
    assert order.draft.discounts == (Discount(code="D", amount=530),)
    assert order.amount == Decimal("10.00")


def test_an_invoice_without_goods_is_a_charge(path: Path) -> None:
    (charge,) = read(path, row(sku="AMAZONFEE", quantity="1", price="13541.33", customer=""))
    assert isinstance(charge, ChargeOf)
    assert (charge.external_id, charge.amount) == ("536365", Decimal("13541.33"))
    assert outcomes(charge) == ["charge"]


def test_accounting_entries_may_be_negative(path: Path) -> None:
    (charge,) = read(path, row("A563186", "B", "1", "-11062.06", name="Adjust bad debt"))
    assert isinstance(charge, ChargeOf)
    assert charge.amount == Decimal("-11062.06")


def test_a_cancellation_names_what_came_back_and_what_is_credited(path: Path) -> None:
    (cancellation,) = read(
        path, row("C536379", quantity="-2"), row("C536379", "POST", "-1", "27.50")
    )
    assert isinstance(cancellation, CancellationOf)
    assert cancellation.external_id == "C536379"
    assert cancellation.customer == Contact(external_id="17850")
    (item,) = cancellation.items
    assert (item.sku, item.quantity, item.unit_price, item.line) == (
        "85123A",
        -2,
        Decimal("2.55"),
        2,
    )
    assert [charge.sku for charge in cancellation.charges] == ["POST"]
    assert outcomes(cancellation) == ["cancellation", "cancellation"]
    assert cancellation.amount == Decimal("-32.60")


@pytest.mark.parametrize("quantity", ["-10", "10"])
@pytest.mark.parametrize("name", ["damages", "?", "found", ""])
def test_notes_about_stock_are_no_orders(path: Path, quantity: str, name: str) -> None:
    (refused,) = read(path, row(quantity=quantity, price="0.0", customer="", name=name))
    assert refused == RefusedRow(
        line=2, code="stock_note", detail="Neither an order nor money: a note about stock."
    )


def test_a_gift_to_a_customer_is_an_order(path: Path) -> None:
    order = the_order(path, row(price="0.0"))
    assert lines(order) == [("85123A", 6, 0)]


def test_a_guest_has_no_customer(path: Path) -> None:
    assert the_order(path, row(customer="")).draft.customer == Contact()


@pytest.mark.parametrize(
    ("name", "code"),
    [("EIRE", "IE"), ("USA", "US"), ("RSA", "ZA"), ("Hong Kong", "HK"), ("Czech Republic", "CZ")],
)
def test_countries_have_codes(path: Path, name: str, code: str) -> None:
    assert the_order(path, row(country=name)).draft.ship_to == Address(country=code)


@pytest.mark.parametrize("name", ["Channel Islands", "European Community", "Unspecified"])
def test_what_is_no_country_is_kept_by_its_name(path: Path, name: str) -> None:
    draft = the_order(path, row(country=name)).draft
    assert (draft.ship_to, draft.metadata) == (None, {"country": name})


def test_a_tenth_of_a_penny_is_not_lost_sight_of(path: Path) -> None:
    order = the_order(path, row(), row(sku="PADS", quantity="1", price="0.001"))
    assert lines(order) == [("85123A", 6, 255), ("PADS", 1, 0)]
    assert (order.rounding, order.amount) == (Decimal("0.001"), Decimal("15.301"))


def test_prices_below_a_penny_add_up_to_the_penny(path: Path) -> None:
    order = the_order(path, row(quantity="1000", price="0.0125"))
    assert lines(order) == [("85123A", 1000, 2)]
    assert order.draft.discounts == (Discount(code="rounding", amount=750),)
    assert (order.rounding, order.amount) == (Decimal(0), Decimal("12.5"))


def test_an_invoice_is_never_taken_in_part(path: Path) -> None:
    found = read(path, row(), row(quantity="six"), row("536366"))
    assert [(type(f).__name__, getattr(f, "code", "")) for f in found] == [
        ("RefusedRow", "order_incomplete"),
        ("RefusedRow", "quantity_invalid"),
        ("OrderOf", ""),
    ]
    assert found[0].amount == Decimal("15.30")


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row(quantity="-6"), "quantity_invalid"),
        (row(quantity="0"), "quantity_invalid"),
        (row("C1", quantity="6"), "quantity_invalid"),
        (row(price="-2.55"), "amount_invalid"),
        (row(price="free"), "amount_invalid"),
        (row(at="yesterday"), "time_invalid"),
        (row(at="13/13/2010 8:26"), "time_invalid"),
        (row(invoice=""), "code_missing"),
        (row(sku=""), "code_missing"),
        ("536365,85123A", "row_too_short"),
    ],
)
def test_what_cannot_be_is_refused(path: Path, bad: str, code: str) -> None:
    (refused,) = read(path, bad)
    assert isinstance(refused, RefusedRow)
    assert (refused.line, refused.code) == (2, code)


def test_an_invoice_may_have_rows_of_another_in_its_midst(path: Path) -> None:
    found = read(path, row(), row("536366"), row(sku="71053"))
    assert [len(f.rows) for f in found if isinstance(f, OrderOf)] == [1, 2]


# All rows of the real files: rows, imported, merged, charge, cancellation, refused, amount.
MONTHS = {
    "2010-12": (42481, 40602, 848, 163, 728, 140, "748957.020"),
    "2011-01": (35147, 33694, 467, 155, 701, 130, "560000.260"),
    "2011-02": (27707, 26591, 430, 138, 475, 73, "498062.650"),
    "2011-03": (36748, 35083, 560, 195, 699, 211, "683267.080"),
    "2011-04": (29916, 28594, 370, 135, 559, 258, "493207.121"),
    "2011-05": (37030, 35615, 441, 181, 621, 172, "723333.510"),
    "2011-06": (36874, 35355, 458, 199, 711, 151, "691123.120"),
}


@needed("online-retail")
@pytest.mark.parametrize("path", files("online-retail/*.csv.gz"), ids=lambda path: path.name[:7])
def test_every_row_of_a_month_is_accounted_for_to_the_penny(path: Path) -> None:
    found = list(read_online_retail(path))
    counts, amount_file = _by_row(found)
    outcomes = ("imported", "merged", "charge", "cancellation", "refused")
    rows, *expected, amount = MONTHS[path.name[:7]]
    assert [counts[outcome] for outcome in outcomes] == expected
    assert counts.total() == rows
    assert amount_file == sum(f.amount for f in found) == Decimal(amount)


@needed("online-retail")
def test_all_months_hold_the_orders_that_the_docstring_counts() -> None:
    kinds: Counter[str] = Counter()
    for path in files("online-retail/*.csv.gz"):
        kinds.update(type(outcome).__name__ for outcome in read_online_retail(path))
    assert kinds == {"OrderOf": 9601, "CancellationOf": 2006, "ChargeOf": 59, "RefusedRow": 1135}


@needed("online-retail")
def test_the_same_file_gives_the_same_fingerprints() -> None:
    path = DATA / "online-retail" / "2011-02.csv.gz"

    def prints() -> list[str]:
        return [f.draft.fingerprint for f in read_online_retail(path) if isinstance(f, OrderOf)]

    assert prints() == prints()


def _by_row(found: Sequence[Outcome]) -> tuple[Counter[str], Decimal]:
    counts: Counter[str] = Counter()
    amount = Decimal(0)
    for outcome in found:
        if isinstance(outcome, RefusedRow):
            counts["refused"] += 1
            amount += outcome.amount
        else:
            counts.update(row.outcome for row in outcome.rows)
            amount += sum(row.amount for row in outcome.rows)
    return counts, amount
