"""A day of the shop so far, to be laid beside another: orders, money, cancelled, on time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from purvey.kit.ids import first_id
from purvey.storage.sql import Sql
from purvey.storage.times import to_us

HOUR_US = 3_600_000_000
# What bounds the look back; older orders that are cancelled, or arrive, are not counted.
LONGEST_PROMISE, LONGEST_ORDER = timedelta(days=10), timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`by_hour`: orders placed in each hour since the day began. Amounts are minor units of the
    shop's currency. `promised`: orders that were to arrive on this day, `arrived` of them did."""

    orders: int
    amount: int
    cancelled: int
    promised: int
    arrived: int
    by_hour: Sequence[int]


def read_day(sql: Sql, *, start: datetime, end: datetime, day: date, currency: str) -> Day:
    """Orders placed from `start` on and before `end`; `day` is the date that `start` begins."""
    first, last = to_us(start), to_us(end)
    with sql.pipelined():
        placed = sql.ask(_BY_HOUR, start=first, end=last, currency=currency, hour=HOUR_US)
        since = to_us(start - LONGEST_PROMISE)
        promised = sql.ask(_PROMISED, since=since, end=last, day=day.isoformat())
        oldest = first_id("ord", start - LONGEST_ORDER)
        cancelled = sql.ask(_CANCELLED, first=oldest, start=first, end=last)
    rows, [kept] = placed(), promised()
    hours = [0] * max(1, -(-(last - first) // HOUR_US))
    for row in rows:
        hours[int(row.hour)] = row.orders
    return Day(
        orders=sum(hours),
        amount=sum(int(row.amount) for row in rows),
        cancelled=cancelled()[0].n,
        promised=kept.promised,
        arrived=int(kept.arrived or 0),
        by_hour=hours,
    )


_BY_HOUR = (
    "select (placed_at - :start) / :hour as hour, count(*) as orders, sum(case when"
    " currency = :currency and state not in ('cancelled', 'rejected') then total else 0 end)"
    " as amount from orders where shard = :shard and placed_at >= :start and placed_at < :end"
    " group by (placed_at - :start) / :hour"
)
_CANCELLED = (
    "select count(*) as n from orders where shard = :shard and state = 'cancelled' and id >= :first"
    " and state_since >= :start and state_since < :end"
)
_PROMISED = (
    "select count(*) as promised, sum(case when state in ('delivered', 'closed') then 1 else 0"
    " end) as arrived from orders where shard = :shard and placed_at >= :since"
    " and placed_at < :end and promised_to = :day and state not in ('cancelled', 'rejected')"
)
