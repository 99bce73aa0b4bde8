"""What is kept for a while only: done messages, idempotency keys, sessions, webhooks that came in
and the log of those that went out. In small bites."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from purvey.kit.ids import first_id
from purvey.storage.desk import forget_drafts
from purvey.storage.inbox import forget_inbox
from purvey.storage.invitations import forget_invitations
from purvey.storage.sessions import forget_sessions
from purvey.storage.throttle import forget_tries
from purvey.storage.times import to_us
from purvey.storage.transaction import SqlTransaction
from purvey.storage.webhook_log import forget_webhooks
from purvey.wiring import House

KEPT = timedelta(days=30)
EVERY_SECONDS = 600.0
ROWS_AT_ONCE = 2000
CHECKPOINT_SECONDS = 3.0


class Housekeeping:
    def __init__(self, house: House):
        self._house = house
        self._next: dict[int, float] = {}
        self._next_checkpoint = 0.0

    def checkpoint(self) -> None:
        """Every few seconds, on SQLite; else commits would pay for it."""
        if self._house.database.is_sqlite and time.monotonic() >= self._next_checkpoint:
            self._house.database.checkpoint()
            self._next_checkpoint = time.monotonic() + CHECKPOINT_SECONDS

    def tidy(self, shard: int) -> None:
        """Once in ten minutes; a full bite asks for the next one at the next round."""
        if time.monotonic() < self._next.get(shard, 0.0):
            return
        now = self._house.clock()
        inbox_since = now - timedelta(days=self._house.settings.inbox_days)
        bites: tuple[Callable[[SqlTransaction], int], ...] = (
            lambda tx: _remove(tx, now - KEPT),
            lambda tx: forget_inbox(tx.sql, before=inbox_since, limit=ROWS_AT_ONCE),
            lambda tx: forget_webhooks(tx.sql, now=now, limit=ROWS_AT_ONCE),
        )
        removed = max(self._house.database.run(shard, bite) for bite in bites)
        self._house.database.run(shard, lambda tx: _forget(tx, now))
        wait = 0.0 if removed >= ROWS_AT_ONCE else EVERY_SECONDS
        self._next[shard] = time.monotonic() + wait


def _remove(tx: SqlTransaction, before: datetime) -> int:
    # A message's key stays as long as anybody could promise it again: a month after it was done.
    return max(
        tx.sql.execute(
            f"delete from {table} where shard = :shard and key in (select key from {table}"
            f" where shard = :shard and {condition} limit :limit)",
            limit=ROWS_AT_ONCE,
            **values,
        )
        for table, condition, values in (
            ("outbox", _OF_ORDERS, {"before": to_us(before), "young": first_id("ord", before)}),
            ("outbox", _OF_NO_ORDER, {"before": to_us(before)}),
            ("idempotency", "at < :before", {"before": to_us(before)}),
        )
    )


# Keys begin with the order's id, and ids with the time: only orders of more than a month ago can
# have messages that are done for so long. Looked for by `done_at`, all messages would be read.
_OF_ORDERS = (
    "key >= 'ord_' and key < :young and order_id is not null and state = 'done'"
    " and done_at < :before order by key"
)
_OF_NO_ORDER = "order_id is null and state = 'done' and done_at < :before"


def _forget(tx: SqlTransaction, now: datetime) -> None:
    """Sessions, links and drafts that are over; what is left after a bite goes the next time."""
    for forget in (forget_sessions, forget_invitations, forget_tries, forget_drafts):
        forget(tx.sql, now=now, limit=ROWS_AT_ONCE)
