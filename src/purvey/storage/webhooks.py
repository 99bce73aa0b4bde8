"""Webhooks as they are kept: endpoints, deliveries, attempts; and how due ones are claimed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from purvey.domain.webhooks import OPEN, Attempt, Delivery, Endpoint
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us
from purvey.storage.webhook_tables import webhook_attempt, webhook_delivery, webhook_endpoint

ENDPOINT = (
    "id, url, description, event_types, secret, old_secret, old_secret_until, state, off_reason,"
    " state_since, fed_to, failing_since, last_success_at, last_attempt_at, paused_until, version,"
    " created_at, created_by"
)
DELIVERY = (
    "id, endpoint_id, event_id, type, order_id, position, state, attempts, tries, due_at,"
    " created_at, done_at"
)


class SqlWebhooks:
    """Implements `ports.webhooks.Webhooks`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def lock_all(self) -> list[Endpoint]:
        rows = self._sql.rows(
            f"select {ENDPOINT} from webhook_endpoint where shard = :shard"
            " and state <> 'removed' order by id for update"
        )
        return [endpoint_of(row) for row in rows]

    def find(self, ids: Collection[str]) -> dict[str, Endpoint]:
        rows = self._sql.rows(
            f"select {ENDPOINT} from webhook_endpoint where shard = :shard and id = any(:ids)"
            " and state <> 'removed' order by id for update",
            ids=sorted(ids),
        )
        return {row.id: endpoint_of(row) for row in rows}

    def feed_end(self) -> int:
        last = "select coalesce(max(position), 0) from history where shard = :shard"
        return int(self._sql.scalar(last))

    def add(self, endpoints: Sequence[Endpoint]) -> None:
        self._sql.insert(webhook_endpoint, [_endpoint_row(endpoint) for endpoint in endpoints])

    def save(self, endpoints: Sequence[Endpoint]) -> None:
        names = [column.name for column in webhook_endpoint.columns][2:]
        rows = [(*row[1:], row[0]) for row in map(_endpoint_row, endpoints)]
        self._sql.update(webhook_endpoint, sets=tuple(names), keys=("id",), rows=rows)

    def remove(self, ids: Collection[str], now: datetime) -> None:
        self._sql.execute(
            "update webhook_endpoint set state = 'removed', secret = '', old_secret = null,"
            " state_since = :now where shard = :shard and id = any(:ids)",
            ids=sorted(ids),
            now=to_us(now),
        )
        self.skip_open(ids, now)

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        self._sql.insert_new(webhook_delivery, [_delivery_row(one) for one in deliveries])

    def deliveries(self, ids: Collection[str]) -> dict[str, Delivery]:
        rows = self._sql.rows(
            f"select {DELIVERY} from webhook_delivery where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(ids),
        )
        return {row.id: delivery_of(row) for row in rows}

    def failed_since(self, endpoint_id: str, since: datetime, *, limit: int) -> list[Delivery]:
        rows = self._sql.rows(
            f"select {DELIVERY} from webhook_delivery where shard = :shard"
            " and endpoint_id = :endpoint and state = 'failed' and done_at >= :since"
            " order by id limit :limit for update",
            endpoint=endpoint_id,
            since=to_us(since),
            limit=limit,
        )
        return [delivery_of(row) for row in rows]

    def save_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        sets = ("state", "attempts", "tries", "due_at", "lease_until", "done_at")
        rows = [
            (x.state, x.attempts, x.tries, to_us(x.due_at), None, maybe_us(x.done_at), x.id)
            for x in deliveries
        ]
        self._sql.update(webhook_delivery, sets=sets, keys=("id",), rows=rows)

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        rows = [
            (x.delivery_id, x.no, to_us(x.at), x.duration_ms, x.status, x.outcome, x.answer)
            for x in attempts
        ]
        self._sql.insert_new(webhook_attempt, rows)

    def bring_forward(self, endpoint_ids: Collection[str], now: datetime) -> None:
        self._sql.execute(
            "update webhook_delivery set due_at = :now where shard = :shard"
            " and endpoint_id = any(:ids) and state = 'open' and due_at > :now",
            ids=sorted(endpoint_ids),
            now=to_us(now),
        )

    def skip_open(self, endpoint_ids: Collection[str], now: datetime) -> None:
        self._sql.execute(
            "update webhook_delivery set state = 'skipped', done_at = :now where shard = :shard"
            " and endpoint_id = any(:ids) and state = 'open'",
            ids=sorted(endpoint_ids),
            now=to_us(now),
        )


def claim_deliveries(
    sql: Sql, wishes: Mapping[str, int], *, now: datetime, lease_seconds: int
) -> list[Delivery]:
    """Up to so many due ones of each endpoint, the first due first; nobody else gets them before
    the lease is over. One statement for each endpoint, and one for all."""
    rows = [row for wish in sorted(wishes.items()) for row in _due(sql, *wish, now)]
    if rows:
        sql.execute(
            "update webhook_delivery set lease_until = :until"
            " where shard = :shard and id = any(:ids)",
            until=to_us(now) + lease_seconds * 1_000_000,
            ids=[row.id for row in rows],
        )
    return [delivery_of(row) for row in rows]


def _due(sql: Sql, endpoint_id: str, many: int, now: datetime) -> list[Any]:
    return sql.rows(
        f"select {DELIVERY} from webhook_delivery where shard = :shard and endpoint_id = :endpoint"
        " and state = 'open' and due_at <= :now and (lease_until is null or lease_until <= :now)"
        " order by due_at, position limit :many for update skip locked",
        endpoint=endpoint_id,
        now=to_us(now),
        many=many,
    )


def give_back(sql: Sql, delivery_ids: Collection[str]) -> None:
    """Claimed, and not sent after all."""
    if delivery_ids:
        sql.execute(
            "update webhook_delivery set lease_until = null"
            " where shard = :shard and id = any(:ids)",
            ids=sorted(delivery_ids),
        )


def move_on(sql: Sql, cursors: Iterable[tuple[str, int, int]]) -> None:
    """(endpoint, from, to): its deliveries were made up to there; not if somebody moved it."""
    rows = [(to, endpoint_id, came_from) for endpoint_id, came_from, to in cursors]
    sql.update(webhook_endpoint, sets=("fed_to",), keys=("id", "fed_to"), rows=rows)


def endpoint_of(row: Any) -> Endpoint:
    return Endpoint(
        id=row.id,
        url=row.url,
        description=row.description,
        event_types=tuple(filter(None, row.event_types.split(","))),
        secret=row.secret,
        old_secret=row.old_secret,
        old_secret_until=maybe_time(row.old_secret_until),
        state=row.state,
        off_reason=row.off_reason,
        state_since=from_us(row.state_since),
        fed_to=row.fed_to,
        failing_since=maybe_time(row.failing_since),
        last_success_at=maybe_time(row.last_success_at),
        last_attempt_at=maybe_time(row.last_attempt_at),
        paused_until=maybe_time(row.paused_until),
        version=row.version,
        created_at=from_us(row.created_at),
        created_by=row.created_by,
    )


def _endpoint_row(endpoint: Endpoint) -> tuple[Any, ...]:
    return (
        endpoint.id,
        endpoint.url,
        endpoint.description,
        ",".join(endpoint.event_types),
        endpoint.secret,
        endpoint.old_secret,
        maybe_us(endpoint.old_secret_until),
        endpoint.state,
        endpoint.off_reason,
        to_us(endpoint.state_since),
        endpoint.fed_to,
        maybe_us(endpoint.failing_since),
        maybe_us(endpoint.last_success_at),
        maybe_us(endpoint.last_attempt_at),
        maybe_us(endpoint.paused_until),
        endpoint.version,
        to_us(endpoint.created_at),
        endpoint.created_by,
    )


def delivery_of(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        type=row.type,
        order_id=row.order_id,
        position=row.position,
        state=row.state,
        attempts=row.attempts,
        tries=row.tries,
        due_at=from_us(row.due_at),
        created_at=from_us(row.created_at),
        done_at=maybe_time(row.done_at),
    )


def _delivery_row(one: Delivery) -> tuple[Any, ...]:
    assert one.state == OPEN
    return (
        one.id,
        one.endpoint_id,
        one.event_id,
        one.type,
        one.order_id,
        one.position,
        one.state,
        one.attempts,
        one.tries,
        to_us(one.due_at),
        None,
        to_us(one.created_at),
        None,
    )
