"""Webhooks that came in are kept as they came, for a while after they were understood."""

from datetime import datetime

from purvey.storage.sql import Sql
from purvey.storage.times import to_us


def inbox_key(source: str, event_id: str) -> str:
    """Of the message that has it read."""
    return f"inbox:{source}:{event_id}"


def forget_inbox(sql: Sql, *, before: datetime, limit: int) -> int:
    """Those that were understood before then, a bite at a time. What is open or was given up stays
    until somebody has seen to it.

    The done message goes along. Were it left, a webhook that comes once more would be stored, and
    nobody would have promised to read it. As it is, it is read like a new one, and what it tells
    of money is among the payment's entries: it counts once (operations/record_payments.py).
    """
    rows = sql.rows(
        "delete from inbox where shard = :shard and (source, event_id) in (select source, event_id"
        " from inbox where shard = :shard and processed_at is not null and processed_at < :before"
        " order by processed_at limit :limit) returning source, event_id",
        before=to_us(before),
        limit=limit,
    )
    if rows:
        sql.execute(
            "delete from outbox where shard = :shard and key = any(:keys) and state = 'done'",
            keys=[inbox_key(row.source, row.event_id) for row in rows],
        )
    return len(rows)
