"""Does a commit survive a power cut? What the database itself says about how it keeps them.

A note, no finding: nothing is lost yet.
"""

from collections.abc import Iterator

from purvey.queries.doctor.report import Finding
from purvey.storage.sql import Sql

FULL = 2  # SQLite's number for synchronous=FULL; 3 is EXTRA
LOSES = {  # PostgreSQL's setting: values with which a commit may be forgotten
    "fsync": ("off",),
    "synchronous_commit": ("off",),
    "full_page_writes": ("off",),
}


def forgetful(sql: Sql, *, sqlite: bool) -> Iterator[Finding]:
    """One for each setting that is off, as a connection of purvey sees it."""
    return _of_sqlite(sql) if sqlite else _of_postgresql(sql)


def _of_sqlite(sql: Sql) -> Iterator[Finding]:
    level = int(sql.connection.exec_driver_sql("pragma synchronous").scalar_one())
    if level < FULL:
        yield _finding(
            f"SQLite's synchronous is {level}, below FULL ({FULL})",
            "pragma synchronous",
            "purvey sets FULL on each connection: look for what changes it.",
        )


def _of_postgresql(sql: Sql) -> Iterator[Finding]:
    for name, weak in LOSES.items():
        value = str(sql.connection.exec_driver_sql(f"show {name}").scalar_one())
        if value in weak:
            remedy = f"alter system set {name} = on; select pg_reload_conf();"
            yield _finding(f"PostgreSQL's {name} is {value}", f"setting {name}", remedy)


def _finding(what: str, where: str, remedy: str) -> Finding:
    return Finding(
        promise=1,
        what=f"{what}: a power cut can lose orders that were accepted.",
        where=where,
        remedy=remedy,
        check="commits_are_durable",
    )
