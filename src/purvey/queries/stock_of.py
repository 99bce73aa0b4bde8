"""One product's stock: for whom it is reserved, who waits, what moved, how it was over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from purvey.queries.paging import Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

SCAN = 2_000  # of the newest lines of a product, those that hold something are shown
DAYS = 56
SAMPLE = 5_000  # movements of one place that the plot goes back
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Units of a product that an order holds at `location`, or waits for (`location` empty)."""

    order_id: str
    number: int
    customer: str
    state: str
    units: int
    location: str = ""
    promised_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    id: str
    location: str
    change: int
    reason: str
    actor: str
    at: datetime
    number: int | None


def reserved_for(sql: Sql, sku: str, *, limit: int) -> list[Claim]:
    """Newest first, among the newest SCAN lines of the product: older ones have shipped long ago,
    and whoever shows the list shows how many units it leaves out."""
    rows = sql.rows(
        "select o.id, o.number, o.customer_name, o.customer_email, o.state, o.promised_to,"
        " r.location, r.quantity as units from (select order_id, no, reserved from order_line"
        " where shard = :shard and sku = :sku order by order_id desc limit :scan) l"
        " join reservation r on r.shard = :shard and r.order_id = l.order_id and r.no = l.no"
        " join orders o on o.shard = :shard and o.id = l.order_id"
        " where l.reserved > 0 and r.quantity > 0"
        " order by l.order_id desc, l.no, r.location limit :limit",
        sku=sku,
        scan=SCAN,
        limit=limit,
    )
    return [_claim(row, location=row.location) for row in rows]


def who_waits(sql: Sql, sku: str, *, limit: int) -> list[Claim]:
    """In the order in which they get what comes: first promised first."""
    rows = sql.rows(
        "select o.id, o.number, o.customer_name, o.customer_email, o.state, o.promised_to,"
        " l.backordered as units from order_line l"
        " join orders o on o.shard = l.shard and o.id = l.order_id"
        " where l.shard = :shard and l.sku = :sku and l.backordered > 0"
        " order by o.promised_to, o.number, l.no limit :limit",
        sku=sku,
        limit=limit,
    )
    return [_claim(row) for row in rows]


def _claim(row: Any, *, location: str = "") -> Claim:
    return Claim(
        order_id=row.id,
        number=row.number,
        customer=row.customer_name or row.customer_email or "",
        state=row.state,
        units=row.units,
        location=location,
        promised_to=row.promised_to,
    )


def movements_of(
    sql: Sql, sku: str, places: Sequence[str], *, limit: int, before: str = "mov_g"
) -> Page[Moved]:
    """The ledger, latest first. The index lists each place by itself, so each is asked, and their
    pages are one list."""
    rows = [
        row
        for place in places
        for row in sql.rows(_LEDGER, sku=sku, place=place, before=before, limit=limit + 1)
    ]
    moved = sorted((_moved(row) for row in rows), key=lambda one: one.id, reverse=True)
    return page_of(moved[: limit + 1], limit, key=lambda one: (one.id,))


_LEDGER = (
    'select m.id, m.location, m."change", m.reason, m.actor, m."at", o.number from movement m'
    " left join orders o on o.shard = m.shard and o.id = m.order_id"
    " where m.shard = :shard and m.sku = :sku and m.location = :place and m.id < :before"
    " order by m.id desc limit :limit"
)


def _moved(row: Any) -> Moved:
    id_, location, change, reason, actor, at, number = row
    return Moved(
        id=id_,
        location=location,
        change=change,
        reason=reason,
        actor=actor,
        at=from_us(at),
        number=number,
    )


def on_hand_by_day(
    sql: Sql, sku: str, levels: Sequence[tuple[str, int]], *, now: datetime
) -> list[tuple[date, int]]:
    """On hand at the end of each of the last DAYS days, from (place, on hand now) and back along
    the ledger. Shorter where a place has more than SAMPLE movements in that time."""
    today, since = now.date(), to_us(now - timedelta(days=DAYS))
    changes: dict[date, int] = {}
    first = today - timedelta(days=DAYS)
    for place, _ in levels:
        rows = sql.rows(_BY_DAY, sku=sku, place=place, since=since, sample=SAMPLE)
        for row in rows:
            day = from_us(row.day * DAY_US).date()
            changes[day] = changes.get(day, 0) + int(row.moved)
        if rows and sum(row.n for row in rows) == SAMPLE:
            first = max(first, min(from_us(row.day * DAY_US).date() for row in rows))
    return _backwards(sum(units for _, units in levels), changes, first=first, last=today)


_BY_DAY = """
select day, cast(sum(moved) as bigint) as moved, count(*) as n
  from (select m.at / 86400000000 as day, m.change as moved, m.at from movement m
         where m.shard = :shard and m.sku = :sku and m.location = :place
         order by m.id desc limit :sample) latest
 where latest.at >= :since group by day
"""


def _backwards(
    on_hand: int, changes: dict[date, int], *, first: date, last: date
) -> list[tuple[date, int]]:
    days, day = [], last
    while day >= first:
        days.append((day, on_hand))
        on_hand -= changes.get(day, 0)
        day -= timedelta(days=1)
    return days[::-1]
