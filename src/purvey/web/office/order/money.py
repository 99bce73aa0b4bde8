"""Money of one payment: taken, let go, given back."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.money import BadAmount, to_minor
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.move_money import MoneyStep, move_money
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text
from purvey.web.office.order.bound import do
from purvey.web.office.order.found import PATH

TOLD = {
    "capture": "The money is booked, or the gateway is asked to take it.",
    "void": "It is let go, or the gateway is asked to.",
    "refund": "It is given back, or the gateway is asked to.",
}
MOST_REFERENCE, MOST_AMOUNT = 128, 20


@deed(PATH + "/money/{payment}", right="payments:write")
def move(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: trigger (capture, void, refund), amount (empty: all), reference, version."""
    trigger, payment_id = text(form, "trigger"), request.path_params["payment"]
    if trigger not in TOLD:
        raise HTTPException(422, f"trigger: choose one of {', '.join(TOLD)}.")

    def wish(order: Order) -> MoneyStep | Refusal:
        if payment_id not in {payment.id for payment in order.payments}:
            raise HTTPException(404, "This order has no such payment.")
        amount = _amount(form, order.currency)
        if isinstance(amount, Refusal):
            return amount
        reference = text(form, "reference").strip()[:MOST_REFERENCE] or None
        return MoneyStep(payment_id=payment_id, trigger=trigger, amount=amount, reference=reference)

    return do(request, visitor, form, operation=move_money, wish=wish, told=TOLD[trigger])


def _amount(form: FormData, currency: str) -> int | Refusal | None:
    given = text(form, "amount").strip()[:MOST_AMOUNT]
    try:
        return to_minor(given, currency) if given else None
    except BadAmount as error:
        return Refusal("bad_amount", str(error), pointer="/amount")
