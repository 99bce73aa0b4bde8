"""The flow of orders as one picture: what stands in each stage, for how long, and how fast it goes.

Counts come from the waiting codes of open orders, the pace from the newest steps of the feed. Both
cost the same however many orders there are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

HOUR = timedelta(hours=1)
HOUR_US = HOUR // timedelta(microseconds=1)
LATEST_STEPS = 10_000  # that the pace is taken from; in a busy shop they span less than an hour
FEW = 3  # so few orders are no queue


@dataclass(frozen=True, slots=True)
class Kind:
    """A stage: the waiting codes in it, and the steps (process, state) into it and out of it."""

    code: str
    label: str
    codes: tuple[str, ...]
    enters: tuple[str, str]
    leaves: tuple[str, str]
    is_work: bool = True


KINDS = (
    Kind("review", "Review", ("review", "decision"), ("order", "in_review"),
         ("order", "in_review")),
    Kind("stock", "Stock", ("stock",), ("order", "backordered"), ("order", "backordered")),
    Kind(
        "payment",
        "Payment",
        ("payment", "bank_transfer", "cash", "customer", "payment_stuck", "payment_unknown",
         "payment_declined"),
        ("order", "reserved"),
        ("order", "reserved"),
    ),
    Kind("pick", "Pick", ("pick", "plan", "hold"), ("order", "ready"), ("shipment", "planned")),
    Kind("pack", "Pack", ("pack",), ("shipment", "picking"), ("shipment", "picking")),
    Kind("hand_over", "Hand over", ("hand_over", "label"), ("shipment", "packed"),
         ("shipment", "packed")),
    Kind("delivery", "On the way", ("delivery", "lost_parcel", "returned_parcel"),
         ("shipment", "handed_over"), ("order", "shipped"), is_work=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`code` is the waiting code that most of its orders have. Paces are orders an hour."""

    kind: Kind
    code: str
    orders: int
    oldest: datetime | None
    entering: float
    leaving: float
    is_bottleneck: bool = False

    @property
    def hours_to_clear(self) -> float | None:
        """At the pace of the last hour; None when nothing leaves."""
        return self.orders / self.leaving if self.leaving else None


@dataclass(frozen=True, slots=True)
class _Queue:
    code: str
    orders: int
    since: int


def read_flow(sql: Sql, *, now: datetime) -> list[Stage]:
    queues = {queue.code: queue for queue in _queues(sql)}
    into, out_of = _paces(sql, now=now)
    stages = [_stage(kind, queues, into, out_of) for kind in KINDS]
    worst = _bottleneck(stages)
    return [replace(stage, is_bottleneck=stage is worst) for stage in stages]


def _queues(sql: Sql) -> list[_Queue]:
    """The first of each code by id was received first; how long it waits is its own `since`."""
    rows = sql.rows(
        "select w.waiting_code, w.orders, o.state_since from (select waiting_code,"
        " count(*) as orders, min(id) as oldest from orders where shard = :shard"
        " and waiting_code = any(:codes) group by waiting_code) w"
        " join orders o on o.shard = :shard and o.id = w.oldest",
        codes=[code for kind in KINDS for code in kind.codes],
    )
    return [_Queue(row.waiting_code, row.orders, row.state_since) for row in rows]


def _paces(
    sql: Sql, *, now: datetime
) -> tuple[Mapping[tuple[str, str], float], Mapping[tuple[str, str], float]]:
    """Steps an hour into each (process, state), and out of it."""
    last = int(sql.scalar(_LAST) or 1) - 1
    since, first = to_us(now - HOUR), last - LATEST_STEPS
    begun = sql.scalar(_BEGUN, first=first + 1)
    hours = max(to_us(now) - max(since, begun or 0), 1) / HOUR_US
    into: Counter[tuple[str, str]] = Counter()
    out_of: Counter[tuple[str, str]] = Counter()
    for row in sql.rows(_STEPS, first=first, since=since):
        into[row.process, row.target] += row.steps
        out_of[row.process, row.source] += row.steps
    return (
        {state: steps / hours for state, steps in into.items()},
        {state: steps / hours for state, steps in out_of.items()},
    )


_LAST = "select next from counter where shard = :shard and name = 'event_position'"
_BEGUN = "select at from history where shard = :shard and position = :first"
_STEPS = (
    "select process, source, target, count(*) as steps from history where shard = :shard"
    " and position > :first and at >= :since and source <> target group by process, source, target"
)


def _stage(
    kind: Kind,
    queues: Mapping[str, _Queue],
    into: Mapping[tuple[str, str], float],
    out_of: Mapping[tuple[str, str], float],
) -> Stage:
    mine = [queues[code] for code in kind.codes if code in queues]
    return Stage(
        kind=kind,
        code=max(mine, key=lambda queue: queue.orders).code if mine else kind.code,
        orders=sum(queue.orders for queue in mine),
        oldest=from_us(min(queue.since for queue in mine)) if mine else None,
        entering=into.get(kind.enters, 0.0),
        leaving=out_of.get(kind.leaves, 0.0),
    )


def _bottleneck(stages: Sequence[Stage]) -> Stage | None:
    """The work that takes longest to clear at its own pace; first what does not move at all."""
    queues = [stage for stage in stages if stage.kind.is_work and stage.orders >= FEW]
    return max(queues, key=_slowness, default=None)


def _slowness(stage: Stage) -> tuple[bool, float]:
    hours = stage.hours_to_clear
    return (True, float(stage.orders)) if hours is None else (False, hours)
