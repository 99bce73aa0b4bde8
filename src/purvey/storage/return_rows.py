"""Returns as rows and back. Orders that have none are never asked for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from purvey.domain.order import Order, Return, ReturnLine
from purvey.domain.states import ReturnState
from purvey.kit.frozen import evolve
from purvey.storage import return_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us


def with_returns(sql: Sql, orders: Mapping[str, Order], ids: Collection[str]) -> dict[str, Order]:
    """The orders, those of `ids` with their returns: two statements, or none."""
    if not ids:
        return dict(orders)
    with sql.pipelined():
        heads = sql.ask(_RETURNS, ids=sorted(ids))
        inside = sql.ask(_LINES, ids=sorted(ids))
    lines: dict[str, list[ReturnLine]] = defaultdict(list)
    for row in inside():
        lines[row.return_id].append(_line_of(row))
    found: dict[str, list[Return]] = defaultdict(list)
    for row in heads():
        found[row.order_id].append(_return_of(row, tuple(lines[row.id])))
    return {**orders, **{x: evolve(orders[x], returns=tuple(found[x])) for x in ids}}


def save_returns(sql: Sql, pairs: Iterable[tuple[Order | None, Order]]) -> None:
    """Write those that changed. A line that is not there any more is kept with no units in it."""
    changed = [
        (order.id, before.get(x.id), x)
        for was, order in pairs
        if order.returns
        for before in ({} if was is None else {y.id: y for y in was.returns},)
        for x in order.returns
        if x != before.get(x.id)
    ]
    sql.upsert(return_tables.returns, [_row(order_id, x) for order_id, _, x in changed])
    rows = [row for order_id, was, x in changed for row in _line_rows(order_id, was, x)]
    sql.upsert(return_tables.return_line, rows)


def _row(order_id: str, x: Return) -> tuple[Any, ...]:
    what = (order_id, x.id, x.state, to_us(x.requested_at), to_us(x.state_since), x.asked_by)
    said = (x.note, x.late_reason, x.decision, x.instructions, maybe_us(x.send_by), x.location)
    return (*what, *said, x.refund, x.shipping_refund, x.given_before)


def _line_rows(order_id: str, was: Return | None, now: Return) -> list[tuple[Any, ...]]:
    if was is not None and was.lines == now.lines:
        return []
    gone = was.lines[len(now.lines) :] if was is not None else ()
    lines = (*now.lines, *(evolve(line, quantity=0) for line in gone))
    return [_line_row(order_id, now.id, at, line) for at, line in enumerate(lines, 1)]


def _line_row(order_id: str, return_id: str, at: int, x: ReturnLine) -> tuple[Any, ...]:
    what = (order_id, return_id, at, x.no, x.quantity, x.reason, x.note)
    return (*what, x.condition, x.disposition, x.percent, x.refund)


def _return_of(row: Any, lines: Sequence[ReturnLine]) -> Return:
    return Return(
        id=row.id,
        state=ReturnState(row.state),
        lines=tuple(lines),
        requested_at=from_us(row.requested_at),
        state_since=from_us(row.state_since),
        asked_by=row.asked_by,
        note=row.note,
        late_reason=row.late_reason,
        decision=row.decision,
        instructions=row.instructions,
        send_by=maybe_time(row.send_by),
        location=row.location,
        refund=row.refund,
        shipping_refund=row.shipping_refund,
        given_before=row.given_before,
    )


def _line_of(row: Any) -> ReturnLine:
    return ReturnLine(
        no=row.no,
        quantity=row.quantity,
        reason=row.reason,
        note=row.note,
        condition=row.condition,
        disposition=row.disposition,
        percent=row.percent,
        refund=row.refund,
    )


_RETURNS = """
select order_id, id, state, requested_at, state_since, asked_by, note, late_reason, decision,
       instructions, send_by, location, refund, shipping_refund, given_before
  from returns where shard = :shard and order_id = any(:ids) order by order_id, id
"""
_LINES = """
select return_id, no, quantity, reason, note, condition, disposition, percent, refund
  from return_line where shard = :shard and order_id = any(:ids) and quantity > 0
 order by order_id, return_id, position
"""
