"""Fresh databases for tests: the schema is made once for each kind, and every test gets a copy.

A copy of a template costs 5 milliseconds on SQLite and up to a second on PostgreSQL, where each
table, index and partition is a file. So a PostgreSQL database that comes back is emptied and lent
again, unless a test has changed its schema.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psycopg

from purvey.storage.database import Database
from purvey.storage.schema import create_tables, open_shop
from purvey.wiring import DEFAULT_SHARD
from tests.servers.postgres import PostgresServer

KINDS = ("sqlite", "postgres", "strict")
OPENED = datetime(2030, 1, 1, tzinfo=UTC)


class TestDatabase(NamedTuple):
    """A database with purvey's schema and an empty shop. `strict`: PostgreSQL with partitions."""

    url: str
    strict: bool


# It is no test, whatever pytest makes of its name.
TestDatabase.__test__ = False  # type: ignore[attr-defined]


def prepare(url: str, strict: bool) -> None:
    """Create the schema and a shop in an empty database, and leave no connection to it open."""
    database = Database(url)
    create_tables(database.engine, strict=strict)
    database.run(
        DEFAULT_SHARD,
        lambda tx: open_shop(tx.sql, name="Test shop", currency="GBP", now=OPENED),
    )
    database.close()


Rows = dict[str, list[tuple[object, ...]]]


def _rows(connection: psycopg.Connection) -> Rows:
    tables = [table for (table,) in connection.execute(_TABLES).fetchall()]
    found = {table: connection.execute(f"select * from {table}").fetchall() for table in tables}
    return {table: rows for table, rows in found.items() if rows}


def _insert(connection: psycopg.Connection, rows: Rows) -> None:
    for table, values in rows.items():
        marks = ", ".join(["%s"] * len(values[0]))
        connection.cursor().executemany(f"insert into {table} values ({marks})", values)


_TABLES = """
select oid::regclass::text from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
"""
_USED = """
select oid::regclass::text from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0
"""
_SCHEMA = """
select md5(string_agg(what, ';' order by what)) from (
  select format('%s %s', oid, relname) as what from pg_class
   where relnamespace = 'public'::regnamespace
  union all select format('%s %s %s', attrelid, attname, attnotnull) from pg_attribute
   where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
  union all select format('%s %s', oid, convalidated) from pg_constraint
  union all select format('%s %s', oid, tgenabled) from pg_trigger
  union all select format('%s %s', setdatabase, setconfig) from pg_db_role_setting
) as everything
"""


class Databases:
    """Hands out databases and takes them back. Starts PostgreSQL only when a test asks for it."""

    def __init__(
        self, folder: Path, *, prepare: Callable[[str, bool], None], server: PostgresServer
    ) -> None:
        self._folder = folder
        self._prepare = prepare
        self._server = server
        self._numbers = count(1)
        self._templates: dict[str, str] = {}
        self._lent: list[tuple[str, str]] = []  # kind and name
        self._spare: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self._schemas: dict[str, str] = {}
        self._rows: dict[str, Rows] = {}  # of a new shop
        self._shared: dict[str, TestDatabase] = {}
        self._exit = ExitStack()

    def close(self) -> None:
        self._exit.close()

    def fresh(self, kind: str, folder: Path) -> TestDatabase:
        """One of KINDS. SQLite's file lies in `folder`; PostgreSQL's lasts until `take_back`."""
        template = self._template(kind)
        if kind == "sqlite":
            path = shutil.copyfile(template, folder / f"{self._new_name()}.db")
            return TestDatabase(f"sqlite:///{path}", strict=False)
        name = self._spare[kind].pop() if self._spare[kind] else self._copy(template)
        self._lent.append((kind, name))
        return TestDatabase(self._server.url(name), kind == "strict")

    def shared(self, kind: str) -> TestDatabase:
        """One database for many tests: each opens a shop of its own in it, which takes 5 ms."""
        if kind not in self._shared:
            self._shared[kind] = self.fresh(kind, self._folder)
            if kind != "sqlite":
                self._lent.pop()  # it stays until the server goes
        return self._shared[kind]

    def take_back(self) -> None:
        """Empty what was lent on PostgreSQL, for the next one; what has another schema now goes."""
        while self._lent:
            kind, name = self._lent.pop()
            if self._emptied(kind, name):
                self._spare[kind].append(name)
            else:
                self._server.drop(name)

    def drop(self) -> None:
        """What is lent on PostgreSQL is gone, whoever works with it."""
        while self._lent:
            self._server.drop(self._lent.pop()[1])

    def _new_name(self) -> str:
        return f"test_{next(self._numbers)}"

    def _copy(self, template: str) -> str:
        name = self._new_name()
        self._server.create(name, template=template)
        return name

    def _emptied(self, kind: str, name: str) -> bool:
        """Nobody is connected any more, and the rows are those of a new shop."""
        self._server.disconnect(name)
        with self._server.connect(name) as connection:
            if self._schema_of(connection) != self._schemas[kind]:
                return False
            with connection.transaction():
                connection.execute("set local session_replication_role = replica")  # in any order
                for (table,) in connection.execute(_USED).fetchall():
                    connection.execute(f"delete from {table}")  # quicker than truncate, if few
                _insert(connection, self._rows[kind])
        return True

    @staticmethod
    def _schema_of(connection: psycopg.Connection) -> str:
        """Changes with every table, column, index, rule, trigger and setting."""
        (schema,) = connection.execute(_SCHEMA).fetchone() or ("",)
        return str(schema)

    def _template(self, kind: str) -> str:
        if kind not in self._templates:
            make = self._sqlite_template if kind == "sqlite" else self._postgres_template
            self._templates[kind] = make(kind)
        return self._templates[kind]

    def _sqlite_template(self, kind: str) -> str:
        path = self._folder / f"{kind}.db"
        path.write_bytes(b"")
        self._prepare(f"sqlite:///{path}", False)
        assert not path.with_name(f"{path.name}-wal").exists(), "prepare() left a connection open"
        return str(path)

    def _postgres_template(self, kind: str) -> str:
        name = f"template_{kind}"
        self._running_server.drop(name)  # what is left when prepare() failed in an earlier test
        self._prepare(self._running_server.create(name), kind == "strict")
        with self._server.connect(name) as connection:
            self._schemas[kind] = self._schema_of(connection)
            self._rows[kind] = _rows(connection)
        return name

    @cached_property
    def _running_server(self) -> PostgresServer:
        return self._exit.enter_context(self._server)
