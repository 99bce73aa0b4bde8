"""Fresh databases for tests: the schema is made once for each kind, and every test gets a copy.

A copy of a template costs 5 milliseconds on SQLite and 30 on PostgreSQL (more with many partitions:
400 tables are half a second); making the schema costs a hundred times that.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import NamedTuple

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
        self._lent: list[str] = []
        self._shared: dict[str, TestDatabase] = {}
        self._exit = ExitStack()

    def close(self) -> None:
        self._exit.close()

    def fresh(self, kind: str, folder: Path) -> TestDatabase:
        """One of KINDS. SQLite's file lies in `folder`; PostgreSQL's lasts until `take_back`."""
        name = f"test_{next(self._numbers)}"
        template = self._template(kind)
        if kind == "sqlite":
            path = shutil.copyfile(template, folder / f"{name}.db")
            return TestDatabase(f"sqlite:///{path}", strict=False)
        self._lent.append(name)
        return TestDatabase(self._server.create(name, template=template), kind == "strict")

    def shared(self, kind: str) -> TestDatabase:
        """One database for many tests: each opens a shop of its own in it, which takes 5 ms."""
        if kind not in self._shared:
            self._shared[kind] = self.fresh(kind, self._folder)
            if kind != "sqlite":
                self._lent.pop()  # it stays until the server goes
        return self._shared[kind]

    def take_back(self) -> None:
        """Drop what was lent on PostgreSQL: a thousand tests would fill ten gigabytes."""
        while self._lent:
            self._server.drop(self._lent.pop())

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
        return name

    @cached_property
    def _running_server(self) -> PostgresServer:
        return self._exit.enter_context(self._server)
