"""What people do with an order: decide, hold, release, pay another way."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.decide import DECISIONS, Decision, decide
from purvey.operations.hold import (
    BLOCKABLE,
    PlaceHold,
    ReleaseHold,
    place_holds,
    release_holds,
)
from purvey.operations.move_money import PayAgain, pay_again
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text
from purvey.web.office.order.bound import do
from purvey.web.office.order.found import PATH
from purvey.web.office.order.parts import ways_to_pay

RIGHT = "orders:write"
MOST = 1000  # characters of a reason
MOST_TOKEN, MOST_PURCHASE = 256, 64
TOLD = {
    "approve": "Approved.",
    "reject": "Rejected; stock and money go back.",
    "cancel": "Cancelled; stock and money go back.",
    "close": "Closed.",
}
NO_TOKEN = Refusal("missing", "Write the card's token, as the gateway gave it.", pointer="/token")
NO_WAY = Refusal("payment_unclear", "Choose one of the ways to pay.", pointer="/way")


@deed(PATH + "/decide", right=RIGHT)
def decide_order(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: trigger, reason, version."""
    trigger = text(form, "trigger")
    if trigger not in DECISIONS:
        raise HTTPException(422, f"trigger: choose one of {', '.join(DECISIONS)}.")

    def wish(order: Order) -> Decision:
        return Decision(order_id=order.id, trigger=trigger, reason=_reason(form))

    return do(request, visitor, form, operation=decide, wish=wish, told=TOLD[trigger])


@deed(PATH + "/hold", right=RIGHT)
def hold(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: reason, blocks (accept or fulfil), version."""
    blocks = text(form, "blocks") or "fulfil"
    if blocks not in BLOCKABLE:
        raise HTTPException(422, f"blocks: choose one of {', '.join(BLOCKABLE)}.")

    def wish(order: Order) -> PlaceHold:
        return PlaceHold(order_id=order.id, reason=_reason(form), blocks=(blocks,))

    told = "On hold until somebody releases it."
    return do(request, visitor, form, operation=place_holds, wish=wish, told=told)


@deed(PATH + "/release", right=RIGHT)
def release(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: hold (its id; empty: all of them), reason, version."""

    def wish(order: Order) -> ReleaseHold:
        hold_id = text(form, "hold")[:100] or None
        return ReleaseHold(order_id=order.id, hold_id=hold_id, reason=_reason(form))

    told = "Released: the order goes on."
    return do(request, visitor, form, operation=release_holds, wish=wish, told=told)


@deed(PATH + "/pay", right=RIGHT)
def pay(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: way, token, purchase_order, version."""

    def wish(order: Order) -> PayAgain | Refusal:
        choice = _way(visitor, form)
        if isinstance(choice, Refusal):
            return choice
        return PayAgain(order_id=order.id, choice=choice)

    told = "The new payment is arranged."
    return do(request, visitor, form, operation=pay_again, wish=wish, told=told)


def _way(visitor: Visitor, form: FormData) -> PaymentChoice | Refusal:
    way, token = text(form, "way"), text(form, "token").strip()[:MOST_TOKEN]
    if way not in {value for value, _ in ways_to_pay(visitor.house.policies)}:
        return NO_WAY
    kind, _, which = way.partition(":")
    if kind == "gateway":
        if not token:
            return NO_TOKEN
        return PaymentChoice(method="gateway", gateway=which, token=token)
    if kind == "terms":
        number = text(form, "purchase_order").strip()[:MOST_PURCHASE]
        return PaymentChoice(method="terms", terms=which, purchase_order=number or None)
    return PaymentChoice(method=kind)


def _reason(form: FormData) -> str:
    return text(form, "reason").strip()[:MOST]
