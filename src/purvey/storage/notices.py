"""Messages to customers as they are kept: what was sent, to whom, and what the shop says itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.ports.notices import KeptNotice
from purvey.ports.storage import Message
from purvey.storage import tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us


class SqlNotices:
    """See ports.notices.Notices."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def find(self, keys: Collection[str]) -> Mapping[str, KeptNotice]:
        rows = self._sql.rows(
            "select n.key, n.order_id, n.template, o.payload from notice n"
            " left join outbox o on o.shard = n.shard and o.key = n.key"
            " where n.shard = :shard and n.key = any(:keys)",
            keys=sorted(keys),
        )
        return {
            row.key: KeptNotice(
                key=row.key,
                order_id=row.order_id,
                message=row.template,
                payload=row.payload or "{}",
            )
            for row in rows
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """`state`: sent, bounced, nobody (no address), joined (told together with `detail`)."""

    key: str
    order_id: str
    template: str
    recipient: str | None
    subject: str
    body: str
    state: str
    detail: str | None
    at: datetime
    language: str | None
    text_version: int | None


def keep_notices(sql: Sql, rows: Sequence[NoticeRow]) -> None:
    """Each once: who sends a message again after a crash has kept it already, or keeps it now."""
    sql.insert_new(tables.notice, [_values(row) for row in rows])


def _values(row: NoticeRow) -> tuple[Any, ...]:
    return (
        row.key,
        row.order_id,
        row.template,
        row.recipient,
        row.subject,
        row.body,
        row.state,
        row.detail,
        to_us(row.at),
        row.language,
        row.text_version,
    )


def waiting_news(sql: Sql, order_ids: Collection[str]) -> list[Message]:
    """News of these orders that nobody has claimed yet, in their order."""
    rows = sql.rows(
        "select key, effect, order_id, subject_id, payload, due_at, lane, seq, attempts, created_at"
        " from outbox where shard = :shard and state = 'open' and order_id = any(:ids)"
        " and attempts = 0 and substr(effect, 1, 7) = 'notify.' order by order_id, seq, key",
        ids=sorted(order_ids),
    )
    return [
        Message(
            row.key,
            row.effect,
            from_us(row.due_at),
            row.order_id,
            row.subject_id,
            row.payload,
            row.lane,
            row.seq,
            row.attempts,
            from_us(row.created_at),
        )
        for row in rows
    ]


def claim_news(sql: Sql, keys: Collection[str], *, now: datetime, lease_seconds: int) -> set[str]:
    """Those of the messages that are ours now; somebody else was faster with the others."""
    rows = sql.rows(
        "update outbox set due_at = :until, attempts = attempts + 1 where shard = :shard"
        " and state = 'open' and attempts = 0 and key = any(:keys) returning key",
        until=to_us(now) + lease_seconds * 1_000_000,
        keys=sorted(keys),
    )
    return {row.key for row in rows}


def bring_forward(sql: Sql, *, now: datetime) -> int:
    """What waits only for company goes now; returns how many messages that are."""
    return sql.execute(
        "update outbox set due_at = :now where shard = :shard and state = 'open'"
        " and due_at > :now and attempts = 0 and substr(effect, 1, 7) = 'notify.'",
        now=to_us(now),
    )


def note_bounces(
    sql: Sql, bounced: Mapping[str, str], *, reached: Collection[str], now: datetime
) -> None:
    """`bounced`: why, by customer; who was `reached` has a good address (again)."""
    over = sorted({*bounced, *reached})
    if over:
        sql.execute("delete from bounce where shard = :shard and customer_id = any(:ids)", ids=over)
    sql.insert_new(tables.bounce, [(who, why, to_us(now)) for who, why in sorted(bounced.items())])
