"""How the shop does: orders and money in a range of time, and how long each state takes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

SAMPLE = 2_000  # the newest orders of the range whose history is looked at
SECOND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Orders of one state and one currency. Amounts are minor units."""

    state: str
    currency: str
    orders: int
    total: int
    paid: int
    refunded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInState:
    """Of visits that have ended."""

    state: str
    visits: int
    p50_seconds: float
    p95_seconds: float


def amounts_by_state(sql: Sql, *, start: datetime, end: datetime) -> list[Amounts]:
    """Of orders placed from `start` on and before `end`."""
    rows = sql.rows(
        "select state, currency, count(*) as orders, sum(total) as total, sum(paid) as paid,"
        " sum(refunded) as refunded from orders"
        " where shard = :shard and placed_at >= :start and placed_at < :end"
        " group by state, currency order by state, currency",
        start=to_us(start),
        end=to_us(end),
    )
    return [
        Amounts(
            state=row.state,
            currency=row.currency,
            orders=row.orders,
            total=int(row.total),
            paid=int(row.paid),
            refunded=int(row.refunded),
        )
        for row in rows
    ]


def times_in_state(sql: Sql, *, start: datetime, end: datetime) -> list[TimeInState]:
    """From the history of at most SAMPLE orders, the newest of the range."""
    rows = sql.rows(
        "select h.order_id, h.source, h.target, h.at from history h where h.shard = :shard"
        " and h.process = 'order' and h.source <> h.target and h.order_id in (select o.id"
        " from orders o where o.shard = :shard and o.placed_at >= :start and o.placed_at < :end"
        " order by o.placed_at desc limit :sample) order by h.order_id, h.version",
        start=to_us(start),
        end=to_us(end),
        sample=SAMPLE,
    )
    stays: dict[str, list[int]] = defaultdict(list)
    entered: dict[str, int] = {}
    for order_id, source, _, at in rows:
        if order_id in entered:
            stays[source].append(at - entered[order_id])
        entered[order_id] = at
    return [_time_in_state(state, sorted(times)) for state, times in sorted(stays.items())]


def _time_in_state(state: str, times: Sequence[int]) -> TimeInState:
    return TimeInState(
        state=state,
        visits=len(times),
        p50_seconds=_percentile(times, 50) / SECOND,
        p95_seconds=_percentile(times, 95) / SECOND,
    )


def _percentile(times: Sequence[int], percent: int) -> int:
    """The nearest rank: a time that really was."""
    return times[(len(times) * percent + 99) // 100 - 1]


def orders_by_state(sql: Sql) -> Mapping[str, int]:
    rows = sql.rows("select state, count(*) from orders where shard = :shard group by state")
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The orders that wait for one thing; `number` is the one that has waited longest by its id."""

    code: str
    orders: int
    number: int
    since: datetime


def oldest_waiting(sql: Sql) -> list[Waiting]:
    rows = sql.rows(
        "select w.waiting_code, w.orders, o.number, o.state_since from (select waiting_code,"
        " count(*) as orders, min(id) as oldest from orders"
        " where shard = :shard and waiting_code is not null group by waiting_code) w"
        " join orders o on o.shard = :shard and o.id = w.oldest order by o.state_since"
    )
    return [
        Waiting(
            code=row.waiting_code,
            orders=row.orders,
            number=row.number,
            since=from_us(row.state_since),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Messages that are not done: `due` may be sent now, `gave_up` wait for a person."""

    open: int
    gave_up: int
    oldest_due: datetime | None


def outbox_state(sql: Sql, *, now: datetime) -> Outbox:
    oldest = sql.scalar(
        "select min(due_at) from outbox where shard = :shard and state = 'open'",
    )
    return Outbox(
        open=sql.scalar("select count(*) from outbox where shard = :shard and state = 'open'"),
        gave_up=sql.scalar(
            "select count(*) from outbox where shard = :shard and state = 'gave_up'"
        ),
        oldest_due=from_us(oldest) if oldest is not None and oldest <= to_us(now) else None,
    )
