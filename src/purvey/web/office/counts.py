"""Stock > Counts: people go along the shelves with a phone, for hours; the differences are shown
first, and booked in one go. Why nothing is frozen stands in domain/counts.py."""

from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.counts import OPEN
from purvey.kit.process import Refusal
from purvey.operations.count_stock import (
    Found,
    NewCount,
    begin_counts,
    book_counts,
    drop_counts,
    note_found,
)
from purvey.queries.catalogue import list_locations
from purvey.queries.counts import (
    DIFFERENT,
    LAST,
    LISTS,
    Tally,
    count_lines,
    find_count,
    list_counts,
)
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render

PLACE, ONE = "/stock/counts", "/stock/counts/{count}"
READ, RIGHT = "stock:read", "stock:write"
ROWS = 100
MAX_SKUS = 2_000
MAX_SHELVES = 20  # of one product, added up as it is typed: 12+5
WORDS = {"different": "Differences", "left": "Not counted yet", "right": "As expected"}


@page(PLACE, right=READ)
def show_counts(request: Request, visitor: Visitor) -> Response:
    before = request.query_params.get("before", "")[:64] or LAST
    return _list(visitor, before=before)


def _list(
    visitor: Visitor,
    *,
    before: str = LAST,
    refusal: Refusal | None = None,
    form: FormData | None = None,
) -> Response:
    with visitor.reading() as sql:
        found = list_counts(sql, limit=ROWS, before=before)
        places = list_locations(sql)
    given = form or FormData()
    return render(
        visitor,
        "stock/counts.html",
        status=200 if refusal is None else 422,
        rows=found.items,
        following=f"{PLACE}?before={found.next[0]}" if found.next else "",
        choices=[(place.code, place.name) for place in places],
        names={place.code: place.name for place in places},
        given={name: text(given, name) for name in ("location", "title", "skus")},
        problems={(refusal.pointer or "").strip("/"): refusal.sentence} if refusal else {},
        may_write=visitor.may(RIGHT),
    )


@deed(PLACE, right=RIGHT)
def begin(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: location, title, skus (one a line; empty: all that has a level there)."""
    skus = [line.strip() for line in text(form, "skus").splitlines() if line.strip()]
    if len(skus) > MAX_SKUS:
        refusal = Refusal("too_many", f"Name at most {MAX_SKUS} products.", pointer="/skus")
        return _list(visitor, refusal=refusal, form=form)
    wish = NewCount(location=text(form, "location"), title=text(form, "title"), skus=tuple(skus))
    [answer] = visitor.do(begin_counts, [wish])
    if isinstance(answer, Refusal):
        return _list(visitor, refusal=answer, form=form)
    return back(f"{PLACE}/{answer.id}", told="The count is open. Others can count along.")


@page(ONE, right=READ)
def show_count(request: Request, visitor: Visitor) -> Response:
    """`list`: different, left or right; `after`: the sku that the page before ended with."""
    query = request.query_params
    kind = query.get("list", DIFFERENT)
    if kind not in LISTS:
        raise HTTPException(404, "There is no such list.")
    return _one(visitor, request.path_params["count"], kind=kind, after=query.get("after", ""))


def _one(
    visitor: Visitor,
    count_id: str,
    *,
    kind: str = DIFFERENT,
    after: str = "",
    status: int = 200,
    **shown: Any,
) -> Response:
    with visitor.reading() as sql:
        found = find_count(sql, count_id)
        if found is None:
            raise HTTPException(404, "There is no such count.")
        lines = count_lines(sql, count_id, kind, limit=ROWS, after=after)
        places = list_locations(sql)
    count, tally = found
    path = f"{PLACE}/{count_id}"
    values = {
        "count": count,
        "tally": tally,
        "path": path,
        "lines": lines.items,
        "kind": kind,
        "tabs": _tabs(path, tally, kind),
        "following": f"{path}?list={kind}&after={lines.next[0]}" if lines.next else "",
        "place": {x.code: x.name for x in places}.get(count.location, count.location),
        "may_write": visitor.may(RIGHT) and count.state == OPEN,
        "given": {},
        "problem": "",
        "stuck": (),
        "just": None,
    }
    return render(visitor, "stock/count.html", status=status, **(values | shown))


def _tabs(path: str, tally: Tally, kind: str) -> list[tuple[str, str, int, bool]]:
    sizes = {"different": tally.different, "left": tally.left, "right": tally.right}
    return [(f"{path}?list={one}", WORDS[one], n, one == kind) for one, n in sizes.items()]


@deed(ONE + "/found", right=RIGHT)
def note(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: sku, units: a number, or several added up (12+5)."""
    count_id, sku, units = request.path_params["count"], text(form, "sku").strip(), _units(form)
    given = {"sku": sku, "units": text(form, "units")}
    if units is None:
        sentence = "Units: write a whole number, or several added up, such as 12+5."
        return _one(visitor, count_id, status=422, given=given, problem=sentence)
    [answer] = visitor.do(note_found, [Found(count_id=count_id, sku=sku, units=units)])
    if isinstance(answer, Refusal):
        if answer.code == "not_found":
            raise HTTPException(404, answer.sentence)
        return _one(visitor, count_id, status=422, given=given, problem=answer.sentence)
    return _one(visitor, count_id, just=answer)


def _units(form: FormData) -> int | None:
    parts = [part.strip() for part in text(form, "units").split("+")]
    fit = all(part.isascii() and part.isdigit() and len(part) <= 9 for part in parts)
    return sum(map(int, parts)) if fit and len(parts) <= MAX_SHELVES else None


@deed(ONE + "/book", right=RIGHT)
def book(request: Request, visitor: Visitor, form: FormData) -> Response:
    count_id = request.path_params["count"]
    [answer] = visitor.do(book_counts, [count_id])
    if isinstance(answer, Refusal):
        return _refused(visitor, count_id, answer)
    if answer.stuck:
        return _one(visitor, count_id, status=409, stuck=answer.stuck)
    told = f"Booked: {answer.differences:,} of {answer.lines:,} products had a difference."
    return back(f"{PLACE}/{count_id}", told=told)


@deed(ONE + "/drop", right=RIGHT)
def drop(request: Request, visitor: Visitor, form: FormData) -> Response:
    count_id = request.path_params["count"]
    [answer] = visitor.do(drop_counts, [count_id])
    if isinstance(answer, Refusal):
        return _refused(visitor, count_id, answer)
    return back(PLACE, told="Dropped: nothing more of it is booked.")


def _refused(visitor: Visitor, count_id: str, answer: Refusal) -> Response:
    if answer.code == "not_found":
        raise HTTPException(404, answer.sentence)
    return _one(visitor, count_id, status=409, problem=answer.sentence)
