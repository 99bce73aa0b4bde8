"""What is done about a return: decided, taken in, inspected, settled; or another one is asked."""

from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.approvals import Kind
from purvey.kit.process import Refusal
from purvey.operations.approvals import Question, ask
from purvey.operations.decide_returns import DECISIONS, ReturnDecision, decide_returns
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text
from purvey.web.office.html import back
from purvey.web.office.returns import MAX_ROWS, ONE, PLACE, return_page

RIGHT = "returns:write"
MAX_DIGITS = 9
TOLD = {
    "approve": "Approved; the customer is told how to send it back.",
    "refuse": "Refused; the customer is told why.",
    "withdraw": "Withdrawn; the customer keeps the goods.",
}
BAD_NUMBER = Refusal(
    "bad_quantity", "Write whole numbers for the units and the percentages.", pointer="/lines"
)


@deed(ONE + "/decide", right=RIGHT)
def decide(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: trigger, reason, instructions, version."""
    trigger = text(form, "trigger")
    if trigger not in DECISIONS:
        raise HTTPException(422, f"trigger: choose one of {', '.join(DECISIONS)}.")
    wish = ReturnDecision(
        return_id=request.path_params["returned"],
        trigger=trigger,
        reason=text(form, "reason")[:1000],
        instructions=text(form, "instructions")[:1000],
        version=_version(form),
    )
    return _done(request, visitor, form, decide_returns, wish, told=TOLD[trigger])


@deed(ONE + "/arrived", right=RIGHT)
def take_in(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: location, version."""
    wish = ReturnedParcel(
        return_id=request.path_params["returned"],
        location=text(form, "location") or None,
        version=_version(form),
    )
    told = "The goods are here. Look at them and say what becomes of each."
    return _done(request, visitor, form, take_returns, wish, told=told)


@deed(ONE + "/inspect", right=RIGHT)
def inspect(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields by row: line_0, quantity_0, condition_0, disposition_0, percent_0, ...; version."""
    found = _found(form)
    return_id = request.path_params["returned"]
    if found is None:
        return return_page(visitor, return_id, refusal=BAD_NUMBER, form=form)
    wish = Inspection(return_id=return_id, lines=found, version=_version(form))
    told = "Noted. Look at the sum, then settle it."
    return _done(request, visitor, form, inspect_returns, wish, told=told)


def _found(form: FormData) -> list[Found] | None:
    """Rows without units are left out; None when something is no number."""
    found = []
    for at in range(MAX_ROWS):
        units = text(form, f"quantity_{at}").strip()
        if units.strip("0"):
            numbers = (text(form, f"line_{at}"), units, text(form, f"percent_{at}") or "100")
            if not all(map(_is_number, numbers)):
                return None
            no, quantity, percent = map(int, numbers)
            found.append(
                Found(
                    no=no,
                    quantity=quantity,
                    condition=text(form, f"condition_{at}"),
                    disposition=text(form, f"disposition_{at}"),
                    percent=percent,
                )
            )
    return found


@deed(ONE + "/settle", right=RIGHT)
def settle(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: amount (minor units, as it was shown), location, paid_out, version."""
    amount = text(form, "amount")
    if not _is_number(amount):
        raise HTTPException(422, "amount: send the sum as it was shown.")
    wish = SettleReturn(
        return_id=request.path_params["returned"],
        amount=int(amount),
        location=text(form, "location") or None,
        paid_out=text(form, "paid_out") == "1",
        version=_version(form),
    )
    told = "Settled: the stock is on its shelf, and the money goes back."
    return _done(request, visitor, form, settle_returns, wish, told=told)


@deed(ONE + "/ask", right=RIGHT)
def ask_another(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: reason. Above the shop's limit another person approves it."""
    return_id = request.path_params["returned"]
    wish = Question(kind=Kind.RETURN, subject_id=return_id, reason=text(form, "reason")[:500])
    told = "Asked. Another person decides under Approvals."
    return _done(request, visitor, form, ask, wish, told=told)


def _done(
    request: Request,
    visitor: Visitor,
    form: FormData,
    operation: Callable[..., list[Any]],
    wish: object,
    *,
    told: str,
) -> Response:
    """Back to the return, which says what was done, or why not."""
    return_id = request.path_params["returned"]
    [answer] = visitor.do(operation, [wish])
    if isinstance(answer, Refusal):
        if answer.code == "not_found":
            raise HTTPException(404, answer.sentence)
        return return_page(visitor, return_id, refusal=answer, form=form)
    return back(f"{PLACE}/{return_id}", told=told)


def _version(form: FormData) -> int | None:
    given = text(form, "version")
    return int(given) if _is_number(given) else None


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) <= MAX_DIGITS
