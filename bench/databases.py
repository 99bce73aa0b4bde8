"""The databases that are measured: SQLite in a file, and a durable PostgreSQL of our own."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from tests.servers.postgres import PostgresServer

_numbers = count(1)


class Place(Protocol):
    """One kind of database; `name` heads its table of figures."""

    name: str
    version: str
    pids: tuple[int, ...]  # of the database's own server

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        ...

    def driver(self, url: str) -> AbstractContextManager[Any]:
        """A connection of the driver itself, without purvey and without SQLAlchemy."""
        ...

    def bulk_loading(self, url: str) -> AbstractContextManager[Any]:
        """Such a connection without what makes writing safe; statistics are made at its end."""
        ...

    def bulk(self, driver: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows with all columns of the table."""
        ...

    def drop(self, url: str) -> None: ...


class SqlitePlace:
    name = "SQLite"
    pids = ()
    version = f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL"

    def __init__(self, folder: Path):
        self._folder = folder

    def fresh(self) -> str:
        return f"sqlite:///{self._folder}/shop{next(_numbers)}.db"

    @contextmanager
    def driver(self, url: str) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(_file(url), isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        connection.execute("pragma cache_size = -32000")
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def bulk_loading(self, url: str) -> Iterator[sqlite3.Connection]:
        with self.driver(url) as driver:
            for pragma in ("foreign_keys = off", "journal_mode = off", "synchronous = off"):
                driver.execute(f"pragma {pragma}")
            driver.execute("begin")
            yield driver
            driver.execute("commit")
            driver.execute("pragma journal_mode = wal")
            driver.execute("analyze")

    def bulk(self, driver: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        columns = driver.execute(f"select * from {table} limit 0").description
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"insert into {table} values ({marks})", rows)

    def drop(self, url: str) -> None:
        for file in self._folder.glob(f"{Path(_file(url)).name}*"):
            file.unlink()


class PostgresPlace:
    name = "PostgreSQL"

    def __init__(self, server: PostgresServer):
        self._server = server
        with server.connect() as connection:
            asked = "select current_setting('server_version'), current_setting('fsync'),"
            asked += " current_setting('synchronous_commit'), current_setting('shared_buffers')"
            row = connection.execute(asked).fetchone()
        assert row is not None
        version, fsync, commit, buffers = row
        self.pids = (int((server.folder / "data" / "postmaster.pid").read_text().split()[0]),)
        self.version = (
            f"PostgreSQL {version}, fsync={fsync}, synchronous_commit={commit},"
            f" shared_buffers={buffers} (all as it comes), over its Unix socket"
        )

    def fresh(self) -> str:
        return self._server.create(f"shop{next(_numbers)}")

    @contextmanager
    def driver(self, url: str) -> Iterator[Any]:
        with self._server.connect(url.split("@/")[1].split("?", maxsplit=1)[0]) as connection:
            yield connection

    @contextmanager
    def bulk_loading(self, url: str) -> Iterator[Any]:
        with self.driver(url) as driver:
            driver.execute("set session_replication_role = replica")  # no foreign keys
            driver.execute("set synchronous_commit = off")
            driver.execute("set maintenance_work_mem = '512MB'")
            yield driver
            driver.execute("vacuum analyze")
            driver.execute("checkpoint")

    def bulk(self, driver: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with driver.cursor().copy(f"copy {table} from stdin") as copy:
            for row in rows:
                copy.write_row(row)

    def drop(self, url: str) -> None:
        self._server.drop(url.split("@/")[1].split("?", maxsplit=1)[0])


@contextmanager
def places(kinds: list[str]) -> Iterator[list[Place]]:
    """`kinds`: sqlite, postgres. All that was made is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="purvey-bench-") as folder:
        found: list[Place] = [SqlitePlace(Path(folder))] if "sqlite" in kinds else []
        if "postgres" not in kinds:
            yield found
            return
        with PostgresServer(durable=True) as server:
            yield [*found, PostgresPlace(server)]


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///")
