"""What happened: to one order, and to all of them in the order in which outsiders are told."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.kit.json_text import time_text
from purvey.operations.event_types import event_id, event_type
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

    @property
    def type(self) -> str:
        return event_type(
            process=self.process, trigger=self.trigger, source=self.source, target=self.target
        )


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


def latest_history(
    sql: Sql, order_id: str, *, limit: int, before: int | None = None
) -> Page[Event]:
    """Newest first; `before` is the version that the page before ended with."""
    older = "" if before is None else " and h.version < :before"
    rows = sql.rows(
        f"select {_COLUMNS} from history h join orders o on o.shard = h.shard and o.id = h.order_id"
        f" where h.shard = :shard and h.order_id = :order_id{older}"
        " order by h.version desc limit :limit",
        order_id=order_id,
        before=before,
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


def events_at(sql: Sql, positions: Collection[int]) -> dict[int, Event]:
    """The events of these positions."""
    rows = sql.rows(
        f"select {_COLUMNS} from history h join orders o on o.shard = h.shard and o.id = h.order_id"
        " where h.shard = :shard and h.position = any(:positions)",
        positions=sorted(positions),
    )
    return {row.position: _event(row) for row in rows}


def event_json(event: Event) -> dict[str, Any]:
    """As the feed and webhooks tell it."""
    return {
        "id": event_id(event.order_id, event.version),
        "type": event.type,
        "position": event.position,
        "order_id": event.order_id,
        "order_number": str(event.number),
        "version": event.version,
        "process": event.process,
        "subject_id": event.subject_id,
        "trigger": event.trigger,
        "source": event.source,
        "target": event.target,
        "actor": event.actor,
        "reason": event.reason,
        "facts": json.loads(event.facts),
        "at": time_text(event.at),
    }


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
