"""One order as the doctor sees it: what is stored in columns beside what it is made of.

A page of orders is read in one read transaction, so that an order, its history and its messages are
of one moment, however busy the shop is. Only one page is in memory.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from purvey.domain.order import Order
from purvey.ports.storage import HistoryRow
from purvey.storage.orders import load_orders
from purvey.storage.sql import Sql
from purvey.storage.times import from_us

PAGE = 200  # orders that are in memory at once; some have a thousand lines

# What building an order raises when its rows contradict each other or cannot be understood.
UNREADABLE = (AssertionError, ValueError, TypeError, LookupError)


class Wrong(NamedTuple):
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`head` is the order's row: id, number, state and the columns that are kept for reading.

    `ledger` sums the payment entries by (payment id, kind); `messages` are those not done yet.
    """

    head: Any
    order: Order
    history: Sequence[HistoryRow]
    ledger: Mapping[tuple[str, str], int]
    messages: Sequence[Any]

    @property
    def where(self) -> str:
        return where(self.head)

    def promised(self, *effects: str, subject_id: str | None = None) -> bool:
        """Is there a message for it that the worker, or a person, still has to deal with?"""
        return any(
            message.effect in effects and subject_id in (None, message.subject_id)
            for message in self.messages
        )


def where(head: Any) -> str:
    return f"order {head.number} ({head.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`unreadable`: orders whose rows do not make an order, each with why."""

    heads: Sequence[Any]
    cases: Sequence[Case]
    unreadable: Sequence[tuple[Any, str]]


def read_page(sql: Sql, *, after: str, last: str) -> Page:
    """The next orders by id; the page without heads is the end."""
    heads = sql.rows(_HEADS, after=after, last=last, limit=PAGE)
    ids = [head.id for head in heads]
    orders, faults = _readable(sql, ids)
    history, messages = _history(sql, ids), _by_order(sql.rows(_MESSAGES, ids=ids))
    ledger = _ledger(sql, orders.values())
    cases = [
        Case(
            head=head,
            order=orders[head.id],
            history=history[head.id],
            ledger=ledger,
            messages=messages[head.id],
        )
        for head in heads
        if head.id in orders
    ]
    unreadable = [(head, faults[head.id]) for head in heads if head.id in faults]
    return Page(heads=heads, cases=cases, unreadable=unreadable)


def _readable(sql: Sql, ids: Sequence[str]) -> tuple[dict[str, Order], dict[str, str]]:
    """Whole orders, and why some are none: halved again and again until the guilty are alone."""
    try:
        return load_orders(sql, ids, lock=False), {}
    except UNREADABLE as error:
        if len(ids) == 1:
            return {}, {ids[0]: f"{type(error).__name__}: {error}"[:200]}
    middle = len(ids) // 2
    orders, faults = _readable(sql, ids[:middle])
    more_orders, more_faults = _readable(sql, ids[middle:])
    return orders | more_orders, faults | more_faults


def _by_order(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _history(sql: Sql, ids: Sequence[str]) -> Mapping[str, list[HistoryRow]]:
    found: dict[str, list[HistoryRow]] = defaultdict(list)
    for row in sql.rows(_HISTORY, ids=ids):
        said: tuple[Any, ...] = (*row[:10], from_us(row[10]), row[11])
        found[row[0]].append(HistoryRow(*said))
    return found


def _ledger(sql: Sql, orders: Collection[Order]) -> Mapping[tuple[str, str], int]:
    payments = [payment.id for order in orders for payment in order.payments]
    return {(row[0], row[1]): row[2] for row in sql.rows(_LEDGER, ids=payments)}


_HEADS = """
select id, number, state, version, total, paid, refunded, waiting_code, history_hash
  from orders where shard = :shard and id > :after and id <= :last order by id limit :limit
"""
_HISTORY = """
select order_id, version, process, subject_id, trigger, source, target, actor, reason, facts, at,
       hash
  from history where shard = :shard and order_id = any(:ids) order by order_id, version
"""
_MESSAGES = """
select order_id, subject_id, effect, state from outbox
 where shard = :shard and order_id = any(:ids) and state <> 'done'
"""
_LEDGER = """
select payment_id, kind, cast(sum(amount) as bigint) as amount from payment_entry
 where shard = :shard and payment_id = any(:ids) group by payment_id, kind
"""
