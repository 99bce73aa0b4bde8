"""What was done to people, keys and settings: the latest first."""

from typing import Any

from purvey.ports.people import Note
from purvey.queries.paging import MAX_PAGE
from purvey.storage.sql import Sql
from purvey.storage.times import from_us


def read_journal(sql: Sql, *, limit: int, before: str | None = None) -> list[Note]:
    """`before`: the id that the page before ended with."""
    assert 0 < limit <= MAX_PAGE
    older = "" if before is None else " and id < :before"
    rows = sql.rows(
        'select id, "at", actor, deed, subject, detail from journal'
        f" where shard = :shard{older} order by id desc limit :limit",
        before=before,
        limit=limit,
    )
    return [_note(row) for row in rows]


def _note(row: Any) -> Note:
    return Note(
        id=row.id,
        at=from_us(row.at),
        actor=row.actor,
        deed=row.deed,
        subject=row.subject,
        detail=row.detail,
    )
