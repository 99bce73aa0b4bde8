"""Returns: who waits for what, and one return with all that can be done about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order, Return, ReturnLine
from purvey.domain.returns import OPEN, quantities, waiting_for_return, worth
from purvey.domain.states import ReturnState
from purvey.kit.process import Refusal
from purvey.queries.catalogue import list_locations
from purvey.queries.order_parts import PartOf, PartWish, find_returned, list_returns
from purvey.queries.returns import allowed_for_return, count_returns
from purvey.web.office.door import Visitor, page
from purvey.web.office.forms import text
from purvey.web.office.html import render

PLACE, ONE = "/returns", "/returns/{returned}"
ROWS = 50
MAX_ROWS = 100  # of the form of an inspection
CONDITIONS = (
    ("as_new", "as new"),
    ("opened", "opened or used"),
    ("damaged", "damaged"),
    ("missing", "missing: it did not come"),
)
DISPOSITIONS = (
    ("restock", "back on the shelf"),
    ("scrap", "taken back, not sold again"),
    ("send_back", "back to the customer, no refund"),
    ("nothing", "nothing: it is missing"),
)


@page(PLACE, right="returns:read")
def show_returns(request: Request, visitor: Visitor) -> Response:
    """`state`: only these; `before`: the id that the page before ended with."""
    state = request.query_params.get("state", "")
    if state and state not in set(ReturnState):
        raise HTTPException(404, "There is no such state of a return.")
    before = request.query_params.get("before", "")[:64].replace("\0", "") or None
    with visitor.reading() as sql:
        counts = count_returns(sql)
        found = list_returns(sql, PartWish(state=state or None), limit=ROWS, before=before)
    following = f"{PLACE}?state={state}&before={found.next[0]}" if found.next else ""
    return render(
        visitor,
        "returns.html",
        tabs=list(_tabs(counts, state)),
        rows=[(one, _sentence(visitor, one)) for one in found.items],
        open_ones=sum(counts.get(state, 0) for state in OPEN),
        following=following,
        names=lambda one: {line.no: line.name for line in one.order.lines},
    )


def _tabs(counts: Mapping[str, int], chosen: str) -> Iterator[tuple[str, str, int, bool]]:
    yield PLACE, "All", sum(counts.values()), not chosen
    for state in ReturnState:
        if counts.get(state) or state == chosen:
            shown = f"{PLACE}?state={state}"
            yield shown, state.capitalize(), counts.get(state, 0), state == chosen


def _sentence(visitor: Visitor, one: PartOf[Return]) -> str:
    return waiting_for_return(one.order, one.part, policies=visitor.house.policies).sentence


@page(ONE, right="returns:read")
def show_return(request: Request, visitor: Visitor) -> Response:
    return return_page(visitor, request.path_params["returned"])


def return_page(
    visitor: Visitor,
    return_id: str,
    *,
    refusal: Refusal | None = None,
    form: FormData | None = None,
) -> Response:
    """`refusal`: why what `form` asked for was not done. What was typed stays."""
    with visitor.reading() as sql:
        found = find_returned(sql, return_id)
        places = list_locations(sql)
    if found is None:
        raise HTTPException(404, "There is no such return.")
    order, returned, policies = found.order, found.part, visitor.house.policies
    given = form or FormData()
    status = 200 if refusal is None else (409 if not refusal.pointer else 422)
    return render(
        visitor,
        "return.html",
        status=status,
        order=order,
        returned=returned,
        lines={line.no: line for line in order.lines},
        sentence=_sentence(visitor, found),
        allowed=allowed_for_return(order, returned) if visitor.may("returns:write") else [],
        gets=worth(order, returned, policies=policies),
        by_hand=any(x.method != "gateway" and x.received > 0 for x in order.payments),
        places=[(place.code, place.name) for place in places],
        rows=inspection_rows(order, returned, given=given),
        conditions=CONDITIONS,
        dispositions=DISPOSITIONS,
        instructions=text(given, "instructions") or policies.return_instructions,
        reason=text(given, "reason"),
        problem=refusal.sentence if refusal else "",
        needs_approval=refusal is not None and refusal.code == "approval_needed",
    )


def inspection_rows(order: Order, returned: Return, *, given: FormData) -> list[dict[str, Any]]:
    """What was found so far, and for each line of the order a free row for units that differ."""
    names = {line.no: line.name for line in order.lines}
    rows = [_row(line, names) for line in returned.lines]
    firsts = {line.no: line for line in reversed(returned.lines)}
    rows += [
        {**_row(firsts[no], names), "quantity": "", "condition": "damaged", "disposition": "scrap"}
        for no, units in quantities(returned.lines).items()
        if units > 1
    ]
    rows.sort(key=lambda row: row["no"])  # a free row stands behind those of its line
    fields = ("quantity", "condition", "disposition", "percent")
    for at, row in enumerate(rows[:MAX_ROWS]):
        row.update(
            {name: text(given, f"{name}_{at}") for name in fields if f"{name}_{at}" in given}
        )
    return rows[:MAX_ROWS]


def _row(line: ReturnLine, names: Mapping[int, str]) -> dict[str, Any]:
    judged = line.disposition is not None
    return {
        "no": line.no,
        "name": names[line.no],
        "quantity": str(line.quantity),
        "condition": line.condition or "as_new",
        "disposition": line.disposition or "restock",
        "percent": str(line.percent if judged else 100),
    }
