"""One customer: what they are worth, what is open, what happened between them and the shop."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.domain.customers import is_open
from purvey.domain.order import Order
from purvey.ports.customers import CustomerNote
from purvey.queries.orders import read_orders
from purvey.queries.paging import Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us

LATEST = 2_000  # orders that the value is reckoned from
OPEN_LOOKED_AT = 200
MAX_NOTES = 200
END = "ord_g"  # behind every id


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Of the latest orders; `whole` says that there are no others. Cancelled and rejected ones are
    no money. `years`: (year, currency, orders, total less what went back), newest first."""

    orders: int
    returned: int
    whole: bool
    years: Sequence[tuple[int, str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`kind`: order, return, message or note. `number`: of the order."""

    kind: str
    at: datetime
    title: str
    state: str = ""
    number: int | None = None
    return_id: str = ""
    by: str = ""


def value_of(sql: Sql, customer_id: str) -> Value:
    rows = sql.rows(
        "select placed_at, state, currency, total, refunded, return_count from orders"
        " where shard = :shard and customer_id = :id order by id desc limit :limit",
        id=customer_id,
        limit=LATEST + 1,
    )
    latest, years = rows[:LATEST], defaultdict[tuple[int, str], list[int]](lambda: [0, 0])
    for row in latest:
        if row.state not in ("cancelled", "rejected"):
            sums = years[from_us(row.placed_at).year, row.currency]
            sums[0] += 1
            sums[1] += row.total - row.refunded
    ordered = sorted(years.items(), key=lambda one: (-one[0][0], one[0][1]))
    return Value(
        orders=len(latest),
        returned=sum(1 for row in latest if row.return_count),
        whole=len(rows) <= LATEST,
        years=[(year, currency, n, money) for (year, currency), (n, money) in ordered],
    )


def open_orders_of(sql: Sql, customer_id: str, *, limit: int) -> list[Order]:
    """Newest first, among the latest OPEN_LOOKED_AT."""
    rows = sql.rows(
        "select id from (select id, state, return_count from orders where shard = :shard"
        " and customer_id = :id order by id desc limit :latest) o"
        " where state not in ('closed', 'cancelled', 'rejected') or return_count > 0"
        " order by id desc limit :limit",
        id=customer_id,
        latest=OPEN_LOOKED_AT,
        limit=limit,
    )
    orders = read_orders(sql, [row.id for row in rows])
    return [orders[row.id] for row in rows if is_open(orders[row.id])]


def notes_of(sql: Sql, customer_id: str, *, limit: int = MAX_NOTES) -> list[CustomerNote]:
    """The latest first."""
    rows = sql.rows(
        'select id, customer_id, text, "by", "at" from customer_note where shard = :shard'
        " and customer_id = :id order by id desc limit :limit",
        id=customer_id,
        limit=limit,
    )
    return [
        CustomerNote(
            id=row.id, customer_id=row.customer_id, text=row.text, by=row.by, at=from_us(row.at)
        )
        for row in rows
    ]


def order_ids_of(sql: Sql, customer_id: str, *, limit: int, before: str = END) -> Page[str]:
    """Newest first."""
    rows = sql.rows(
        "select id from orders where shard = :shard and customer_id = :id and id < :before"
        " order by id desc limit :limit",
        id=customer_id,
        before=before,
        limit=limit + 1,
    )
    return page_of([row.id for row in rows], limit, key=lambda order_id: (order_id,))


def happenings(sql: Sql, customer_id: str, *, orders: int, before: str = END) -> Page[Happening]:
    """All about the next `orders` orders, latest first; `next` continues with the one before."""
    page = order_ids_of(sql, customer_id, limit=orders, before=before)
    numbers = _numbers(sql, page.items)
    found = [
        *_placed(sql, page.items),
        *_returns(sql, page.items, numbers),
        *_messages(sql, page.items, numbers),
    ]
    return Page(sorted(found, key=lambda one: one.at, reverse=True), page.next)


def _numbers(sql: Sql, ids: Sequence[str]) -> Mapping[str, int]:
    rows = sql.rows(
        "select id, number from orders where shard = :shard and id = any(:ids)", ids=list(ids)
    )
    return {row.id: row.number for row in rows}


def _placed(sql: Sql, ids: Sequence[str]) -> list[Happening]:
    rows = sql.rows(
        "select number, state, channel, placed_at from orders"
        " where shard = :shard and id = any(:ids)",
        ids=list(ids),
    )
    return [
        Happening(
            kind="order",
            at=from_us(row.placed_at),
            title=f"Ordered ({row.channel})",
            state=row.state,
            number=row.number,
        )
        for row in rows
    ]


def _returns(sql: Sql, ids: Sequence[str], numbers: Mapping[str, int]) -> list[Happening]:
    rows = sql.rows(
        "select order_id, id, state, requested_at from returns"
        " where shard = :shard and order_id = any(:ids)",
        ids=list(ids),
    )
    return [
        Happening(
            kind="return",
            at=from_us(row.requested_at),
            title="Sends goods back",
            state=row.state,
            number=numbers[row.order_id],
            return_id=row.id,
        )
        for row in rows
    ]


def _messages(sql: Sql, ids: Sequence[str], numbers: Mapping[str, int]) -> list[Happening]:
    rows: list[Any] = sql.rows(
        'select order_id, subject, state, "at" from notice'
        " where shard = :shard and order_id = any(:ids)",
        ids=list(ids),
    )
    return [
        Happening(
            kind="message",
            at=from_us(row.at),
            title=row.subject,
            state=row.state,
            number=numbers[row.order_id],
        )
        for row in rows
    ]
