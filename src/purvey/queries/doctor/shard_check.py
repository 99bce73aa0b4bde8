"""A check over a whole shard at once: one query that finds what is broken, and the words for it.

One statement sees one moment, so stock and its ledger can be compared while both change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.queries.doctor.report import LISTED, Finding, Tally
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardCheck:
    """`query` may use :shard and :now (microseconds); the words are filled in from its columns.

    `note`: a person should know, but no promise is broken.
    """

    name: str
    promise: int
    query: str
    what: str
    where: str
    remedy: str
    note: bool = False


def run(check: ShardCheck, sql: Sql, *, now: datetime, tally: Tally) -> None:
    """LISTED findings are read, the others are counted by the database."""
    rows = sql.rows(
        f"select x.*, count(*) over () as many from ({check.query}) x order by 1 limit :limit",
        limit=LISTED,
        now=to_us(now),
    )
    tally.add(_findings(check, rows, sql.shard), note=check.note)
    if rows:
        tally.add_unlisted(check.name, rows[0].many - len(rows))


def _findings(check: ShardCheck, rows: list[Any], shard: int) -> Iterator[Finding]:
    for row in rows:
        values = {**row._asdict(), "shard": shard}
        yield Finding(
            promise=check.promise,
            what=check.what.format_map(values),
            where=check.where.format_map(values),
            remedy=check.remedy.format_map(_in_sql(values)),
            check=check.name,
        )


def _in_sql(values: Mapping[str, Any]) -> dict[str, Any]:
    """Remedies hold SQL that people copy: a name with a quote in it must not end the literal."""
    return {k: v.replace("'", "''") if isinstance(v, str) else v for k, v in values.items()}
