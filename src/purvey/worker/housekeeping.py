"""What is kept for a while only: done messages, idempotency keys, sessions. In small bites."""

import time
from datetime import datetime, timedelta

from purvey.storage.invitations import forget_invitations
from purvey.storage.sessions import forget_sessions
from purvey.storage.throttle import forget_tries
from purvey.storage.times import to_us
from purvey.storage.transaction import SqlTransaction
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
        removed = self._house.database.run(shard, lambda tx: _remove(tx, to_us(now - KEPT)))
        self._house.database.run(shard, lambda tx: _forget(tx, now))
        wait = 0.0 if removed >= ROWS_AT_ONCE else EVERY_SECONDS
        self._next[shard] = time.monotonic() + wait


def _remove(tx: SqlTransaction, before: int) -> int:
    # A message's key stays as long as anybody could promise it again: a month after it was done.
    return max(
        tx.sql.execute(
            f"delete from {table} where shard = :shard and key in (select key from {table}"
            f" where shard = :shard and {condition} limit :limit)",
            before=before,
            limit=ROWS_AT_ONCE,
        )
        for table, condition in (
            ("outbox", "state = 'done' and done_at < :before"),
            ("idempotency", "at < :before"),
        )
    )


def _forget(tx: SqlTransaction, now: datetime) -> None:
    """Sessions and links that are over; what is left over after a bite goes the next time."""
    for forget in (forget_sessions, forget_invitations, forget_tries):
        forget(tx.sql, now=now, limit=ROWS_AT_ONCE)
