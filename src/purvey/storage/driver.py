"""Statements go straight to the driver. SQLAlchemy keeps the pool, the transactions and the hooks.

Its way of running one statement costs as much as SQLite takes for it, and a batch runs twenty.
What it does besides is done here: errors become its own, and a connection that is lost goes out of
the pool. Hooks for `before_cursor_execute` are called as always; the tests listen there.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import sqlalchemy as sa

Rows = Sequence[tuple[Any, ...]]
Values = Mapping[str, Any] | Sequence[Any]


class Driver:
    """The driver's own connection under one of SQLAlchemy's, for as long as its transaction."""

    def __init__(self, connection: sa.Connection):
        self._outer = connection
        self._inner: Any = connection.connection.driver_connection
        self._hooks: Any = connection.dispatch.before_cursor_execute
        self._error: Any = connection.dialect.dbapi.Error  # type: ignore[union-attr]

    def execute(self, statement: str, values: Values) -> Any:
        """Returns the driver's cursor. Raises sqlalchemy.exc.DBAPIError."""
        self._announce(statement, values)
        try:
            return self._inner.execute(statement, values)
        except self._error as error:
            raise self._told(error) from error

    def execute_many(self, statement: str, rows: Rows) -> Any:
        self._announce(statement, rows)
        try:
            return self._inner.executemany(statement, rows)
        except self._error as error:
            raise self._told(error) from error

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        """psycopg only: what is sent in here is not waited for until the end of the block."""
        try:
            with self._inner.pipeline():
                yield
        except self._error as error:
            raise self._told(error) from error

    def _announce(self, statement: str, values: object) -> None:
        for hook in self._hooks:
            hook(self._outer, None, statement, values, None, False)

    def _told(self, error: Exception) -> BaseException:
        """As SQLAlchemy tells it; parameters are what customers wrote, so they stay out."""
        dialect = self._outer.dialect
        lost = dialect.is_disconnect(error, self._inner, None)  # type: ignore[arg-type]
        if lost and not self._outer.invalidated:
            self._outer.invalidate(error)
        return sa.exc.DBAPIError.instance(
            None,
            None,
            error,
            self._error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=dialect,
        )


Maker = Callable[[tuple[Any, ...]], Any]


def named(cursor: Any) -> list[Any]:
    """All rows, their columns by position and by name."""
    rows = cursor.fetchall()
    return list(map(_maker(_names(cursor)), rows)) if rows else rows


def first_named(cursor: Any) -> Any | None:
    row = cursor.fetchone()
    return None if row is None else _maker(_names(cursor))(row)


def _names(cursor: Any) -> tuple[str, ...]:
    return tuple([column[0] for column in cursor.description])


@lru_cache(2_000)  # as many kinds of answers as there are queries
def _maker(names: tuple[str, ...]) -> Maker:
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return partial(tuple.__new__, row)
