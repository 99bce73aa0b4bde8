"""What one batch of a file becomes, in one transaction.

1. Orders that are there already are left alone; the products of the others are seen to (`supply`).
2. The others are received, as from any other channel.
3. Cancellations look for their orders, which may be of this very batch (`settle`).
4. What became of cancellations and charges is remembered beside it. A batch that is interrupted
   leaves nothing, so a second start finds it either taken or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from purvey.adapters.files.outcomes import CancellationOf, ChargeOf, OrderOf, Outcome
from purvey.domain.draft import Draft
from purvey.importing.matching import charge_records
from purvey.importing.records import Record, keep_records, known_records
from purvey.importing.settling import settle
from purvey.importing.supplying import supply
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.receive import receive
from purvey.storage.transaction import SqlTransaction

OTHER_CONTENT = "This invoice was imported with another content; enter the difference by hand."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for all of a file. `makes_products`: also the stock that its orders need."""

    format: str
    file: str
    makes_products: bool


@dataclass(frozen=True, slots=True)
class TakenOrder:
    """`created` is False for one that had been received before."""

    created: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """A cancellation or a charge, now or before."""

    records: Sequence[Record]


Answer = TakenOrder | Remembered | Refusal | None  # None for rows that the reader has refused


class RefusedAfterSupply(Exception):
    """Products were made for orders that are then refused: all is undone and taken without them."""

    def __init__(self, refusals: Mapping[int, Refusal]):
        super().__init__()
        self.refusals = refusals


@dataclass(slots=True)
class Taken:
    """The answers stand in the order of the batch."""

    answers: list[Answer]
    products_made: int = 0

    @property
    def created(self) -> int:
        return sum(isinstance(x, TakenOrder) and x.created for x in self.answers)


Invoice = CancellationOf | ChargeOf
NOBODY: Mapping[int, Refusal] = {}


def take(
    tx: SqlTransaction,
    batch: Sequence[Outcome],
    *,
    rules: Rules,
    act: Act,
    numbers: Iterator[int],
    refused: Mapping[int, Refusal] = NOBODY,
) -> Taken:
    """`refused`: by their place in the batch, orders whose refusal is known."""
    taken = Taken([refused.get(n) for n in range(len(batch))])
    drafts = {
        n: x.draft for n, x in enumerate(batch) if isinstance(x, OrderOf) and n not in refused
    }
    invoices = {n: x for n, x in enumerate(batch) if isinstance(x, Invoice)}
    _take_orders(tx, drafts, taken, rules=rules, act=act, numbers=numbers)
    for n, answer in _take_invoices(tx, invoices, rules=rules, act=act):
        taken.answers[n] = answer
    return taken


def _take_orders(
    tx: SqlTransaction,
    drafts: Mapping[int, Draft],
    taken: Taken,
    *,
    rules: Rules,
    act: Act,
    numbers: Iterator[int],
) -> None:
    known = tx.intake.taken_external({_key(draft) for draft in drafts.values()})
    asked = {}
    for n, draft in drafts.items():
        before = known.get(_key(draft))
        if before is not None and before.fingerprint == draft.fingerprint:
            taken.answers[n] = TakenOrder(created=False)
        else:
            asked[n] = draft
    new = _first_of_each({n: d for n, d in asked.items() if _key(d) not in known})
    if rules.makes_products:
        taken.products_made = supply(tx, list(new.values()), act=act)
    answers = receive(tx, list(asked.values()), act=act, numbers=numbers)
    for n, answer in zip(asked, answers, strict=True):
        taken.answers[n] = answer if isinstance(answer, Refusal) else TakenOrder(answer.created)
    refusals = {n: a for n in new if isinstance(a := taken.answers[n], Refusal)}
    if rules.makes_products and refusals:
        raise RefusedAfterSupply(refusals)


def _key(draft: Draft) -> tuple[str, str]:
    return draft.channel, draft.external_id or ""


def _first_of_each(drafts: Mapping[int, Draft]) -> Mapping[int, Draft]:
    """Without those that repeat an order of the same batch: they need nothing of their own."""
    first: dict[tuple[str, str], int] = {}
    for n, draft in drafts.items():
        first.setdefault(_key(draft), n)
    return {n: drafts[n] for n in first.values()}


def _take_invoices(
    tx: SqlTransaction, invoices: Mapping[int, Invoice], *, rules: Rules, act: Act
) -> Iterator[tuple[int, Answer]]:
    sources = {n: f"{rules.format}:{x.external_id}" for n, x in invoices.items()}
    known = dict(known_records(tx.sql, set(sources.values())))
    new: dict[str, Invoice] = {}
    for n, source in sources.items():
        if source not in known:
            new.setdefault(source, invoices[n])
    cancelled = {s: x for s, x in new.items() if isinstance(x, CancellationOf)}
    fresh = dict(zip(cancelled, settle(tx, list(cancelled.values()), act=act), strict=True))
    fresh |= {s: charge_records(x.items) for s, x in new.items() if isinstance(x, ChargeOf)}
    keep_records(tx.sql, fresh.items(), file=rules.file)
    known |= fresh
    for n, source in sources.items():
        yield n, _remembered(invoices[n], known[source])


def _remembered(invoice: Invoice, records: Sequence[Record]) -> Answer:
    same_rows = len({record.line for record in records}) == len(invoice.rows)
    if same_rows and sum(record.amount for record in records) == invoice.amount:
        return Remembered(records)
    return Refusal("external_id_reused", OTHER_CONTENT)
