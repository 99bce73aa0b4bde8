"""Which orders have changed since somebody looked, for pages that are open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from purvey.storage.sql import Sql
from purvey.storage.times import to_us

MOST_ROWS = 2_000  # of the feed at one look; older news is left out, the newest is never
MOST_NUMBERS = 200
LOOK_BACK = timedelta(seconds=5)  # between a page's making and its first question


@dataclass(frozen=True, slots=True)
class Changes:
    """To ask again with. `position`: of the feed; `noted`: the notes of the last seconds, which
    are no events. `numbers`: of orders."""

    position: int
    numbers: list[int]
    noted: frozenset[str] = frozenset()


def changes_after(sql: Sql, seen: Changes, *, now: datetime) -> Changes:
    last, numbers = _last(sql), list[int]()
    if last > seen.position:
        numbers = _numbers(sql, after=max(seen.position, last - MOST_ROWS), since=0)
    notes = _noted(sql, now)
    numbers += [number for id_, number in notes.items() if id_ not in seen.noted]
    return Changes(last, numbers, frozenset(notes))


def latest_changes(sql: Sql, *, now: datetime) -> Changes:
    """Of the last seconds: what a page that was just made may not know yet."""
    last, notes = _last(sql), _noted(sql, now)
    numbers = _numbers(sql, after=last - MOST_NUMBERS, since=to_us(now - LOOK_BACK))
    return Changes(last, [*numbers, *notes.values()], frozenset(notes))


def _noted(sql: Sql, now: datetime) -> dict[str, int]:
    """The order's number by the note's id."""
    since = to_us(now - LOOK_BACK)
    rows = sql.rows(_NOTED, since=since, limit=MOST_NUMBERS)
    return {row.id: row.number for row in rows}


def _last(sql: Sql) -> int:
    return int(sql.scalar(_LAST) or 1) - 1


def _numbers(sql: Sql, *, after: int, since: int) -> list[int]:
    rows = sql.rows(_NUMBERS, after=after, since=since, limit=MOST_NUMBERS)
    return [row.number for row in rows]


_NOTED = (
    "select n.id, o.number from order_note n join orders o on o.shard = n.shard"
    " and o.id = n.order_id where n.shard = :shard and n.at >= :since"
    " order by n.at desc limit :limit"
)
_LAST = "select next from counter where shard = :shard and name = 'event_position'"
_NUMBERS = (
    "select distinct o.number from history h join orders o on o.shard = h.shard"
    " and o.id = h.order_id where h.shard = :shard and h.position > :after and h.at >= :since"
    " order by o.number desc limit :limit"
)
