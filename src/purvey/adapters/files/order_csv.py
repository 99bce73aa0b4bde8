"""Format `csv`: one row for each line of an order, under a header (docs/reference/import-csv.md).

Rows of one order belong together by the column `order`, also when other rows stand between them, up
to `gather.WINDOW_ROWS`. What belongs to the order (customer, address, payment) may stand in each of
its rows or in one of them; two rows that contradict each other refuse the order. An order is never
taken in part: one bad row refuses all of its rows.

Cells stay the text they are: leading zeros are kept, and so is what a spreadsheet would take for a
formula. It is the exports that must not write such a cell as it is.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from purvey.adapters.files.gather import gather
from purvey.adapters.files.header import Header
from purvey.adapters.files.order_csv_columns import KINDS, OF_ORDER, OF_ROW
from purvey.adapters.files.order_csv_draft import PLAIN_DEFAULTS, Defaults, currency_of, draft_of
from purvey.adapters.files.outcomes import NOTHING, OrderOf, RefusedRow, RowRef
from purvey.adapters.files.text import BadRow, Row, Table, open_table
from purvey.adapters.files.values import BadValue, decimal_number, minor_units, whole_number
from purvey.domain.draft import DraftLine
from purvey.domain.money import exponent_of

__all__ = ["Defaults", "read_order_csv"]

MAX_NAME_CHARS = 100  # of an order's number and a sku


def read_order_csv(
    path: Path, *, defaults: Defaults = PLAIN_DEFAULTS
) -> Iterator[OrderOf | RefusedRow]:
    """Orders and refused rows, in the order of the file; raises FileRefused."""
    with open_table(path, KINDS) as table:
        for rows in gather(_parsed(table), lambda row: row.order or None):
            yield from _outcomes(rows, defaults)


class _Parsed(NamedTuple):
    line: int
    order: str
    sku: str = ""
    name: str = ""
    quantity: int = 0
    price: str = ""
    amount: Decimal = NOTHING
    of_order: tuple[tuple[str, str], ...] = ()  # (column, cell), filled ones only
    flaw: BadValue | None = None


def _parsed(table: Table) -> Iterator[_Parsed]:
    reader = _RowReader(table.header)
    for row in table.rows():
        yield reader.bad(row) if isinstance(row, BadRow) else reader.good(row)


class _RowReader:
    """Where each column stands in this file."""

    def __init__(self, header: Header):
        self._index = header.index
        self._row = tuple(header.index.get(name, -1) for name in OF_ROW)
        self._order = [(name, header.index[name]) for name in OF_ORDER if name in header.index]

    def bad(self, row: BadRow) -> _Parsed:
        """The order of a broken row is refused with it, if the row still says which one it is."""
        at = self._index["order"]
        order = row.cells[at].strip() if at < len(row.cells) else ""
        return _Parsed(row.line, order, flaw=BadValue(row.code, row.detail))

    def good(self, row: Row) -> _Parsed:
        cells = [*map(str.strip, row.cells), ""]  # index -1: a column that the file does not have
        order, sku, name, quantity, price = [cells[at] for at in self._row]
        amount = NOTHING
        try:
            units = whole_number(quantity)
            amount = units * decimal_number(price) if price else NOTHING
            _check(order, sku, units, price)
        except BadValue as flaw:
            return _Parsed(row.line, order[:MAX_NAME_CHARS], amount=amount, flaw=flaw)
        of_order = tuple([(column, cells[at]) for column, at in self._order if cells[at]])
        return _Parsed(row.line, order, sku, name, units, price, amount, of_order)


def _check(order: str, sku: str, units: int, price: str) -> None:
    for column, text in (("order", order), ("sku", sku)):
        if not text:
            raise BadValue(f"{column}_missing", f"The row has no {column}.")
        if len(text) > MAX_NAME_CHARS:
            raise BadValue(f"{column}_too_long", f"{column}: at most {MAX_NAME_CHARS} characters.")
    if units < 1:
        raise BadValue("quantity_invalid", "Write the quantity as a whole number from 1 up.")
    if price.startswith("-"):
        raise BadValue("amount_invalid", "Write the price as a positive amount.")


def _outcomes(rows: Sequence[_Parsed], defaults: Defaults) -> Iterator[OrderOf | RefusedRow]:
    flawed = next((row for row in rows if row.flaw), None)
    if flawed is not None:
        yield from _refused(rows, f"Line {flawed.line} of this order cannot be read.")
        return
    try:
        yield _order(rows, defaults)
    except BadValue as flaw:
        for row in rows:
            yield RefusedRow(line=row.line, code=flaw.code, detail=flaw.detail, amount=row.amount)


def _refused(rows: Sequence[_Parsed], because: str) -> Iterator[RefusedRow]:
    """No order is taken in part; the sound rows say where the broken one is."""
    for row in rows:
        flaw = row.flaw or BadValue("order_incomplete", because)
        yield RefusedRow(line=row.line, code=flaw.code, detail=flaw.detail, amount=row.amount)


def _order(rows: Sequence[_Parsed], defaults: Defaults) -> OrderOf:
    cells = _agreed(rows)
    currency = currency_of(cells, defaults)
    lines, refs = _lines(rows, currency)
    draft = draft_of(rows[0].order, cells=cells, lines=lines, defaults=defaults)
    minor = sum(line.quantity * (line.unit_price or 0) for line in lines)
    return OrderOf(draft=draft, rows=refs, amount=Decimal(minor).scaleb(-exponent_of(currency)))


def _agreed(rows: Sequence[_Parsed]) -> dict[str, str]:
    """What the rows say about their order, together; most files repeat it in each row."""
    cells = dict(rows[0].of_order)
    for row in rows:
        if row.of_order == rows[0].of_order:
            continue
        for column, cell in row.of_order:
            if cells.setdefault(column, cell) != cell:
                detail = f"Line {row.line} has another {column} than an earlier line of the order."
                raise BadValue("rows_disagree", detail)
    return cells


def _lines(
    rows: Sequence[_Parsed], currency: str
) -> tuple[tuple[DraftLine, ...], tuple[RowRef, ...]]:
    """The same sku at the same price is one line; at another price it is a line of its own."""
    units: dict[tuple[str, int | None], int] = {}
    names: dict[str, str] = {}
    refs = []
    for row in rows:
        key = (row.sku, minor_units(row.price, currency) if row.price else None)
        refs.append(RowRef(row.line, row.amount, "merged" if key in units else "imported"))
        units[key] = units.get(key, 0) + row.quantity
        names.setdefault(row.sku, row.name)
    lines = [
        DraftLine(sku=sku, quantity=quantity, unit_price=price, name=names[sku] or None)
        for (sku, price), quantity in units.items()
    ]
    return tuple(lines), tuple(refs)
