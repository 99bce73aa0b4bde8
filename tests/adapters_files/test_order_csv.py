"""Format `csv`: one row a line of an order."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.adapters.files.opening import FileRefused
from purvey.adapters.files.order_csv import Defaults, read_order_csv
from purvey.adapters.files.order_csv_columns import PLAIN
from purvey.adapters.files.outcomes import OrderOf, RefusedRow
from purvey.domain.draft import Address, Discount, Draft, PaymentChoice
from tests.adapters_files.places import DATA, files, needed

HEADER = "order,sku,quantity,unit_price,email,payment,placed_at,country,postal_code,line1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def read(path: Path, *rows: str, header: str = HEADER) -> list[OrderOf | RefusedRow]:
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return list(read_order_csv(path))


def the_draft(path: Path, *rows: str, header: str = HEADER) -> Draft:
    (order,) = read(path, *rows, header=header)
    assert isinstance(order, OrderOf), order
    return order.draft


def refusals(path: Path, *rows: str, header: str = HEADER) -> list[tuple[int, str]]:
    found = read(path, *rows, header=header)
    return [(row.line, row.code) for row in found if isinstance(row, RefusedRow)]


def test_rows_of_an_order_become_one_order(path: Path) -> None:
    (order,) = read(
        path,
        "W-1,85123A,6,2.55,ann@example.com,sandbox:tok_ok,2026-11-22T10:04:00+01:00,GB,LS1 4DT,1 X",
        "W-1,71053,6,3.39,,,,,,",
        "W-1,85123A,2,2.55,,,,,,",
    )
    assert isinstance(order, OrderOf)
    draft = order.draft
    assert [(line.sku, line.quantity, line.unit_price) for line in draft.lines] == [
        ("85123A", 8, 255),
        ("71053", 6, 339),
    ]
    assert (draft.channel, draft.external_id, draft.currency) == ("import", "W-1", "GBP")
    assert draft.customer.email == "ann@example.com"
    assert draft.payment == PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok")
    assert draft.ship_to == Address(line1="1 X", postal_code="LS1 4DT", country="GB")
    assert str(draft.placed_at) == "2026-11-22 09:04:00+00:00"
    assert [(row.line, row.outcome) for row in order.rows] == [
        (2, "imported"),
        (3, "imported"),
        (4, "merged"),
    ]
    assert order.amount == sum(row.amount for row in order.rows) == Decimal("40.74")


def test_the_same_sku_at_another_price_is_a_line_of_its_own(path: Path) -> None:
    draft = the_draft(path, "1,A,1,2.50,,,,,,", "1,A,1,2.00,,,,,,", "1,A,1,,,,,,,")
    assert [line.unit_price for line in draft.lines] == [250, 200, None]


def test_orders_may_be_mixed(path: Path) -> None:
    found = read(path, "1,A,1,,,,,,,", "2,A,1,,,,,,,", "1,B,1,,,,,,,")
    assert [len(order.rows) for order in found if isinstance(order, OrderOf)] == [1, 2]


def test_a_code_keeps_its_zeros_and_a_formula_stays_text(path: Path) -> None:
    draft = the_draft(path, "0001,00042,1,,,,,,01067,=cmd|' /C calc'!A0")
    assert (draft.external_id, draft.lines[0].sku) == ("0001", "00042")
    assert draft.ship_to is not None
    assert (draft.ship_to.postal_code, draft.ship_to.line1) == ("01067", "=cmd|' /C calc'!A0")


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("", PaymentChoice(method="bank_transfer")),
        ("cash", PaymentChoice(method="cash")),
        ("Bank transfer", PaymentChoice(method="bank_transfer")),
        ("net30", PaymentChoice(method="terms", terms="net30")),
        ("tok_ok", PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok")),
        ("stripe:pm_1", PaymentChoice(method="gateway", gateway="stripe", token="pm_1")),
    ],
)
def test_ways_to_pay(path: Path, text: str, choice: PaymentChoice) -> None:
    assert the_draft(path, f"1,A,1,,,{text},,,,").payment == choice


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,A,0,,,,,,,", "quantity_invalid"),
        ("1,A,-1,,,,,,,", "quantity_invalid"),
        ("1,A,1.5,,,,,,,", "quantity_invalid"),
        ("1,A,１,,,,,,,", "quantity_invalid"),
        ("1,A,1_000,,,,,,,", "quantity_invalid"),
        ("1,A,9999999999,,,,,,,", "quantity_invalid"),
        ("1,A,,,,,,,,", "quantity_invalid"),
        ('1,A,1,"1,234.50",,,,,,', "amount_invalid"),
        ("1,A,1,£2.55,,,,,,", "amount_invalid"),
        ("1,A,1,-2.55,,,,,,", "amount_invalid"),
        ("1,A,1,2.555,,,,,,", "amount_invalid"),
        ("1,A,1,NaN,,,,,,", "amount_invalid"),
        ("1,A,1,1e3,,,,,,", "amount_invalid"),
        ("1,,1,,,,,,,", "sku_missing"),
        (",A,1,,,,,,,", "order_missing"),
        (f"1,{'A' * 101},1,,,,,,,", "sku_too_long"),
        ("1,A,1,,,paypal,,,,", "payment_invalid"),
        ("1,A,1,,,,22.11.2026,,,", "time_invalid"),
        ("1,A,1,,,,,Narnia,,", "country_invalid"),
        ("1,A,1", "row_too_short"),
        ("1,A,1,,,,,,,,extra", "row_too_long"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(path: Path, row: str, code: str) -> None:
    assert refusals(path, row) == [(2, code)]


@pytest.mark.parametrize(("text", "minor"), [('"2,5"', 250), ('"2,50"', 250), ("+2.5", 250)])
def test_a_decimal_comma_is_read_where_it_can_mean_nothing_else(
    path: Path, text: str, minor: int
) -> None:
    assert the_draft(path, f"1,A,1,{text},,,,,,").lines[0].unit_price == minor


def test_an_order_is_never_taken_in_part(path: Path) -> None:
    rows = ("1,A,1,2.00,,,,,,", "2,A,1,2.00,,,,,,", "1,B,none,2.00,,,,,,")
    assert refusals(path, *rows) == [(2, "order_incomplete"), (4, "quantity_invalid")]
    assert refusals(path, "1,A,1,2.00,,,,,,", "1,B,1") == [
        (2, "order_incomplete"),
        (3, "row_too_short"),
    ]


def test_rows_that_contradict_each_other_refuse_their_order(path: Path) -> None:
    rows = ("1,A,1,,ann@example.com,,,,,", "1,B,1,,bob@example.com,,,,,")
    assert refusals(path, *rows) == [(2, "rows_disagree"), (3, "rows_disagree")]
    (first, _) = read(path, *rows)
    assert isinstance(first, RefusedRow)
    assert "email" in first.detail
    assert "bob" not in first.detail


def test_other_currencies_and_their_decimals(path: Path) -> None:
    header = "order,sku,quantity,unit_price,currency"
    assert the_draft(path, "1,A,1,250,jpy", header=header).lines[0].unit_price == 250
    assert the_draft(path, "1,A,1,2.555,KWD", header=header).lines[0].unit_price == 2555
    assert refusals(path, "1,A,1,2.5,JPY", header=header) == [(2, "amount_invalid")]
    assert refusals(path, "1,A,1,2.5,XXX", header=header) == [(2, "amount_invalid")]


def test_an_order_export_of_shopify(path: Path) -> None:
    header = (
        "Name,Email,Financial Status,Paid at,Currency,Shipping,Discount Code,Discount Amount,"
        "Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
        "Billing Name,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country"
    )
    draft = the_draft(
        path,
        "#1001,ann@example.com,paid,2026-11-22 10:00:00 +0100,EUR,4.90,HELLO,5.00,Express,"
        "2026-11-22 10:00:00 +0100,1,Mug,12.00,MUG-1,Ann Lee,Bo Lee,Weg 1,Berlin,'10115,DE",
        "#1001,ann@example.com,,,,,,,,2026-11-22 10:00:00 +0100,2,Cup,7.00,CUP-1,,,,,,",
        header=header,
    )
    assert (draft.external_id, draft.currency) == ("#1001", "EUR")
    assert [(line.sku, line.name, line.unit_price) for line in draft.lines] == [
        ("MUG-1", "Mug", 1200),
        ("CUP-1", "Cup", 700),
    ]
    assert (draft.shipping.method, draft.shipping.price) == ("standard", 490)
    assert draft.discounts == (Discount(code="HELLO", amount=500),)
    assert draft.ship_to == Address(
        name="Bo Lee", line1="Weg 1", city="Berlin", postal_code="10115", country="DE"
    )
    assert str(draft.placed_at) == "2026-11-22 09:00:00+00:00"


def test_names_of_countries_become_codes(path: Path) -> None:
    ship_to = the_draft(path, "1,A,1,,,,,United Kingdom,,").ship_to
    assert ship_to is not None
    assert ship_to.country == "GB"


def test_without_an_address_there_is_none(path: Path) -> None:
    assert the_draft(path, "1,A,1,,,,,,,").ship_to is None


def test_the_same_content_has_the_same_fingerprint(path: Path) -> None:
    row = "1,A,1,2.00,ann@example.com,,,,,"
    first, again = the_draft(path, row), the_draft(path, row)
    other = the_draft(path, "1,A,2,2.00,ann@example.com,,,,,")
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert len(first.fingerprint) == 64


def test_what_the_file_leaves_open_is_the_callers(path: Path) -> None:
    path.write_text("order,sku,quantity\n1,A,1\n")
    defaults = Defaults(channel="edi", currency="EUR", payment="net14")
    (order,) = read_order_csv(path, defaults=defaults)
    assert isinstance(order, OrderOf)
    assert (order.draft.channel, order.draft.currency) == ("edi", "EUR")
    assert order.draft.payment.terms == "net14"


CELLS = st.text(st.characters(exclude_characters="\0"), max_size=8)  # else it is a binary file


@given(
    st.lists(st.lists(CELLS, min_size=10, max_size=10), max_size=4),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_every_row_ends_in_one_outcome_and_the_money_adds_up(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    import csv

    path = tmp_path_factory.getbasetemp() / "any_orders.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerows([HEADER.split(","), *rows])
    found = list(read_order_csv(path))
    lines = [
        at
        for outcome in found
        for at in ([outcome.line] if isinstance(outcome, RefusedRow) else _lines(outcome))
    ]
    assert len(lines) == len(set(lines)) <= len(rows)
    for order in found:
        if isinstance(order, OrderOf):
            assert order.amount == sum(row.amount for row in order.rows)


def _lines(order: OrderOf) -> list[int]:
    return [row.line for row in order.rows]


CLEAR_ANSWERS = ("binary_file", "empty_file", "missing_columns", "no_header", "spreadsheet")


@needed("dirty")
@pytest.mark.parametrize("path", files("dirty/*"), ids=lambda path: path.name)
def test_every_dirty_file_gets_a_clear_answer(path: Path) -> None:
    """None of them is a file of orders: each is refused in a sentence, or has no rows at all."""
    try:
        assert list(read_order_csv(path)) == []
    except FileRefused as refusal:
        answer = (refusal.code, refusal.detail[-1])
    else:
        answer = ("no_rows", ".")
    assert answer in {(code, ".") for code in CLEAR_ANSWERS}


@needed("dirty")
@pytest.mark.parametrize("dirty", files("dirty/*"), ids=lambda path: path.name)
def test_under_a_good_header_every_dirty_row_is_refused_or_read(path: Path, dirty: Path) -> None:
    path.write_bytes(b"order,sku,quantity\n" + dirty.read_bytes())
    try:
        found = list(read_order_csv(path))
    except FileRefused as refusal:
        answers = {(refusal.code, refusal.detail[-1])}
    else:
        answers = {("row", f.detail[-1]) for f in found if isinstance(f, RefusedRow)}
    # no_header: ASCII and UTF-16 in one file
    codes = ("row", "binary_file", "no_header", "unclosed_quote")
    assert answers <= {(code, ".") for code in codes}


@needed("dirty")
def test_formulas_of_the_wild_stay_the_text_they_are(path: Path) -> None:
    payloads = (DATA / "dirty" / "csv-injection-payloads.txt").read_text("utf-8").splitlines()
    quoted = ['"' + payload.replace('"', '""') + '"' for payload in payloads]
    rows = [f"{n},A,1,{payload}" for n, payload in enumerate(quoted)]
    found = read(path, *rows, header="order,sku,quantity,notes")
    assert [order.draft.notes for order in found if isinstance(order, OrderOf)] == payloads


def test_the_example_in_the_reference_is_an_order_file(path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "import-csv.md"
    example = page.read_text("utf-8").split("```csv\n")[1].split("```")[0]
    header, *rows = example.splitlines()
    found = read(path, *rows, header=header)
    assert [(f.draft.external_id, len(f.draft.lines)) for f in found if isinstance(f, OrderOf)] == [
        ("W-1001", 2),
        ("W-1002", 1),
    ]


def test_the_reference_names_every_column() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "import-csv.md"
    text = page.read_text("utf-8")
    assert [name for name in PLAIN.names if f"`{name}`" not in text] == []
