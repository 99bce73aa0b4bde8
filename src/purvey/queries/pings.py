"""What each adapter answered when somebody last asked for a sign of life."""

from dataclasses import dataclass
from datetime import datetime

from purvey.storage.sql import Sql
from purvey.storage.times import from_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    is_well: bool
    sentence: str
    actor: str
    at: datetime


def last_pings(sql: Sql) -> dict[str, Ping]:
    """By the adapter's name; there are as many as adapters."""
    rows = sql.rows(
        'select name, is_well, sentence, actor, "at" from adapter_ping where shard = :shard'
    )
    return {
        row.name: Ping(
            is_well=bool(row.is_well),
            sentence=row.sentence,
            actor=row.actor,
            at=from_us(row.at),
        )
        for row in rows
    }
