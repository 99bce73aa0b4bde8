"""Returns: asked for, decided, taken in, inspected, settled."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Response

from purvey.domain.money import BadAmount, to_minor
from purvey.domain.order import Order, Return
from purvey.domain.states import ReturnState
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.inspect_returns import Inspection, inspect_returns
from purvey.operations.request_returns import ReturnWish, request_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.queries.order_parts import PartOf, PartWish, find_returned, list_returns
from purvey.queries.orders import find_order_id
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Changer, Json, Reply, accepted, posts, reads
from purvey.web.api.documented import API, Name, Word, shows
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.api.return_json import return_json
from purvey.web.api.return_shapes import (
    ArrivedIn,
    DecisionIn,
    InspectionIn,
    ReturnIn,
    ReturnOut,
    SettlementIn,
)
from purvey.web.bodies import StrictRoute
from purvey.web.problems import error_at, not_found, of_fields

router = APIRouter(prefix=f"{API}/returns", tags=["returns"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("returns:read")]
Writer = Annotated[Changer, posts("returns:write")]
Trigger = Literal["approve", "refuse", "withdraw"]
LATE = "returns:late"
Answers = list[tuple[Order, Return] | Refusal]


@router.get("", **shows(PageOf[ReturnOut]))
def show_returns(
    *,
    caller: Reader,
    state: ReturnState | None = None,
    order: Word = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Newest first. `order`: id or number."""
    after = read_cursor(cursor, (str,))
    before = str(after[0]) if after else None
    with caller.reading() as sql:
        wish = PartWish(state=state, order=order)
        page = list_returns(sql, wish, limit=limit, before=before)
    shown = [_json(caller, found.order, found.part) for found in page.items]
    return list_reply(shown, page.next).response


@router.get("/{returned}", **shows(ReturnOut))
def show_return(*, returned: Name, caller: Reader) -> Response:
    """The ETag is the version of its order."""
    with caller.reading() as sql:
        found = _found(sql, returned)
    return Reply(_json(caller, found.order, found.part)).response


@router.post("", **shows(ReturnOut, 201))
def ask_for_return(*, caller: Writer, body: ReturnIn) -> Response:
    """Only what was delivered and has not come back, within the shop's time: what comes later needs
    the scope `returns:late` and a reason. With `arrived` the goods are here already, whoever asked
    or did not: then nothing can be refused but what never left."""

    def work(tx: SqlTransaction, act: Act) -> Reply:
        order_id = find_order_id(tx.sql, body.order)
        if order_id is None:
            sentence = "There is no such order."
            raise of_fields([error_at("/order", code="no_such_order", detail=sentence)])
        caller.check_version(tx, act, order_id=order_id)
        order, returned = accepted(_asked(tx, act, caller, body, order_id))
        return Reply(_json(caller, order, returned), 201)

    return caller.change(work)


def _asked(
    tx: SqlTransaction, act: Act, caller: Changer, body: ReturnIn, order_id: str
) -> tuple[Order, Return] | Refusal:
    if body.arrived:
        parcel = ReturnedParcel(
            order_id=order_id, lines=body.wanted, location=body.location, note=body.note or ""
        )
        return take_returns(tx, [parcel], act=act)[0]
    wish = ReturnWish(
        order_id=order_id,
        lines=body.wanted,
        note=body.note or "",
        late_reason=body.late_reason,
        may_be_late=caller.key.may(LATE),
    )
    return request_returns(tx, [wish], act=act)[0]


@router.post("/{returned}/parcel_returned", **shows(ReturnOut))
def take_parcel(*, returned: Name, caller: Writer, body: ArrivedIn | None = None) -> Response:
    """The goods are here. It cannot be refused; told twice it counts once."""
    place = body.location if body else None
    parcel = ReturnedParcel(return_id=returned, location=place)
    return _change(caller, returned, lambda tx, act: take_returns(tx, [parcel], act=act))


@router.post("/{returned}/inspect", **shows(ReturnOut))
def inspect_return(*, returned: Name, caller: Writer, body: InspectionIn) -> Response:
    """Say of every unit what it is like and what becomes of it; "missing" is what did not come.
    Until it is settled it may be inspected again: the last word counts."""
    wish = Inspection(return_id=returned, lines=body.found, location=body.location)
    return _change(caller, returned, lambda tx, act: inspect_returns(tx, [wish], act=act))


@router.post("/{returned}/settle", **shows(ReturnOut))
def settle_return(*, returned: Name, caller: Writer, body: SettlementIn | None = None) -> Response:
    """Stock comes back to its shelf, and what the units are worth to the customer. Give `amount` as
    it was shown, and nothing is done when it is another one by now."""
    body = body or SettlementIn()

    def work(tx: SqlTransaction, act: Act) -> Answers:
        wish = SettleReturn(
            return_id=returned,
            location=body.location,
            amount=_minor(body.amount, _found(tx.sql, returned).order.currency),
            paid_out=body.paid_out,
        )
        return settle_returns(tx, [wish], act=act)

    return _change(caller, returned, work)


@router.post("/{returned}/{trigger}", **shows(ReturnOut))
def decide_return(
    *, returned: Name, trigger: Trigger, caller: Writer, body: DecisionIn | None = None
) -> Response:
    """Decide about a return before its goods are here; refuse also those that were inspected."""
    body = body or DecisionIn()
    decision = ReturnDecision(
        return_id=returned,
        trigger=trigger,
        reason=body.reason,
        instructions=body.instructions,
    )
    return _change(caller, returned, lambda tx, act: decide_returns(tx, [decision], act=act))


def _change(caller: Changer, name: str, work: Callable[[SqlTransaction, Act], Answers]) -> Response:
    def run(tx: SqlTransaction, act: Act) -> Reply:
        caller.check_version(tx, act, order_id=_found(tx.sql, name).order.id)
        order, returned = accepted(work(tx, act)[0])
        return Reply(_json(caller, order, returned))

    return caller.change(run)


def _found(sql: Sql, return_id: str) -> PartOf[Return]:
    found = find_returned(sql, return_id)
    if found is None:
        raise not_found("return")
    return found


def _json(caller: Caller, order: Order, returned: Return) -> Json:
    return return_json(order, returned, policies=caller.house.policies)


def _minor(text: str | None, currency: str) -> int | None:
    try:
        return None if text is None else to_minor(text, currency)
    except BadAmount as error:
        raise of_fields([error_at("/amount", code="bad_amount", detail=str(error))]) from None
