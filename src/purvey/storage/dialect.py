"""All that differs between SQLite and PostgreSQL. The only file that knows which one it is.

Queries are written once, in PostgreSQL's words with `:name` parameters:

- `x = any(:names)` takes a list; SQLite gets it as one JSON parameter,
- `for update` is dropped for SQLite, where the one writer holds everything anyway.

Rows are written set-based: one statement per table and batch, `unnest` on PostgreSQL (where
executemany is one execution per row), executemany on SQLite (which has no round trip to save).
The shard stands in every statement as a constant, so that a distributed PostgreSQL sends it to one
place.
"""

import json
import logging
import re
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json

from purvey.storage.driver import Driver, Rows

_ANY = re.compile(r"= any\(:(\w+)\)")
_LOCK = re.compile(r"\bfor update( skip locked)?")
_NAME = re.compile(r"(?<![:\w]):(\w+)")
_RESERVED = frozenset({"trigger", "by", "key", "until", "at", "no", "next", "change", "position"})
_ARRAYS = {sa.Text: "text[]", sa.BigInteger: "bigint[]", sa.Integer: "integer[]"}


@cache
def translate(query: str, *, sqlite: bool) -> str:
    """The query in the driver's own words."""
    if sqlite:
        return _LOCK.sub("", _ANY.sub(r"in (select value from json_each(:\1))", query))
    return _NAME.sub(r"%(\1)s", query.replace("%", "%%"))


def bind(values: Mapping[str, Any], *, sqlite: bool) -> dict[str, Any]:
    as_list = json.dumps if sqlite else _array
    return {k: as_list(v) if isinstance(v, list) else v for k, v in values.items()}


@cache
def insert_statement(table: sa.Table, shard: int, *, sqlite: bool) -> str:
    """For rows without the shard, in the order of the table's columns."""
    names = [column.name for column in table.columns][1:]
    into = f"insert into {table.name} (shard, {_list(names)})"
    if sqlite:
        return f"{into} values ({shard:d}, {', '.join('?' * len(names))})"
    # "where true": without it a following "on conflict" is taken for a join condition.
    return f"{into} select {shard:d}, u.* from unnest({_arrays(table, names)}) u where true"


@cache
def upsert_statement(table: sa.Table, shard: int, *, sqlite: bool) -> str:
    """As insert; where the primary key is there already, all other columns are replaced."""
    keys = [column.name for column in table.primary_key]
    others = [c.name for c in table.columns if c.name not in table.primary_key]
    sets = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in others)
    insert = insert_statement(table, shard, sqlite=sqlite)
    return f"{insert} on conflict ({_list(keys)}) do update set {sets}"


@cache
def update_statement(
    table: sa.Table, shard: int, *, sets: tuple[str, ...], keys: tuple[str, ...], sqlite: bool
) -> str:
    """For rows of the columns `sets` and then `keys`."""
    if sqlite:
        values = ", ".join(f"{_quoted(name)} = ?" for name in sets)
        where = " and ".join(f"{_quoted(name)} = ?" for name in keys)
        return f"update {table.name} set {values} where shard = {shard:d} and {where}"
    values = ", ".join(f"{_quoted(name)} = u.{_quoted(name)}" for name in sets)
    # A column may be looked for and set (the version): its old value has a name of its own.
    where = " and ".join(f"t.{_quoted(name)} = u.old_{name}" for name in keys)
    names = [*map(_quoted, sets), *(f"old_{name}" for name in keys)]
    arrays = f"unnest({_arrays(table, (*sets, *keys))}) as u({', '.join(names)})"
    return f"update {table.name} t set {values} from {arrays} where t.shard = {shard:d} and {where}"


def write(driver: Driver, statement: str, *, rows: Rows, sqlite: bool) -> Any:
    """Run one set-based statement over all rows; returns the driver's cursor."""
    if sqlite:
        return driver.execute_many(statement, rows)
    columns = [_array(column) for column in zip(*rows, strict=True)]
    return driver.execute(statement, columns)


def _array(column: Sequence[Any]) -> str | list[Any]:
    """A column as an array literal (PostgreSQL manual, 8.15.2), at a tenth of the driver's cost.

    A JSON array differs from it in its brackets and in escapes for control characters only; a
    column that has those is left to the driver.
    """
    text = to_json(column).decode()
    if "\\" in text and _JSON_ONLY.search(text):
        return list(column)
    return "{" + text[1:-1] + "}"


_JSON_ONLY = re.compile(r"\\[nrtbfu]")


def _arrays(table: sa.Table, names: Sequence[str]) -> str:
    return ", ".join(f"%s::{_ARRAYS[type(table.c[name].type)]}" for name in names)


def _list(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    return f'"{name}"' if name in _RESERVED else name


# A pipeline that ends with an error warns about it although the error is raised and handled.
logging.getLogger("psycopg").setLevel(logging.ERROR)

_RETRYABLE = frozenset({"40001", "40P01", "08006", "08003", "57P01", "55P03", "23505"})


def worth_retrying(error: BaseException) -> bool:
    """Would the same transaction, run again, find another world? Deadlocks, races, lost lines.

    SQLSTATE codes: PostgreSQL manual, appendix A (40001 serialization failure, 40P01 deadlock,
    08xxx connection lost, 57P01 shutdown, 55P03 lock not available, 23505 unique violation: two
    processes took the same key at once; run again, the second finds the first one's row).
    """
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        words = ("locked", "busy", "UNIQUE constraint failed")
        return any(word in str(error.orig) for word in words)
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _RETRYABLE


def checkpoint(connection: sa.Connection) -> None:
    """Move what was committed from SQLite's log into its file, without holding up anybody."""
    connection.exec_driver_sql("pragma wal_checkpoint(passive)")


def analyse(connection: sa.Connection) -> None:
    """Renew the planner's statistics."""
    connection.exec_driver_sql("analyze")


def connect_arguments(backend: str) -> dict[str, Any]:
    """How a connection is opened.

    PostgreSQL keeps the plan of a foreign key's check: one made while a table was empty scans it
    for as long as the connection lives (measured: 0.2 ms a row after a thousand orders). All our
    look-ups have an index, so scans are priced out.
    """
    if backend == "sqlite":
        return {"check_same_thread": False}
    return {"options": "-c enable_seqscan=off -c timezone=UTC"}


def configure(engine: sa.Engine) -> None:
    """Durable commits and one writer at a time on SQLite; PostgreSQL is durable as it comes."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _configure_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "busy_timeout = 15000",
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
        "cache_size = -32000",
        # A checkpoint inside a commit is waited for by everybody; the worker makes them beside.
        "wal_autocheckpoint = 20000",
    ):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("purvey_bare", False):
        return
    reading = connection.get_execution_options().get("purvey_read", False)
    connection.exec_driver_sql("begin" if reading else "begin immediate")


_MIGRATION_LOCK = 0x7075727665  # "purve"


def lock_tables(connection: sa.Connection) -> None:
    """Only one process changes tables at a time; the lock goes with the transaction.

    An advisory lock is enough here, and only here: migrations run on one coordinator.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})")
