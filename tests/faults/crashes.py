"""Crash in the middle of the n-th statement, as if the power went: nothing after it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import sqlalchemy as sa


class Crash(BaseException):
    """No `except Exception` may catch it: a killed process catches nothing."""


class Statements:
    """Counts what a database is told: each statement, and each commit as one."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine
        self.told = 0
        self.crash_at = 0  # 0: never

    @contextmanager
    def counted(self, *, crash_at: int = 0) -> Iterator[None]:
        """The crash comes before the statement is run, and nothing is run after it."""
        self.told, self.crash_at = 0, crash_at
        hooks = {"before_cursor_execute": self._statement, "commit": self._commit}
        for name, hook in hooks.items():
            sa.event.listen(self._engine, name, hook)
        try:
            yield
        finally:
            for name, hook in hooks.items():
                sa.event.remove(self._engine, name, hook)

    def _statement(self, *_: Any) -> None:
        self._count()

    def _commit(self, _connection: sa.Connection) -> None:
        self._count()

    def _count(self) -> None:
        self.told += 1
        if 0 < self.crash_at <= self.told:
            raise Crash(f"at statement {self.told}")


def moments(most: int) -> Iterator[int]:
    """1, 2, 3 ...: more statements than `most` is a test that never ends."""
    for n in count(1):
        assert n <= most, f"more than {most} statements"
        yield n
