"""Make a database as unforgiving as a distributed one, so that tests find what would break there.

1. A statement that writes or locks has to name its shard; what only a single PostgreSQL can do
   (LISTEN, advisory locks, MERGE, ctid, sequences) is refused before it is sent.
2. One commit in ten fails with 40001 before it happens, as under a serialisation conflict: whoever
   writes has to be able to run again from the start.
"""

import random
import re
import threading
from typing import Any

import psycopg
import sqlalchemy as sa

from purvey.storage.database import Database

FAILING_COMMITS = 0.1
SEED = 40001

_WRITES = re.compile(r"^\s*(insert|update|delete)\b|\bfor (no key )?update\b|\bfor (key )?share\b")
_NAMES_SHARD = re.compile(r"\bshard = |\binsert into \w+ \(shard\b")
_ONE_MACHINE_ONLY = re.compile(
    r"\b(listen|notify|merge|pg_(try_)?advisory\w*|pg_notify|ctid|nextval|currval|setval)\b"
)
_QUOTED = re.compile(r"'[^']*'")


class NotDistributable(AssertionError):
    """A statement that a distributed PostgreSQL would refuse, or send to every machine."""


def make_strict(database: Database, *, failing: float = FAILING_COMMITS, seed: int = SEED) -> None:
    """From now on `failing` of all commits fail once, and every statement is looked at."""
    sa.event.listen(database.engine, "before_cursor_execute", _look_at)
    sa.event.listen(database.engine, "commit", _FailingCommits(failing, seed))


def lint(statement: str) -> None:
    """Raises NotDistributable."""
    words = _QUOTED.sub("''", statement.lower())
    if _ONE_MACHINE_ONLY.search(words):
        raise NotDistributable(f"Only one machine can do this: {statement}")
    if _WRITES.search(words) and not _NAMES_SHARD.search(words):
        raise NotDistributable(f"No shard is named: {statement}")


def _look_at(_connection: sa.Connection, _cursor: object, statement: str, *_: Any) -> None:
    lint(statement)


class _FailingCommits:
    """Called before each commit, by any thread. The dice are seeded: a failure can be repeated."""

    def __init__(self, failing: float, seed: int):
        self._failing, self._lock = failing, threading.Lock()
        self._dice = random.Random(seed)  # noqa: S311  # guards no secret

    def __call__(self, _connection: sa.Connection) -> None:
        with self._lock:
            fails = self._dice.random() < self._failing
        if fails:
            error = psycopg.errors.SerializationFailure("could not serialize access (strict mode)")
            raise sa.exc.OperationalError("COMMIT", None, error)
