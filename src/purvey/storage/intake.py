"""Keys that stand for an order, customers found again, orders that look alike."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from purvey.domain.draft import Contact
from purvey.ports.storage import Customer, Taken
from purvey.storage import tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us


class SqlIntake:
    def __init__(self, sql: Sql):
        self._sql = sql

    def taken_keys(self, keys: Collection[str]) -> Mapping[str, Taken]:
        if not keys:
            return {}
        rows = self._sql.rows(
            "select key, order_id, fingerprint from idempotency"
            " where shard = :shard and key = any(:keys)",
            keys=sorted(keys),
        )
        return {row.key: Taken(row.order_id, row.fingerprint) for row in rows}

    def taken_external(self, pairs: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Taken]:
        if not pairs:
            return {}
        rows = self._sql.rows(
            "select channel, external_id, id, fingerprint from orders"
            " where shard = :shard and channel = any(:channels) and external_id = any(:ids)",
            channels=sorted({channel for channel, _ in pairs}),
            ids=sorted({external_id for _, external_id in pairs}),
        )
        return {(row.channel, row.external_id): Taken(row.id, row.fingerprint) for row in rows}

    def keep_keys(self, keys: Mapping[str, Taken], now: datetime) -> None:
        at = to_us(now)
        rows = [
            (key, taken.fingerprint, taken.order_id, None, None, at)
            for key, taken in sorted(keys.items())
        ]
        self._sql.insert(tables.idempotency, rows)

    def customers(self, contacts: Collection[Contact]) -> Sequence[Customer]:
        emails = sorted({contact.email for contact in contacts if contact.email})
        external_ids = sorted({c.external_id for c in contacts if c.external_id})
        if not emails and not external_ids:
            return []
        # Two index look-ups; an "or" would make PostgreSQL plan a bitmap of both.
        rows = self._sql.rows(
            f"select {_CUSTOMER} from customer where shard = :shard and email = any(:emails)"
            f" union select {_CUSTOMER} from customer"
            " where shard = :shard and external_id = any(:external_ids)",
            emails=emails,
            external_ids=external_ids,
        )
        return [_customer(row) for row in rows]

    def add_customers(self, customers: Sequence[Customer]) -> None:
        rows = [
            (c.id, c.email, c.name, c.phone, c.external_id, to_us(c.created_at)) for c in customers
        ]
        self._sql.insert(tables.customer, rows)

    def lookalikes(self, keys: Collection[str], since: datetime) -> Mapping[str, int]:
        if not keys:
            return {}
        rows = self._sql.rows(
            "select lookalike, max(number) as number from orders where shard = :shard"
            " and lookalike = any(:keys) and placed_at >= :since"
            " and state not in ('cancelled', 'rejected') group by lookalike",
            keys=sorted(keys),
            since=to_us(since),
        )
        return {row.lookalike: row.number for row in rows}


_CUSTOMER = "id, email, name, phone, external_id, created_at"


def _customer(row: Any) -> Customer:
    return Customer(
        id=row.id,
        email=row.email,
        name=row.name,
        phone=row.phone,
        external_id=row.external_id,
        created_at=from_us(row.created_at),
    )
