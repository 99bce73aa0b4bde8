"""The SQLite file that the sandbox keeps its books in, open to many threads and processes.

One connection and one lock serve all threads of a process, since SQLite has one writer anyway.
Other processes are waited for. `synchronous=OFF` loses nothing when a process is killed, only when
the machine is: these are the books of a sandbox.
"""

import secrets
import sqlite3
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from purvey.ports.trouble import TryLater

BUSY_SECONDS = 15.0
OPEN_ATTEMPTS = 200
OPEN_PAUSE_SECONDS = 0.02

SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (tag TEXT NOT NULL, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (
    no INTEGER PRIMARY KEY,
    payment_id TEXT NOT NULL,
    key TEXT NOT NULL,
    token TEXT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    requested INTEGER NOT NULL,
    authorised INTEGER NOT NULL,
    captured INTEGER NOT NULL DEFAULT 0,
    refunded INTEGER NOT NULL DEFAULT 0,
    voided INTEGER NOT NULL DEFAULT 0,
    CHECK (captured >= 0 AND voided >= 0 AND captured + voided <= authorised),
    CHECK (refunded >= 0 AND refunded <= captured)
);
CREATE INDEX IF NOT EXISTS accounts_by_payment ON accounts (payment_id);
CREATE TABLE IF NOT EXISTS calls (
    no INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    asked TEXT NOT NULL,
    account INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    due INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_to_post ON calls (due, no) WHERE posts > 0;
"""


class BookFile:
    """`tag` tells these books from others in every reference; `secret` signs their webhooks."""

    def __init__(self, *, path: Path):
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity = ("", "")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, alone. Raises TryLater when others never let go of the file."""
        with self._lock:
            connection = self._open()
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise TryLater(f"The sandbox's books are busy: {error}.") from error
            try:
                yield
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """For use within `writing`."""
        return self._open().execute(sql, values)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            return self._open().execute(sql, values).fetchall()

    @property
    def tag(self) -> str:
        self._open()
        return self._identity[0]

    @property
    def secret(self) -> str:
        self._open()
        return self._identity[1]

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        # At first use, so that a process that forks after building shares no connection.
        return self._connection or self._connect()

    def _connect(self) -> sqlite3.Connection:
        with self._lock:
            if self._connection is None:
                self._connection = self._opened()
            return self._connection

    def _opened(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            _prepare(connection)
            self._identity = _identity(connection)
        except sqlite3.OperationalError as error:
            raise TryLater(f"The sandbox's books {self.path} do not open: {error}.") from error
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    # Two processes that turn the same new file to WAL do not wait for each other: SQLite tells one
    # of them at once that the file is locked, whatever its time-out is.
    for attempt in range(OPEN_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:
            if attempt == OPEN_ATTEMPTS - 1:
                raise
            time.sleep(OPEN_PAUSE_SECONDS)
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")


def _identity(connection: sqlite3.Connection) -> tuple[str, str]:
    fresh = (secrets.token_hex(2), "whsec_" + b64encode(secrets.token_bytes(24)).decode())
    connection.execute(
        "INSERT INTO identity SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM identity)", fresh
    )
    tag, secret = connection.execute("SELECT tag, secret FROM identity").fetchone()
    return tag, secret
