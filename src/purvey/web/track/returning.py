"""A customer asks to return goods: which units and why; what that comes to; asked. Or keeps them.

As from the shop's people, with the same limits; what comes too late is a matter for a manager.
"""

from collections.abc import Mapping

from starlette.responses import Response

from purvey.domain.order import Line, Order
from purvey.domain.returns import REASONS, returnable
from purvey.kit.process import Refusal
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.web.track.shown import may_return, may_withdraw
from purvey.web.track.tracking import Visit
from purvey.web.track.words import words

ACTOR = "customer"
MAX_LINES = 200  # of an order that the page offers
SAID_BY_CUSTOMERS = tuple(reason for reason in REASONS if reason != "undeliverable")


def ask_for_return(visit: Visit, order: Order) -> Response:
    """Three pages: the units; what they are; done."""
    house = visit.house
    if not may_return(order, policies=house.policies, now=house.clock()):
        return visit.back("too_late")
    most = returnable(order)
    lines = [line for line in order.lines if line.no in most][:MAX_LINES]
    given = _given(visit, lines)
    faults = _faults(visit, order, given, most) if visit.is_sent else []
    if not visit.is_sent or faults or visit.form.get("step") == "again":
        return _choice(visit, order, lines, faults)
    wish = ReturnWish(
        order_id=order.id,
        lines=[Wanted(no=no, quantity=int(n), reason=_reason(visit)) for no, n in given.items()],
        version=order.version,
    )
    sure = visit.form.get("step") == "confirm"
    (answer,) = house.do(request_returns, [wish], actor=ACTOR, preview=not sure)
    if isinstance(answer, Refusal):
        return visit.back("too_late")
    if sure:
        return visit.back("done_return")
    return visit.page(
        "track_return_confirm.html",
        order,
        wanted=[(line, given[line.no]) for line in lines if line.no in given],
        reason=_reason(visit),
    )


def withdraw_return(visit: Visit, order: Order) -> Response:
    """Two pages: is it sure; done. Nobody is written to: the page says it, and history keeps it."""
    return_id = visit.part("returned")
    returned = next((one for one in order.returns if one.id == return_id), None)
    if returned is None or not may_withdraw(order, returned):
        return visit.back("too_late")
    if not visit.is_sent:
        names = {line.no: line.name for line in order.lines}
        return visit.page("track_withdraw.html", order, returned=returned, names=names)
    wish = ReturnDecision(return_id=returned.id, trigger="withdraw", version=order.version)
    (answer,) = visit.house.do(decide_returns, [wish], actor=ACTOR)
    return visit.back("too_late" if isinstance(answer, Refusal) else "done_withdrawn")


def _choice(visit: Visit, order: Order, lines: list[Line], faults: list[str]) -> Response:
    return visit.page(
        "track_return.html",
        order,
        status=422 if faults else 200,
        lines=lines,
        most=returnable(order),
        units={line.no: _text(visit, f"units_{line.no}") for line in lines},
        reason=_reason(visit),
        reasons=SAID_BY_CUSTOMERS,
        faults=faults,
    )


def _given(visit: Visit, lines: list[Line]) -> dict[int, str]:
    """What stands in the fields; an empty one and 0 are none of it."""
    said = {line.no: _text(visit, f"units_{line.no}") for line in lines}
    return {no: text for no, text in said.items() if text.strip("0")}


def _faults(
    visit: Visit, order: Order, given: Mapping[int, str], most: Mapping[int, int]
) -> list[str]:
    """The words that say what is wrong."""
    said = words(visit.language(order))
    bad = [no for no, text in given.items() if not _fits(text, most[no])]
    if bad:
        return [str(said["return_units_wrong"])]
    if not given:
        return [str(said["return_nothing"])]
    return [] if _reason(visit) else [str(said["return_reason_missing"])]


def _fits(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= most


def _reason(visit: Visit) -> str:
    text = _text(visit, "reason")
    return text if text in SAID_BY_CUSTOMERS else ""


def _text(visit: Visit, name: str) -> str:
    value = visit.form.get(name)
    return value.strip()[:20] if isinstance(value, str) else ""
