"""Format `online-retail`: a British wholesaler's invoices (UCI Online Retail), line by line.

What December 2010 to June 2011 hold, counted over all 245,903 rows of 12,795 invoices, worth
4,397,950.761 GBP, and what becomes of each:

- 4,494 rows of 2,006 invoices that start with C, all with negative quantities: cancellations. They
  name no order. Of their 4,195 rows of goods 3,244 fit one earlier order of the same customer and
  sku (3,128 at the same price), 9 several; 34 fit in part and 789 not at all (their orders lie
  before December 2010); 119 name no customer. 299 rows give charges back (M 119, POST 61, S 49,
  D 35, AMAZONFEE 17, BANK CHARGES 15, C2 2, DOT 1); 200 of the invoices hold nothing else.
- Invoices that start with A are accounting entries, here charges. None in these months.
- 1,170 rows of charges on other invoices (online_retail_codes.py): POST 508, DOT 439 and C2 63
  become the order's shipping; M 153, BANK CHARGES 4, AMAZONFEE 2 and S 1 lines of their own. 62
  invoices hold no goods: 59 are charges altogether, 3 (POST, DOT at price 0) are stock notes.
  Vouchers (gift_0001_*), DCGS* and PADS are goods.
- 758 rows with a negative quantity without C, all at price 0, without customer, alone on their
  invoice ("damages", "?", "thrown away", 590 without a word): stock notes. So are the 377 rows of
  371 other invoices that have neither customer nor price ("found", "adjustment", 334 empty). Stock
  notes are refused: they are no orders, and worth 0.
- 343 rows of goods at price 0 on other invoices: gifts and samples, imported.
- 67,626 rows of 857 invoices with money but no customer: imported as guests.
- 3,495 times goods stand twice or more on an invoice: 3,574 rows are merged into an earlier line of
  equal price; at another price (255 times) they are a line of their own.
- 1,184 rows write the sku with a small letter (85123a), never with another description: the same
  product, so codes are put in capitals.
- 267 of 3,561 skus have several descriptions, 924 rows none: each line keeps what its row says.
- 1 price has more than two decimals (PADS, 0.001). A line is rounded to the penny once; what is
  below a penny is the order's `rounding`, so that all amounts add up to the file's exactly.
- 35 invoices run over two minutes: the first row's time counts. Times are London's. 1 invoice,
  542806, has two rows of another in its midst.
- 368 rows of Channel Islands, 83 Unspecified, 32 European Community: no ISO code; the name is kept
  in the order's metadata. 6 customers have two countries.
- Customers are numbers with ".0"; the files are UTF-8 with a pound sign in 22 rows.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from purvey.adapters.files.gather import gather
from purvey.adapters.files.header import Columns
from purvey.adapters.files.online_retail_codes import CHARGES
from purvey.adapters.files.online_retail_order import CURRENCY, Entry, contact_of, order_of
from purvey.adapters.files.outcomes import (
    CancellationOf,
    ChargeOf,
    Item,
    Outcome,
    RefusedRow,
    RowOutcome,
    RowRef,
)
from purvey.adapters.files.text import BadRow, Table, open_table
from purvey.adapters.files.values import BadValue, decimal_number, instant, whole_number

COLUMNS = Columns(
    needed=("invoice", "sku", "name", "quantity", "time", "price", "customer", "country"),
    names={
        "invoice": ("InvoiceNo", "Invoice"),
        "sku": ("StockCode",),
        "name": ("Description",),
        "quantity": ("Quantity",),
        "time": ("InvoiceDate",),
        "price": ("UnitPrice", "Price"),
        "customer": ("CustomerID",),
        "country": ("Country",),
    },
)
CANCELLATION, ACCOUNTING = "C", "A"
STOCK_NOTE = "Neither an order nor money: a note about stock."


def read_online_retail(path: Path) -> Iterator[Outcome]:
    """Everything that the invoices hold, in the order of the file; raises FileRefused."""
    zone = ZoneInfo("Europe/London")
    with open_table(path, [COLUMNS]) as table:
        for rows in gather(_entries(table, zone), lambda entry: entry.invoice or None):
            yield from _outcomes(rows)


def _outcomes(rows: Sequence[Entry]) -> Iterator[Outcome]:
    """No invoice is taken in part: one row that cannot be read refuses all of them."""
    flawed = next((row for row in rows if row.flaw), None)
    if flawed is not None:
        yield from _refused(rows, flawed)
    elif rows[0].invoice.startswith(CANCELLATION):
        yield _cancellation(rows)
    else:
        notes, billed = _without_notes(rows)
        for row in notes:
            yield RefusedRow(line=row.line, code="stock_note", detail=STOCK_NOTE, amount=row.amount)
        if billed:
            yield _charge(billed) if _only_charges(billed) else order_of(billed)


def _refused(rows: Sequence[Entry], flawed: Entry) -> Iterator[RefusedRow]:
    because = f"Line {flawed.line} of this invoice cannot be read."
    for row in rows:
        flaw = row.flaw or BadValue("order_incomplete", because)
        yield RefusedRow(line=row.line, code=flaw.code, detail=flaw.detail, amount=row.amount)


def _without_notes(rows: Sequence[Entry]) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Notes about stock, and what was billed."""
    if not rows[0].customer and not any(row.price for row in rows):
        return rows, ()
    notes = [row for row in rows if row.quantity < 0 and not row.price]
    return notes, [row for row in rows if row not in notes] if notes else rows


def _only_charges(rows: Sequence[Entry]) -> bool:
    return rows[0].invoice.startswith(ACCOUNTING) or all(row.sku in CHARGES for row in rows)


def _cancellation(rows: Sequence[Entry]) -> CancellationOf:
    return CancellationOf(
        external_id=rows[0].invoice,
        customer=contact_of(rows[0]),
        placed_at=rows[0].at,
        currency=CURRENCY,
        items=_items([row for row in rows if row.sku not in CHARGES]),
        charges=_items([row for row in rows if row.sku in CHARGES]),
        rows=_refs(rows, "cancellation"),
    )


def _charge(rows: Sequence[Entry]) -> ChargeOf:
    return ChargeOf(
        external_id=rows[0].invoice,
        customer=contact_of(rows[0]),
        placed_at=rows[0].at,
        currency=CURRENCY,
        items=_items(rows),
        rows=_refs(rows, "charge"),
    )


def _items(rows: Sequence[Entry]) -> tuple[Item, ...]:
    return tuple(
        Item(
            sku=row.sku,
            name=row.name or None,
            quantity=row.quantity,
            unit_price=row.price,
            line=row.line,
        )
        for row in rows
    )


def _refs(rows: Sequence[Entry], outcome: RowOutcome) -> tuple[RowRef, ...]:
    return tuple([RowRef(row.line, row.amount, outcome) for row in rows])


def _entries(table: Table, zone: tzinfo) -> Iterator[Entry]:
    index = table.header.index
    cells_of = itemgetter(*[index[name] for name in COLUMNS.needed])
    for row in table.rows():
        if isinstance(row, BadRow):
            yield _broken(row, index["invoice"])
        else:
            yield _entry(row.line, cells_of(row.cells), zone)


def _broken(row: BadRow, at: int) -> Entry:
    invoice = row.cells[at].strip().upper() if at < len(row.cells) else ""
    return Entry(row.line, invoice, flaw=BadValue(row.code, row.detail))


def _entry(line: int, cells: tuple[str, ...], zone: tzinfo) -> Entry:
    invoice, sku, name, quantity, time, price, customer, country = cells
    entry = Entry(line, invoice.strip().upper(), sku.strip().upper(), name.strip())
    try:
        units, each = whole_number(quantity.strip()), decimal_number(price.strip())
        entry = entry._replace(quantity=units, price=each, amount=units * each)
        _check(entry)
        return entry._replace(
            at=_instant(time.strip(), zone),
            customer=customer.strip().removesuffix(".0"),
            country=country.strip(),
        )
    except BadValue as flaw:
        return entry._replace(flaw=flaw)


def _check(entry: Entry) -> None:
    if not entry.invoice or not entry.sku:
        raise BadValue("code_missing", "The row has no invoice number or no stock code.")
    if entry.invoice.startswith(ACCOUNTING):
        return
    if entry.price < 0:
        raise BadValue("amount_invalid", "Only accounting entries have negative prices.")
    cancelled = entry.invoice.startswith(CANCELLATION)
    may_be_negative = cancelled or not entry.price or entry.sku in CHARGES
    if entry.quantity == 0 or (cancelled and entry.quantity > 0):
        raise BadValue("quantity_invalid", "Cancellations have negative quantities, none is 0.")
    if entry.quantity < 0 and not may_be_negative:
        raise BadValue("quantity_invalid", "Only cancellations take back goods that have a price.")


@lru_cache(8_192)  # all rows of an invoice have one time, or two
def _instant(text: str, zone: tzinfo) -> datetime:
    """As in these files, or as spreadsheets of the same data write it: 12/1/2010 8:26."""
    if "/" not in text:
        return instant(text, zone)
    try:
        naive = datetime.strptime(text, "%m/%d/%Y %H:%M")  # noqa: DTZ007  # the zone follows
        return naive.replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        detail = "Write times like 2010-12-01 08:26:00."
        raise BadValue("time_invalid", detail) from None
