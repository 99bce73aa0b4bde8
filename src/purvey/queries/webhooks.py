"""What is asked about webhooks: endpoints with their health, and the log of their deliveries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.domain.webhooks import MAX_ENDPOINTS, MAX_WAITING, STATES, Attempt, Delivery, Endpoint
from purvey.queries.paging import MAX_PAGE, Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, to_us
from purvey.storage.webhooks import DELIVERY, ENDPOINT, delivery_of, endpoint_of

COUNTED = MAX_WAITING + 1  # more are not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`waiting`: open deliveries; `failed`: those that failed and are in the log still; `behind`:
    events of the feed that were not looked at yet."""

    endpoint: Endpoint
    waiting: int
    failed: int
    behind: int


def list_endpoints(sql: Sql, *, limit: int = MAX_PAGE, after: str = "") -> Page[Health]:
    """Oldest first."""
    rows = sql.rows(
        f"{_HEALTH} and e.id > :after order by e.id limit :limit", after=after, limit=limit + 1
    )
    return page_of([_health(row) for row in rows], limit, key=lambda x: (x.endpoint.id,))


def find_endpoint(sql: Sql, endpoint_id: str) -> Health | None:
    row = sql.first(f"{_HEALTH} and e.id = :id", id=endpoint_id)
    return None if row is None else _health(row)


def troubled_endpoints(sql: Sql) -> list[Health]:
    """Those that a person should look at: switched off by us, failing, or with failed deliveries.
    All there are: a shop has few."""
    found = list_endpoints(sql, limit=MAX_ENDPOINTS).items
    return [x for x in found if _needs_somebody(x)]


def _needs_somebody(health: Health) -> bool:
    endpoint = health.endpoint
    if endpoint.state == "off":
        return endpoint.off_reason != "by_hand"
    return endpoint.failing_since is not None or health.failed > 0


_PREFIXED = ", ".join(f"e.{name.strip()}" for name in ENDPOINT.split(","))
_COUNT = (
    "(select count(*) from (select 1 from webhook_delivery d where d.shard = e.shard"
    f" and d.endpoint_id = e.id and d.state = '{{}}' limit {COUNTED}) x)"
)
_HEALTH = (
    f"select {_PREFIXED}, {_COUNT.format('open')} as waiting, {_COUNT.format('failed')} as failed,"
    " (select coalesce(max(h.position), 0) from history h where h.shard = e.shard) as feed_end"
    " from webhook_endpoint e where e.shard = :shard and e.state <> 'removed'"
)


def _health(row: Any) -> Health:
    return Health(
        endpoint=endpoint_of(row),
        waiting=row.waiting,
        failed=row.failed,
        behind=max(0, row.feed_end - row.fed_to),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWish:
    """`state` None: any."""

    endpoint_id: str
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A delivery with its attempts, oldest first. `order_number` None: a test."""

    delivery: Delivery
    order_number: int | None
    attempts: tuple[Attempt, ...]


def list_deliveries(
    sql: Sql, wish: DeliveryWish, *, limit: int, before: str | None = None
) -> Page[Logged]:
    """Newest first; `before` is the last id of the page before."""
    assert 0 < limit <= MAX_PAGE
    assert wish.state in (None, *STATES)
    conditions = "".join(
        (
            "" if wish.state is None else " and d.state = :state",
            "" if before is None else " and d.id < :before",
        )
    )
    rows = sql.rows(
        f"{_DELIVERIES} and d.endpoint_id = :endpoint{conditions} order by d.id desc limit :limit",
        endpoint=wish.endpoint_id,
        state=wish.state,
        before=before,
        limit=limit + 1,
    )
    return page_of(_logged(sql, rows), limit, key=lambda x: (x.delivery.id,))


def find_delivery(sql: Sql, endpoint_id: str, delivery_id: str) -> Logged | None:
    rows = sql.rows(
        f"{_DELIVERIES} and d.endpoint_id = :endpoint and d.id = :id",
        endpoint=endpoint_id,
        id=delivery_id,
    )
    return next(iter(_logged(sql, rows)), None)


_OF_DELIVERY = ", ".join(f"d.{name.strip()}" for name in DELIVERY.split(","))
_DELIVERIES = (
    f"select {_OF_DELIVERY}, o.number from webhook_delivery d"
    " left join orders o on o.shard = d.shard and o.id = d.order_id where d.shard = :shard"
)


def _logged(sql: Sql, rows: Collection[Any]) -> list[Logged]:
    attempts = _attempts(sql, {row.id: row.endpoint_id for row in rows})
    return [
        Logged(
            delivery=delivery_of(row),
            order_number=row.number,
            attempts=tuple(attempts.get(row.id, ())),
        )
        for row in rows
    ]


def _attempts(sql: Sql, endpoints: Mapping[str, str]) -> dict[str, list[Attempt]]:
    rows = sql.rows(
        'select delivery_id, no, "at", duration_ms, status, outcome, answer from webhook_attempt'
        " where shard = :shard and delivery_id = any(:ids) order by delivery_id, no",
        ids=sorted(endpoints),
    )
    found: dict[str, list[Attempt]] = {}
    for row in rows:
        found.setdefault(row.delivery_id, []).append(
            Attempt(
                endpoint_id=endpoints[row.delivery_id],
                delivery_id=row.delivery_id,
                at=from_us(row.at),
                duration_ms=row.duration_ms,
                status=row.status,
                outcome=row.outcome,
                answer=row.answer,
                no=row.no,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """An endpoint that is on, as the worker looks at it. `next_due` None: nothing waits."""

    endpoint: Endpoint
    next_due: datetime | None
    feed_end: int


def endpoints_at_work(sql: Sql) -> list[AtWork]:
    rows = sql.rows(
        f"select {_PREFIXED},"
        " (select min(d.due_at) from webhook_delivery d where d.shard = e.shard"
        " and d.endpoint_id = e.id and d.state = 'open') as next_due,"
        " (select coalesce(max(h.position), 0) from history h where h.shard = e.shard) as feed_end"
        " from webhook_endpoint e where e.shard = :shard and e.state = 'on' order by e.id"
    )
    return [
        AtWork(
            endpoint=endpoint_of(row),
            next_due=maybe_time(row.next_due),
            feed_end=row.feed_end,
        )
        for row in rows
    ]


def waiting_of(sql: Sql, endpoint_ids: Collection[str]) -> dict[str, int]:
    """How many open deliveries each has; counted up to COUNTED."""
    rows = sql.rows(
        f"select e.id, {_COUNT.format('open')} as waiting from webhook_endpoint e"
        " where e.shard = :shard and e.id = any(:ids)",
        ids=sorted(endpoint_ids),
    )
    return {row.id: row.waiting for row in rows}


def is_due_before(sql: Sql, moment: datetime) -> bool:
    """Will something be sent by then? A paused endpoint does not count."""
    row = sql.first(
        "select 1 from webhook_endpoint e where e.shard = :shard and e.state = 'on'"
        " and coalesce(e.paused_until, 0) <= :moment and exists (select 1 from webhook_delivery d"
        " where d.shard = e.shard and d.endpoint_id = e.id and d.state = 'open'"
        " and d.due_at <= :moment) limit 1",
        moment=to_us(moment),
    )
    return row is not None
