"""One connection, one shard: the few ways in which the repositories speak to the database."""

from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from purvey.storage import dialect
from purvey.storage.dialect import Rows


class Sql:
    """Every query gets `:shard`; every row that is written is of this shard."""

    def __init__(self, connection: sa.Connection, shard: int):
        self.connection, self.shard = connection, shard
        self._sqlite = connection.dialect.name == "sqlite"

    def rows(self, query: str, **values: Any) -> list[Any]:
        return list(self._run(query, values).fetchall())

    def first(self, query: str, **values: Any) -> Any | None:
        return self._run(query, values).first()

    def scalar(self, query: str, **values: Any) -> Any:
        return self._run(query, values).scalar()

    def execute(self, query: str, **values: Any) -> int:
        """Run a statement that writes; returns how many rows it touched."""
        return self._run(query, values).rowcount

    def _run(self, query: str, values: dict[str, Any]) -> sa.CursorResult[Any]:
        words = dialect.translate(query, sqlite=self._sqlite)
        bound = dialect.bind({"shard": self.shard, **values}, sqlite=self._sqlite)
        return self.connection.exec_driver_sql(words, bound)

    def pipelined(self) -> AbstractContextManager[None]:
        """A block of statements that nothing is read from: they do not wait for each other."""
        return dialect.pipelined(self.connection)

    def insert(self, table: sa.Table, rows: Rows) -> None:
        if rows:
            statement = dialect.insert_statement(table, self.shard, sqlite=self._sqlite)
            dialect.write(self.connection, statement, rows)

    def insert_new(self, table: sa.Table, rows: Rows) -> int:
        """Rows whose key is there already are left as they are."""
        if not rows:
            return 0
        statement = dialect.insert_statement(table, self.shard, sqlite=self._sqlite)
        return dialect.write(self.connection, f"{statement} on conflict do nothing", rows)

    def upsert(self, table: sa.Table, rows: Rows) -> None:
        if rows:
            statement = dialect.upsert_statement(table, self.shard, sqlite=self._sqlite)
            dialect.write(self.connection, statement, rows)

    def update(
        self, table: sa.Table, *, sets: tuple[str, ...], keys: tuple[str, ...], rows: Rows
    ) -> int:
        """Rows hold the values of `sets`, then of `keys`. Returns how many rows were found."""
        if not rows:
            return 0
        statement = dialect.update_statement(
            table, self.shard, sets=sets, keys=keys, sqlite=self._sqlite
        )
        return dialect.write(self.connection, statement, rows)
