"""What a program gave up on, or what is late: counted, and listed page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from purvey.domain.webhooks import GONE, OFF, Endpoint
from purvey.queries.alive import worker_alive
from purvey.queries.paging import MAX_PAGE, Page, page_of
from purvey.queries.problem_kinds import BY_CODE, KINDS, MESSAGES, Kind
from purvey.queries.webhooks import Health, troubled_endpoints
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, to_us

MOST = 1_000  # more are not counted
MOST_CAUSES = 20
FAILED_LONG = "it failed for five days"
LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`title`, `cause` and `detail` mean what the kind's source says; see problem_kinds.py."""

    key: str
    number: int | None
    title: str
    cause: str
    since: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Moment:
    """`today` is the shop's day: a promise ends with it."""

    now: datetime
    today: date

    @property
    def values(self) -> Mapping[str, Any]:
        return {"now": to_us(self.now), "today": self.today.isoformat()}


def count_problems(sql: Sql, moment: Moment) -> dict[str, int]:
    """By kind, each up to MOST + 1."""
    with sql.pipelined():
        asked = {kind.code: sql.ask(_count(kind), **moment.values) for kind in KINDS if kind.source}
    counts = {code: int(answer()[0].n) for code, answer in asked.items()}
    endpoints = len(troubled_endpoints(sql))
    return {kind.code: counts.get(kind.code, endpoints) for kind in KINDS}


def _count(kind: Kind) -> str:
    return f"select count(*) as n from (select 1 from ({kind.source}) x limit {MOST + 1}) y"


def list_problems(
    sql: Sql,
    code: str,
    moment: Moment,
    *,
    limit: int,
    search: str = "",
    after: tuple[str, str] = ("", ""),
) -> Page[Problem]:
    """Roughly the oldest first. `search`: an order's number, or a part of the title or cause."""
    assert 0 < limit <= MAX_PAGE
    kind = BY_CODE[code]
    if kind.source is None:
        return Page([one for one in _endpoints(sql) if search.lower() in one.title.lower()])
    place = "(x.cause, x.key) > (:day, :after)" if kind.by_day else "x.key > :after"
    order = "x.cause, x.key" if kind.by_day else "x.key"
    rows = sql.rows(
        f"select x.* from ({kind.source}) x where {place}{_matching(search)}"
        f" order by {order} limit :limit",
        **moment.values,
        day=after[0],
        after=after[1],
        limit=limit + 1,
        search=search.lower(),
        number=int(search) if _is_number(search) else None,
    )
    problems = [_problem(row) for row in rows]
    return page_of(problems, limit, key=lambda one: (one.cause if kind.by_day else "", one.key))


def _matching(search: str) -> str:
    if not search:
        return ""
    if _is_number(search):
        return " and x.number = :number"
    words = "lower(x.title || ' ' || x.cause)"
    return f" and replace({words}, :search, '') <> {words}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _problem(row: Any) -> Problem:
    return Problem(
        key=row.key,
        number=row.number,
        title=row.title or "",
        cause=row.cause or "",
        since=maybe_time(row.since),
        detail=row.detail or "",
    )


def _endpoints(sql: Sql) -> Sequence[Problem]:
    """`title` is the host (paths of hooks are often secrets), `detail` its state."""
    return [_of_endpoint(health) for health in troubled_endpoints(sql)]


def _of_endpoint(health: Health) -> Problem:
    endpoint = health.endpoint
    is_off = endpoint.state == OFF
    failed = f" {health.failed:,} failed for good." if health.failed else ""
    return Problem(
        key=endpoint.id,
        number=None,
        title=urlsplit(endpoint.url).hostname or endpoint.url,
        cause=_why(endpoint) + failed,
        since=endpoint.state_since if is_off else endpoint.failing_since,
        detail=endpoint.state,
    )


def _why(endpoint: Endpoint) -> str:
    if endpoint.state == OFF:
        gone = endpoint.off_reason == GONE
        return f"Switched off: {'its receiver says it is gone' if gone else FAILED_LONG}."
    if endpoint.failing_since is not None:
        return "The last attempts failed; it is tried again by itself."
    return "It works again, but some were never delivered."


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages of one effect that failed with the same words."""

    effect: str
    error: str
    messages: int


def causes_of_messages(sql: Sql) -> list[Cause]:
    """Of the oldest MOST messages that were given up; the commonest first."""
    rows = sql.rows(
        "select x.title, x.cause, count(*) as messages from (select m.title, m.cause from"
        f" ({BY_CODE[MESSAGES].source}) m order by m.key limit {MOST}) x"
        f" group by x.title, x.cause order by messages desc, x.title, x.cause limit {MOST_CAUSES}"
    )
    return [Cause(row.title, row.cause, row.messages) for row in rows]


def keys_with_cause(sql: Sql, effect: str, error: str, *, limit: int) -> list[str]:
    """Of messages that were given up, the oldest."""
    rows = sql.rows(
        "select key from outbox where shard = :shard and state = 'gave_up' and effect = :effect"
        " and coalesce(last_error, '') = :error order by key limit :limit",
        effect=effect,
        error=error,
        limit=limit,
    )
    return [row.key for row in rows]


@dataclass(frozen=True, slots=True)
class Worker:
    """`overdue_since`: when the oldest message became due that nobody does. None: all in time."""

    is_alive: bool
    overdue_since: datetime | None


def look_at_worker(sql: Sql, *, now: datetime) -> Worker:
    """A message behind an earlier one of its lane is not late; the earlier one is."""
    oldest = sql.scalar(
        "select o.due_at from outbox o where o.shard = :shard and o.state = 'open'"
        " and o.due_at < :late and not exists (select 1 from outbox e where e.shard = :shard"
        " and e.state = 'open' and e.lane = o.lane and e.seq < o.seq)"
        " order by o.due_at, o.key limit 1",
        late=to_us(now - LATE_AFTER),
    )
    return Worker(worker_alive(sql, now=now), maybe_time(oldest))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A webhook that came in, as it came."""

    source: str
    event_id: str
    headers: str  # JSON
    body: str
    received_at: datetime


def find_report(sql: Sql, source: str, event_id: str) -> StoredReport | None:
    row = sql.first(
        "select source, event_id, headers, body, received_at from inbox"
        " where shard = :shard and source = :source and event_id = :event_id",
        source=source,
        event_id=event_id,
    )
    if row is None:
        return None
    return StoredReport(
        source=row.source,
        event_id=row.event_id,
        headers=row.headers,
        body=row.body,
        received_at=from_us(row.received_at),
    )
