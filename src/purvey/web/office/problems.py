"""Problems: everything that a program gave up on or that is late, with what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.queries.problem_kinds import BY_CODE, INBOX_EFFECT, KINDS, MESSAGES
from purvey.queries.problems import (
    MOST,
    Cause,
    Moment,
    Problem,
    causes_of_messages,
    count_problems,
    find_report,
    list_problems,
    look_at_worker,
)
from purvey.storage.sql import Sql
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import render
from purvey.web.office.problem_words import EXPLAINED, Said, right_for, said, title_of

PLACE = "/problems"
ROWS, FEW = 50, 5
MAX_SEARCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One kind with what is shown of it. `more`: where the rest is."""

    code: str
    label: str
    about: str
    count: int
    rows: list[tuple[Problem, Said]]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`kind` empty: a few of each. `after`: the day and the key that the page before ended with."""

    kind: str
    search: str
    after: tuple[str, str]

    def address(self, **place: str) -> str:
        return f"{PLACE}?{urlencode({'kind': self.kind, 'q': self.search, **place})}"


@page(PLACE, right="orders:read")
def show_problems(request: Request, visitor: Visitor) -> Response:
    """With `HX-Request` the list alone: it is asked for again when something happens."""
    query = request.query_params
    wish = Wish(
        kind=query.get("kind", ""),
        search=query.get("q", "").strip()[:MAX_SEARCH],
        after=(query.get("day", ""), query.get("after", "")),
    )
    if wish.kind and wish.kind not in BY_CODE:
        raise HTTPException(404, "There is no such list of problems.")
    part = "problems_part.html" if request.headers.get("hx-request") else "problems.html"
    return render(visitor, part, **_values(visitor, wish))


def moment_of(visitor: Visitor) -> Moment:
    return Moment(visitor.house.clock(), visitor.house.today())


def _values(visitor: Visitor, wish: Wish) -> Mapping[str, Any]:
    moment = moment_of(visitor)
    with visitor.reading() as sql:
        counts = count_problems(sql, moment)
        worker = look_at_worker(sql, now=moment.now)
        shown = [wish.kind] if wish.kind else [code for code in counts if counts[code]]
        groups = [_group(sql, wish, moment, code=code, count=counts[code]) for code in shown]
        causes = _causes(sql) if counts[MESSAGES] and wish.kind in ("", MESSAGES) else []
    return {
        "place": PLACE,
        "kind": wish.kind,
        "search": wish.search,
        "here_is": wish.address(day=wish.after[0], after=wish.after[1]),
        "tabs": _tabs(wish.kind, counts),
        "most": MOST,
        "worker": worker,
        "groups": [one for one in groups if one.rows or not wish.search],
        "causes": causes,
        "title_of": title_of,
        "right_for": right_for,
        "inbox": INBOX_EFFECT,
    }


def _causes(sql: Sql) -> list[Cause]:
    return [cause for cause in causes_of_messages(sql) if cause.messages > 1]


def _tabs(code: str, counts: Mapping[str, int]) -> list[tuple[str, str, int | None, bool]]:
    """All, and the kinds that there are; the chosen one in any case."""
    tabs: list[tuple[str, str, int | None, bool]] = [(PLACE, "All", sum(counts.values()), not code)]
    return tabs + [
        (f"{PLACE}?kind={one.code}", one.label, counts[one.code], one.code == code)
        for one in KINDS
        if counts[one.code] or one.code == code
    ]


def _group(sql: Sql, wish: Wish, moment: Moment, *, code: str, count: int) -> Group:
    whole = bool(wish.kind)
    found = list_problems(
        sql,
        code,
        moment,
        limit=ROWS if whole else FEW,
        search=wish.search,
        after=wish.after if whole else ("", ""),
    )
    more = ""
    if found.next is not None:
        day, after = map(str, found.next)
        more = wish.address(day=day, after=after) if whole else wish.address(kind=code)
    return Group(
        code=code,
        label=BY_CODE[code].label,
        about=EXPLAINED[code],
        count=count,
        rows=[(one, said(code, one, today=moment.today)) for one in found.items],
        more=more,
    )


@page(PLACE + "/report", right="payments:read")
def show_report(request: Request, visitor: Visitor) -> Response:
    """`key` of the message that could not be processed: inbox:SOURCE:EVENT."""
    key = request.query_params.get("key", "")
    source, _, event_id = key.partition(":")[2].partition(":")
    with visitor.reading() as sql:
        report = find_report(sql, source, event_id)
    if report is None:
        raise HTTPException(404, "There is no such report; old ones are removed.")
    return render(visitor, "problem_report.html", report=report, key=key, place=PLACE)
