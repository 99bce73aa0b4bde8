"""A PostgreSQL of our own: there in a second, thrown away at the end.

Tests, fault tests and benchmarks need a real server that they may kill. This one has its data and
its socket in a private folder, so that no port clashes and no other database is within reach:

    with PostgresServer() as server:
        url = server.create("shop")
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql

from tests.servers.binaries import find_binaries, owner

SUPERUSER = "purvey"
STOP_SECONDS = 30

# Waits for our end, whatever it is (even kill -9 closes its input), and then stops the server.
_KEEPER = 'read _; exec "$@"'


class PostgresFailed(Exception):
    """A program of PostgreSQL's failed, or a server that is not ours answered."""


class PostgresServer:
    """Ordinary tests trade safety for speed. Crash tests and benchmarks say `durable=True`: then
    what is committed survives `crash()` and costs what it costs in production.
    """

    def __init__(self, *, durable: bool = False, max_connections: int = 200) -> None:
        self.durable = durable
        self.max_connections = max_connections
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # Not in $TMPDIR: the path of a Unix socket has 107 characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="purvey-pg-", dir="/tmp"))
        try:
            self._initialise()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """As SQLAlchemy takes it. There is no TCP port: the host is the socket's folder."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), user=SUPERUSER, dbname=database, autocommit=True
        )

    def create(self, database: str, *, template: str = "template1") -> str:
        """A new database, a copy of `template`, to which nobody is connected. Returns its URL."""
        self._execute("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Gone, and with it the connections that somebody left open."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def disconnect(self, database: str) -> None:
        """Cuts the connections that somebody left open."""
        with self.connect() as connection:
            connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s",
                [database],
            )

    def start(self) -> None:
        """Returns when the server takes connections. Also brings it back after `crash`."""
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "sh", *self._pg_ctl("stop", "--mode=fast")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: tests still need the server to tidy up
            **self._as_owner,
        )
        self._run(*self._pg_ctl("start", f"--log={self.folder / 'log'}"))
        self._check_that_it_is_ours()

    def stop(self) -> None:
        """Connections are cut, everything is written. Does nothing when the server is down."""
        if self._keeper is not None:
            self._keeper.communicate(timeout=STOP_SECONDS)
            self._keeper = None

    def crash(self) -> None:
        """Ends every process at once and writes nothing more: the next start has to recover."""
        self._run(*self._pg_ctl("stop", "--mode=immediate"))
        self.stop()

    def _initialise(self) -> None:
        user = owner()
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._as_owner: dict[str, Any] = {"cwd": self.folder}
        if os.geteuid() == 0:
            self._as_owner |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._binaries = find_binaries(self.folder)
        self._data = self.folder / "data"
        self._run(
            *(self._binaries / "initdb", f"--pgdata={self._data}", f"--username={SUPERUSER}"),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        with (self._data / "postgresql.conf").open("a") as file:
            file.write("\n".join(["", *self._settings(), ""]))

    def _settings(self) -> list[str]:
        unsafe = ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        return [
            "listen_addresses = ''",
            f"unix_socket_directories = '{self.folder}'",
            f"max_connections = {self.max_connections}",
            "timezone = 'Asia/Kathmandu'",  # 5:45 from UTC: shows who leaves time to the server
            *([] if self.durable else unsafe),
        ]

    def _pg_ctl(self, command: str, *options: str) -> list[str | Path]:
        return [self._binaries / "pg_ctl", command, "--wait", f"--pgdata={self._data}", *options]

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, **self._as_owner
        )
        if done.returncode != 0:
            log = self.folder / "log"
            text = log.read_text() if log.exists() else ""
            raise PostgresFailed(f"{command}\n{done.stdout}{done.stderr}{text[-2000:]}")

    def _check_that_it_is_ours(self) -> None:
        """Before anything is written: a server that we did not start may be somebody's shop."""
        with self.connect() as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        if row != (str(self._data),):
            raise PostgresFailed(f"{row} answers on the socket of {self._data}")

    def _execute(self, statement: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
