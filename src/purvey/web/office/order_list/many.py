"""One deed for many orders: what it would do to each is shown, then it is done in one go.

1. The list sends the numbers of the chosen orders, or the filters of all that are found.
2. The preview runs the deed without saving it, and shows who is refused and why.
3. Its form sends those that were not refused, each with the version that was shown. Whoever was
   changed meanwhile is refused and stands in the report; to send it twice does nothing twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.domain.waiting import waiting_for
from purvey.kit.process import Refusal
from purvey.operations.many import DEEDS, DeedForOne, do_for_many
from purvey.queries.order_choice import Found, find_ids, ids_of_numbers
from purvey.queries.orders import MAX_DIGITS, expected_for, read_orders
from purvey.storage.sql import Sql
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text, texts
from purvey.web.office.html import render
from purvey.web.office.order_list.views import asked_form

MOST = 500  # orders in one go: about a second of the database
MAX_REASON = 1_000
NEED_REASON = ("hold", "cancel")
ASSUMED = "…"  # who confirms will say why


@dataclass(frozen=True, slots=True)
class Line:
    """One order: `before`, and either `after` with what it waits for then, or why not."""

    before: Order
    after: Order | None
    sentence: str


@deed("/orders/many/preview", right="orders:write")
def preview(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: deed; order (a number, many times) or all=1; query (of the list's address)."""
    name = _deed(form)
    with visitor.reading() as sql:
        found = _chosen(sql, visitor, form)
        before = read_orders(sql, found.ids)
    if not before:
        raise HTTPException(422, "No order is chosen. Tick some, or all that are found.")
    wishes = [
        DeedForOne(order_id=id_, deed=name, reason=ASSUMED, version=before[id_].version)
        for id_ in found.ids
        if id_ in before
    ]
    lines = _lines(visitor, wishes, before=before, preview=True)
    return _page(visitor, form, lines=lines, left_out=not found.is_all)


def _deed(form: FormData) -> str:
    name = text(form, "deed")
    if name not in DEEDS:
        raise HTTPException(422, f"`deed`: choose one of {', '.join(DEEDS)}.")
    return name


def _chosen(sql: Sql, visitor: Visitor, form: FormData) -> Found:
    asked = asked_form(visitor, form)
    if text(form, "all") == "1":
        if asked.problems:
            raise HTTPException(422, asked.problems[0])
        return find_ids(sql, asked.wish, limit=MOST)
    numbers = {int(one) for one in texts(form, "order") if _is_number(one)}
    if len(numbers) > MOST:
        raise HTTPException(422, f"Choose at most {MOST} orders at once.")
    return Found(ids_of_numbers(sql, numbers), True)


def _is_number(one: str) -> bool:
    return one.isascii() and one.isdigit() and len(one) <= MAX_DIGITS


@deed("/orders/many/do", right="orders:write")
def do(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: deed, reason, one ("id version", many times), query."""
    name, reason = _deed(form), text(form, "reason").strip()[:MAX_REASON]
    versions = dict(_versions(form))
    with visitor.reading() as sql:
        before = read_orders(sql, versions)
    if not before or len(versions) > MOST:
        raise HTTPException(422, f"Choose 1 to {MOST} orders in the list.")
    lacking = name in NEED_REASON and not reason
    wishes = [
        DeedForOne(order_id=id_, deed=name, reason=reason or ASSUMED * lacking, version=version)
        for id_, version in versions.items()
        if id_ in before
    ]
    lines = _lines(visitor, wishes, before=before, preview=lacking)
    problem = "Say why: it stands in each order's history." if lacking else ""
    return _page(visitor, form, lines=lines, is_done=not lacking, problem=problem)


def _versions(form: FormData) -> Iterator[tuple[str, int]]:
    for one in texts(form, "one"):
        id_, _, version = one.partition(" ")
        if _is_number(version):
            yield id_, int(version)


def _lines(
    visitor: Visitor,
    wishes: Sequence[DeedForOne],
    *,
    before: Mapping[str, Order],
    preview: bool,
) -> list[Line]:
    """Refused ones first: they are what a person has to look at."""
    answers: list[Order | Refusal] = visitor.do(do_for_many, wishes, preview=preview)
    changed = [answer for answer in answers if isinstance(answer, Order)]
    with visitor.reading() as sql:
        expected = expected_for(sql, changed, today=visitor.house.today())
    lines = [
        Line(before[wish.order_id], None, answer.sentence)
        if isinstance(answer, Refusal)
        else Line(before[wish.order_id], answer, waiting_for(answer, expected).sentence)
        for wish, answer in zip(wishes, answers, strict=True)
    ]
    return sorted(lines, key=lambda line: line.after is not None)


WORDS: Mapping[str, tuple[str, str, str]] = {  # what it does, its button, what was done
    "approve": ("Approve orders", "Approve", "approved"),
    "hold": ("Put orders on hold", "Put on hold", "on hold now"),
    "release": ("Release holds", "Release", "released"),
    "cancel": ("Cancel orders", "Cancel", "cancelled"),
}


def _page(
    visitor: Visitor,
    form: FormData,
    *,
    lines: Sequence[Line],
    left_out: bool = False,
    is_done: bool = False,
    problem: str = "",
) -> Response:
    name = text(form, "deed")
    values: dict[str, Any] = {
        "deed": name,
        "words": WORDS[name],
        "lines": lines,
        "count": sum(line.after is not None for line in lines),
        "needs_reason": name in NEED_REASON,
        "reason": text(form, "reason"),
        "problem": problem,
        "left_out": left_out,
        "most": MOST,
        "asked": asked_form(visitor, form),
    }
    template = "order_list/report.html" if is_done else "order_list/preview.html"
    return render(visitor, template, status=422 if problem else 200, **values)
