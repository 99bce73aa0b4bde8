"""What happened: to one order, and to all of them in the order in which outsiders are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.queries.paging import Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of history. `position` is None until the dispatcher has given it one."""

    position: int | None
    order_id: str
    number: int
    version: int
    process: str
    subject_id: str
    trigger: str
    source: str
    target: str
    actor: str
    reason: str | None
    facts: str  # JSON
    at: datetime


def history_of(sql: Sql, order_id: str, *, limit: int, after: int = 0) -> Page[Event]:
    """Oldest first; `after` is a version."""
    rows = sql.rows(
        f"select {_COLUMNS} from history h join orders o on o.shard = h.shard and o.id = h.order_id"
        " where h.shard = :shard and h.order_id = :order_id and h.version > :after"
        " order by h.version limit :limit",
        order_id=order_id,
        after=after,
        limit=limit + 1,
    )
    return page_of([_event(row) for row in rows], limit, key=lambda event: (event.version,))


def events_after(sql: Sql, position: int, *, limit: int) -> Page[Event]:
    """The feed: in order of position, which has no gaps."""
    rows = sql.rows(
        f"select {_COLUMNS} from history h join orders o on o.shard = h.shard and o.id = h.order_id"
        " where h.shard = :shard and h.position > :after order by h.position limit :limit",
        after=position,
        limit=limit + 1,
    )
    return page_of([_event(row) for row in rows], limit, key=lambda event: (event.position or 0,))


_COLUMNS = (
    'h.position, h.order_id, o.number, h.version, h.process, h.subject_id, h."trigger", h.source,'
    " h.target, h.actor, h.reason, h.facts, h.at"
)


def _event(row: Any) -> Event:
    return Event(
        position=row.position,
        order_id=row.order_id,
        number=row.number,
        version=row.version,
        process=row.process,
        subject_id=row.subject_id,
        trigger=row.trigger,
        source=row.source,
        target=row.target,
        actor=row.actor,
        reason=row.reason,
        facts=row.facts,
        at=from_us(row.at),
    )
