"""One connection, one shard: the few ways in which the repositories speak to the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from purvey.domain.order import Order
from purvey.storage import dialect
from purvey.storage.driver import Driver, Rows, first_named, named
from purvey.storage.recall import Recall


class Sql:
    """Every query gets `:shard`; every row that is written is of this shard."""

    def __init__(self, connection: sa.Connection, shard: int, recall: Recall | None = None):
        self.connection, self.shard = connection, shard
        self.recall = recall or Recall()
        self.orders: dict[str, Order] = {}  # read or written here: remembered after the commit
        self._sqlite = connection.dialect.name == "sqlite"
        self._in_pipeline = False
        self._unchecked: list[Callable[[], None]] = []

    @cached_property
    def _driver(self) -> Driver:
        return Driver(self.connection)

    def rows(self, query: str, **values: Any) -> list[Any]:
        return named(self._run(query, values))

    def first(self, query: str, **values: Any) -> Any | None:
        return first_named(self._run(query, values))

    def scalar(self, query: str, **values: Any) -> Any:
        row = self._run(query, values).fetchone()
        return None if row is None else row[0]

    def execute(self, query: str, **values: Any) -> int:
        """Run a statement that writes; returns how many rows it touched."""
        return int(self._run(query, values).rowcount)

    def _run(self, query: str, values: dict[str, Any]) -> Any:
        words = dialect.translate(query, sqlite=self._sqlite)
        bound = dialect.bind({"shard": self.shard, **values}, sqlite=self._sqlite)
        return self._driver.execute(words, bound)

    def ask(self, query: str, **values: Any) -> Callable[[], list[Any]]:
        """As `rows`, in a pipelined block: the answer can be had after its end."""
        cursor = self._run(query, values)
        return lambda: named(cursor)

    @contextmanager
    def pipelined(self) -> Iterator[None]:
        """A block of statements that do not wait for each other; nothing is read inside. An error
        shows at its end at the latest. SQLite has no round trips to save."""
        if self._sqlite or self._in_pipeline:
            yield
            return
        self._in_pipeline = True
        try:
            with self._driver.pipeline():
                yield
        finally:
            self._in_pipeline, checks = False, self._unchecked
            self._unchecked = []
        for check in checks:
            check()

    def insert(self, table: sa.Table, rows: Rows) -> None:
        if rows:
            statement = dialect.insert_statement(table, self.shard, sqlite=self._sqlite)
            self._send(statement, rows)

    def insert_new(self, table: sa.Table, rows: Rows) -> int:
        """Rows whose key is there already are left as they are."""
        if not rows:
            return 0
        statement = dialect.insert_statement(table, self.shard, sqlite=self._sqlite)
        return int(self._send(f"{statement} on conflict do nothing", rows).rowcount)

    def upsert(self, table: sa.Table, rows: Rows) -> None:
        if rows:
            statement = dialect.upsert_statement(table, self.shard, sqlite=self._sqlite)
            self._send(statement, rows)

    def update(
        self,
        table: sa.Table,
        *,
        sets: tuple[str, ...],
        keys: tuple[str, ...],
        rows: Rows,
        unless_all: Exception | None = None,
    ) -> None:
        """Rows hold the values of `sets`, then of `keys`. `unless_all` is raised when not all were
        there, in a pipelined block at its end."""
        if not rows:
            return
        statement = dialect.update_statement(
            table, self.shard, sets=sets, keys=keys, sqlite=self._sqlite
        )
        cursor = self._send(statement, rows)

        def check() -> None:
            if unless_all is not None and cursor.rowcount != len(rows):
                raise unless_all

        if self._in_pipeline:
            self._unchecked.append(check)
        else:
            check()

    def _send(self, statement: str, rows: Rows) -> Any:
        return dialect.write(self._driver, statement, rows=rows, sqlite=self._sqlite)
