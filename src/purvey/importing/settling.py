"""Cancellations are matched to their orders, and what is still open of these is cancelled.

1. The candidates are read without a lock and matched (`matching.py`).
2. The orders that were chosen are locked, with their stock, in the order in which everybody locks.
3. Candidates are read again. When the match chooses only orders that are locked, nobody can change
   what it rests on; else 2. (On SQLite, and nearly always on PostgreSQL, that is one more look.)
4. One `change` for all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from purvey.adapters.files.outcomes import CancellationOf
from purvey.importing.candidates import find_candidates, lock_orders
from purvey.importing.matching import Book
from purvey.importing.records import Record
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.change import OrderChange, change
from purvey.storage.transaction import SqlTransaction

MAX_ROUNDS = 20


class NeverSettled(Exception):
    """Others keep changing the orders that are cancelled: start the import again."""


def settle(
    tx: SqlTransaction, cancellations: Sequence[CancellationOf], *, act: Act
) -> list[list[Record]]:
    """What became of the rows of each cancellation."""
    if not cancellations:
        return []
    records = _matched(tx, cancellations)
    wishes = [
        wish
        for cancellation, its in zip(cancellations, records, strict=True)
        for wish in _changes(cancellation, its)
    ]
    answers = change(tx, wishes, act=act) if wishes else []
    refused = {
        (wish.reason, wish.order_id): answer
        for wish, answer in zip(wishes, answers, strict=True)
        if isinstance(answer, Refusal)
    }
    if not refused:
        return records
    return [
        [
            _unless_refused(record, refused.get((_reason(x), record.order_id or "")))
            for record in its
        ]
        for x, its in zip(cancellations, records, strict=True)
    ]


def _matched(tx: SqlTransaction, cancellations: Sequence[CancellationOf]) -> list[list[Record]]:
    locked: set[str] = set()
    for _ in range(MAX_ROUNDS):
        book = Book(find_candidates(tx.sql, cancellations))
        records = [book.records_of(cancellation) for cancellation in cancellations]
        chosen = {x.order_id for its in records for x in its if x.order_id} - locked
        if not chosen:
            return records
        lock_orders(tx, chosen)
        locked |= chosen
    raise NeverSettled(NeverSettled.__doc__)


def _changes(cancellation: CancellationOf, records: Sequence[Record]) -> list[OrderChange]:
    units: dict[str, Counter[int]] = defaultdict(Counter)
    for record in records:
        if record.fate == "cancelled" and record.order_id and record.order_line:
            units[record.order_id][record.order_line] += record.units
    reason = _reason(cancellation)
    return [OrderChange(order_id=i, cancel=lines, reason=reason) for i, lines in units.items()]


def _reason(cancellation: CancellationOf) -> str:
    return f"cancelled by invoice {cancellation.external_id}"


def _unless_refused(record: Record, refusal: Refusal | None) -> Record:
    """An order that may not be changed keeps its units; the invoice is remembered as it is."""
    if refusal is None or record.fate != "cancelled":
        return record
    return evolve(record, fate="unmatched", order_id=None, order_line=None, reason=refusal.sentence)
