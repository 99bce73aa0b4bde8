"""Today: the flow of orders as one picture, what needs a person, and the day beside last week's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.domain.states import ReturnState
from purvey.domain.waiting import Waiting, waiting_for
from purvey.kit.process import Refusal
from purvey.operations.decide import Decision, decide
from purvey.queries.approvals import count_waiting
from purvey.queries.attention import RETURNS, needs_a_person, returns_that_wait
from purvey.queries.day import Day, read_day
from purvey.queries.flow import read_flow
from purvey.queries.orders import expected_for, find_order_id, read_orders
from purvey.queries.problem_kinds import BACK, KINDS, LOST, STUCK
from purvey.queries.problems import Moment, count_problems
from purvey.storage.sql import Sql
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.plots import Plot, two_days
from purvey.wiring import House

SHOWN = 8  # orders that need a person; the list of orders has them all
WEEK = timedelta(days=7)


@page("/", right="orders:read")
def show_today(request: Request, visitor: Visitor) -> Response:
    """With `HX-Request` the same without the frame: the page asks again when something happens."""
    part = "today_part.html" if request.headers.get("hx-request") else "today.html"
    return render(visitor, part, **_what_is(visitor))


def _what_is(visitor: Visitor) -> dict[str, Any]:
    now, today = visitor.house.clock(), visitor.house.today()
    with visitor.reading() as sql:
        days = _days(sql, visitor, now)
        attention = needs_a_person(sql, limit=SHOWN)
        return {
            "stages": read_flow(sql, now=now),
            "attention": attention,
            "cases": _cases(sql, attention.ids, today=today),
            "may_decide": visitor.may("orders:write"),
            "approvals": count_waiting(sql, now=now),
            "returns": _returns(sql) if visitor.may("returns:read") else [],
            "problems": _problems(sql, Moment(now, today)),
            "days": days,
        }


def _zone(visitor: Visitor) -> ZoneInfo:
    return ZoneInfo(visitor.house.settings.time_zone)


def _problems(sql: Sql, moment: Moment) -> list[tuple[str, int, str]]:
    """Words, how many, and where they are; orders that need a person are shown themselves."""
    counts = count_problems(sql, moment)
    return [
        (kind.label, counts[kind.code], f"/problems?kind={kind.code}")
        for kind in KINDS
        if counts[kind.code] and kind.code not in (BACK, LOST, STUCK)
    ]


RETURNS_WAIT = {
    ReturnState.REQUESTED: ("return waits for an answer", "returns wait for an answer"),
    ReturnState.RECEIVED: ("return is here to be inspected", "returns are here to be inspected"),
    ReturnState.INSPECTED: ("return waits to be settled", "returns wait to be settled"),
}


def _returns(sql: Sql) -> list[tuple[str, str]]:
    """What waits, and where it is."""
    counts = returns_that_wait(sql)
    return [
        (f"{counts[state]:,} {RETURNS_WAIT[state][counts[state] > 1]}", f"/returns?state={state}")
        for state in RETURNS
        if state in counts
    ]


@dataclass(frozen=True, slots=True)
class Days:
    today: Day
    before: Day
    weekday: str
    plot: Plot


_last_week: WeakKeyDictionary[House, tuple[datetime, Day]] = WeakKeyDictionary()


def _days(sql: Sql, visitor: Visitor, now: datetime) -> Days:
    """Today so far, and the same weekday a week ago up to the same minute. That one is read once a
    minute for all who look: next to nothing changes in it."""
    zone = _zone(visitor)
    local = now.astimezone(zone)
    today = _day(sql, visitor, day=local.date(), until=local.time(), zone=zone)
    minute = (local - WEEK).replace(second=0, microsecond=0)
    known = _last_week.get(visitor.house)
    if known is None or known[0] != minute:
        then = _day(sql, visitor, day=minute.date(), until=minute.time(), zone=zone)
        known = _last_week[visitor.house] = (minute, then)
    before = known[1]
    return Days(today, before, f"{local - WEEK:%A}", two_days(today.by_hour, before.by_hour))


def _day(sql: Sql, visitor: Visitor, *, day: date, until: time, zone: ZoneInfo) -> Day:
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day, until.replace(tzinfo=None), zone)
    currency = visitor.house.settings.currency
    return read_day(sql, start=start, end=max(end, start), day=day, currency=currency)


@dataclass(frozen=True, slots=True)
class Case:
    """An order that needs a person, and the sentence that says why."""

    order: Order
    waiting: Waiting


def _cases(sql: Sql, ids: Any, *, today: date) -> list[Case]:
    orders: Mapping[str, Order] = read_orders(sql, ids)
    expected = expected_for(sql, orders.values(), today=today)
    found = [orders[id_] for id_ in ids if id_ in orders]
    return [Case(order, waiting_for(order, expected)) for order in found]


@deed("/today/{number}/approve", right="orders:write")
def approve(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: version, of the order as it was shown: nobody approves what they have not seen."""
    number = request.path_params["number"]
    with visitor.reading() as sql:
        order_id = find_order_id(sql, number)
    if order_id is None:
        raise HTTPException(404, "There is no such order.")
    version = text(form, "version")
    wish = Decision(
        order_id=order_id,
        trigger="approve",
        version=int(version) if version.isascii() and version.isdigit() else None,
    )
    [answer] = visitor.do(decide, [wish])
    if isinstance(answer, Refusal):
        raise HTTPException(409, f"Order {number}: {answer.sentence}")
    return back("/", told=f"Order {number} is approved.")
