"""The outbox: promised in the transaction of the state, claimed by lease, done at least once.

1. `claim` takes due messages whose lane has no earlier open message, and pushes their due time
   behind the lease: whoever dies loses the lease, and the message comes back by itself.
2. The caller talks to the outside with no transaction open.
3. `done`, `later` or `give_up` is written in the transaction that records the answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from purvey.ports.storage import Message
from purvey.storage import tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

MAX_ERROR_LENGTH = 500


class SqlMessages:
    def __init__(self, sql: Sql):
        self._sql = sql

    def add(self, messages: Sequence[Message]) -> None:
        """A message whose key was promised before is promised still: it is not added again."""
        self._sql.insert_new(tables.outbox, [_row(message) for message in messages])

    def claim(self, *, limit: int, lease_seconds: int, now: datetime) -> Sequence[Message]:
        rows = self._sql.rows(
            "select key, effect, order_id, subject_id, payload, due_at, lane, seq, attempts,"
            " created_at from outbox o where shard = :shard and state = 'open' and due_at <= :now"
            " and not exists (select 1 from outbox e where e.shard = :shard and e.state = 'open'"
            " and e.lane = o.lane and e.seq < o.seq)"
            " order by due_at, key limit :limit for update skip locked",
            now=to_us(now),
            limit=limit,
        )
        messages = [_message(row) for row in rows]
        self._sql.execute(
            "update outbox set due_at = :until, attempts = attempts + 1"
            " where shard = :shard and key = any(:keys)",
            until=to_us(now) + lease_seconds * 1_000_000,
            keys=[message.key for message in messages],
        )
        return messages

    def done(self, keys: Collection[str], now: datetime) -> None:
        if keys:
            self._sql.execute(
                "update outbox set state = 'done', done_at = :now"
                " where shard = :shard and key = any(:keys)",
                keys=sorted(keys),
                now=to_us(now),
            )

    def later(self, retries: Iterable[tuple[str, datetime, str]]) -> None:
        rows = [(to_us(at), error[:MAX_ERROR_LENGTH], key) for key, at, error in retries]
        self._sql.update(tables.outbox, sets=("due_at", "last_error"), keys=("key",), rows=rows)

    def again(self, keys: Collection[str], due_at: datetime) -> None:
        if keys:
            self._sql.execute(
                "update outbox set due_at = :due, attempts = 0"
                " where shard = :shard and key = any(:keys)",
                keys=sorted(keys),
                due=to_us(due_at),
            )

    def give_up(self, failures: Iterable[tuple[str, str]]) -> None:
        rows = [("gave_up", error[:MAX_ERROR_LENGTH], key) for key, error in failures]
        self._sql.update(tables.outbox, sets=("state", "last_error"), keys=("key",), rows=rows)

    def states(self, keys: Collection[str]) -> Mapping[str, str]:
        if not keys:
            return {}
        rows = self._sql.rows(
            "select key, state from outbox where shard = :shard and key = any(:keys)"
            " order by key for update",
            keys=sorted(keys),
        )
        return {row.key: row.state for row in rows}

    def reopen(self, keys: Collection[str], due_at: datetime) -> None:
        """Not from 0 attempts: the outside may have done it, so it has to be asked first."""
        if keys:
            self._sql.execute(
                "update outbox set state = 'open', due_at = :due, attempts = 1"
                " where shard = :shard and state = 'gave_up' and key = any(:keys)",
                keys=sorted(keys),
                due=to_us(due_at),
            )

    def not_done(self, order_ids: Collection[str], *, effect: str) -> Mapping[str, str]:
        if not order_ids:
            return {}
        rows = self._sql.rows(
            "select key, subject_id from outbox where shard = :shard and order_id = any(:ids)"
            " and effect = :effect and state in ('open', 'gave_up') order by key for update",
            ids=sorted(order_ids),
            effect=effect,
        )
        return {row.key: row.subject_id or "" for row in rows}

    def hasten(self, keys: Collection[str], due_at: datetime) -> None:
        if keys:
            self._sql.execute(
                "update outbox set due_at = :due where shard = :shard and state = 'open'"
                " and due_at > :due and key = any(:keys)",
                keys=sorted(keys),
                due=to_us(due_at),
            )

    def taken_care_of(self, order_ids: Collection[str], *, effect: str, now: datetime) -> None:
        if order_ids:
            self._sql.execute(
                "update outbox set state = 'done', done_at = :now where shard = :shard"
                " and state = 'gave_up' and effect = :effect and order_id = any(:ids)",
                ids=sorted(order_ids),
                effect=effect,
                now=to_us(now),
            )


def _row(message: Message) -> tuple[object, ...]:
    due_at = to_us(message.due_at)
    return (
        message.key,
        message.effect,
        message.order_id,
        message.subject_id,
        message.payload,
        due_at,
        message.lane,
        message.seq,
        0,
        "open",
        None,
        due_at,
        None,
    )


def _message(row: Any) -> Message:
    return Message(
        key=row[0],
        effect=row[1],
        order_id=row[2],
        subject_id=row[3],
        payload=row[4],
        due_at=from_us(row[5]),
        lane=row[6],
        seq=row[7],
        attempts=row[8] + 1,
        created_at=from_us(row[9]),
    )
