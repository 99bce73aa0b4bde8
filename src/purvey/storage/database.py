"""Transactions: one shard each, durable, and run again when the database says that it may help.

How a write transaction runs, step by step:

1. Writers of this process queue at a lock; on SQLite those of other processes queue at a lock file,
   because SQLite's own waiting sleeps up to 100 ms between tries. PostgreSQL takes as many writers
   as there are connections.
2. BEGIN (IMMEDIATE on SQLite), the closure, COMMIT. The closure has no effect but through its rows.
3. On a deadlock, a lost race or a lost connection everything is rolled back and run again, up to
   MAX_TRIES times with a growing, jittered pause. Any other error ends it.
4. A connection that is lost while COMMIT is under way leaves open whether it happened. That ends
   it, too: whoever sent something under a key may send it again, nobody else can know.
"""

import fcntl
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from purvey.kit.batching import Unclear
from purvey.storage import dialect
from purvey.storage.recall import Recall
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction

MAX_TRIES = 12
POOL_SIZE = 16
Result = TypeVar("Result")
open_transactions = threading.local()


class AdapterInTransaction(AssertionError):
    """An adapter was called while a transaction was open: it could be slow, and rolled back."""


class CommitUnclear(Unclear, sa.exc.OperationalError):
    """The connection was lost while COMMIT was under way: it may or may not have happened."""


class Database:
    """`url` is an SQLAlchemy URL; plain `postgresql://` is read as psycopg 3."""

    def __init__(self, url: str):
        self.url = sa.make_url(url)
        if self.url.drivername in ("postgresql", "postgres"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        pool: dict[str, Any] = {
            "pool_size": POOL_SIZE,
            "max_overflow": POOL_SIZE,
            "pool_use_lifo": True,
        }
        pool["connect_args"] = dialect.connect_arguments(self.url.get_backend_name())
        # Parameters are what customers wrote: they stay out of error texts.
        self.engine = sa.create_engine(self.url, hide_parameters=True, **pool)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        dialect.configure(self.engine)
        self.recall = Recall()
        self._writers = _WriterQueue(self.url.database) if self.is_sqlite else None

    def run(self, shard: int, work: Callable[[SqlTransaction], Result]) -> Result:
        """Run the closure in one transaction; it may be run several times, committed once."""
        for attempt in range(1, MAX_TRIES + 1):
            committing = False
            try:
                with self._transaction(shard) as tx:
                    result = work(tx)
                    committing = True
                self.recall.keep(shard, tx.sql.orders)  # it is committed
                return result
            except sa.exc.DBAPIError as error:
                if committing and error.connection_invalidated:
                    raise CommitUnclear("COMMIT", None, error.orig or error) from error
                if attempt == MAX_TRIES or not dialect.worth_retrying(error):
                    raise
                jitter = random.uniform(0.001, 0.004)  # noqa: S311  # no secret
                time.sleep(jitter * attempt)
        raise AssertionError("unreachable")

    @contextmanager
    def _transaction(self, shard: int) -> Iterator[SqlTransaction]:
        assert not self.in_transaction, "a transaction inside a transaction"
        with self._queue(), self.engine.begin() as connection:
            open_transactions.here = True
            try:
                yield SqlTransaction(Sql(connection, shard, self.recall))
            finally:
                open_transactions.here = False

    @contextmanager
    def reading(self, shard: int) -> Iterator[Sql]:
        """A consistent view of one shard; on both databases it sees one moment."""
        options: dict[str, Any] = {"purvey_read": True}
        if not self.is_sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection:
            connection.begin()  # rolled back when it is given back: there is nothing to keep
            sql = Sql(connection, shard, self.recall)
            yield sql
        self.recall.keep(shard, sql.orders)

    @contextmanager
    def alone(self) -> Iterator[sa.Connection]:
        """A transaction that no other process's migration runs beside: for changing the tables."""
        with self._queue(), self.engine.begin() as connection:
            dialect.lock_tables(connection)
            yield connection

    def checkpoint(self) -> None:
        """See `dialect.checkpoint`; outside any transaction."""
        with self.engine.connect().execution_options(purvey_bare=True) as connection:
            dialect.checkpoint(connection)

    @property
    def in_transaction(self) -> bool:
        return bool(getattr(open_transactions, "here", False))

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if self._writers is None:
            yield
            return
        with self._writers.turn():
            yield

    def close(self) -> None:
        self.engine.dispose()
        if self._writers is not None:
            self._writers.close()


def assert_no_transaction() -> None:
    """Called before every adapter call."""
    if getattr(open_transactions, "here", False):
        raise AdapterInTransaction(AdapterInTransaction.__doc__)


class _WriterQueue:
    """One writer at a time over all threads and processes; the kernel wakes the next one."""

    def __init__(self, database: str | None):
        self._lock = threading.Lock()
        path = None if database in (None, "", ":memory:") else Path(f"{database}.lock")
        self._file = path.open("a") if path else None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._lock:
            if self._file is None:
                yield
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
