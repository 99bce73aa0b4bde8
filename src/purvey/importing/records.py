"""What is remembered of rows that become no order: cancellations, credits and charges.

An invoice is remembered by its number, not by its file, so that overlapping files add nothing. The
records are written in the transaction that acts on them: an invoice is applied and remembered, or
neither. (Orders are remembered by themselves, by channel and external id.)

Table `import_row`: `source` is "format:invoice", `line` counts the invoice's records from 1, and
`detail` is JSON with the file and the line where it was read first.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from purvey.storage import tables
from purvey.storage.sql import Sql

Fate = Literal[
    "cancelled",  # units of an order that were still open are cancelled
    "return",  # units that had left, or are being packed: matched to their order, nothing else yet
    "unmatched",  # belongs to no order that we have
    "credit",  # a charge that a cancellation gives back; with the order of its goods, if matched
    "charge",  # money without goods, and without an order
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of an invoice, or the part of it that met one fate. `amount` is as the file has it."""

    fate: Fate
    amount: Decimal
    line: int
    sku: str
    units: int  # positive
    order_id: str | None = None
    order_line: int | None = None
    reason: str | None = None


def known_records(sql: Sql, sources: Collection[str]) -> Mapping[str, list[Record]]:
    """The records of each invoice that was taken before."""
    found: dict[str, list[Record]] = defaultdict(list)
    if sources:
        for row in sql.rows(
            "select source, outcome, amount, order_id, detail from import_row"
            " where shard = :shard and source = any(:sources) order by source, line",
            sources=sorted(sources),
        ):
            found[row.source].append(_record(row))
    return found


def returned_units(sql: Sql, order_ids: Collection[str]) -> Mapping[tuple[str, int], int]:
    """Units of each (order, line) that came back by the file, which the order does not know of."""
    units: dict[tuple[str, int], int] = defaultdict(int)
    if order_ids:
        for row in sql.rows(
            "select outcome, amount, order_id, detail from import_row"
            " where shard = :shard and order_id = any(:ids) and outcome = 'return'",
            ids=sorted(order_ids),
        ):
            record = _record(row)
            units[row.order_id, record.order_line or 0] += record.units
    return units


def keep_records(sql: Sql, records: Iterable[tuple[str, Sequence[Record]]], *, file: str) -> None:
    """`records`: each new invoice's source and what became of its rows."""
    rows = [
        (source, number, x.fate, str(x.amount), x.order_id, _detail(x, file))
        for source, its in records
        for number, x in enumerate(its, 1)
    ]
    sql.insert(tables.import_row, rows)


def _detail(x: Record, file: str) -> str:
    said = {"file": file, "line": x.line, "sku": x.sku, "units": x.units}
    more = {"order_line": x.order_line, "reason": x.reason}
    return json.dumps({**said, **{k: v for k, v in more.items() if v is not None}})


def _record(row: Any) -> Record:
    said = json.loads(row.detail)
    return Record(
        fate=row.outcome,
        amount=Decimal(row.amount),
        order_id=row.order_id,
        line=said["line"],
        sku=said["sku"],
        units=said["units"],
        order_line=said.get("order_line"),
        reason=said.get("reason"),
    )
