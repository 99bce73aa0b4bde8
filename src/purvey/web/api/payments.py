"""Payments: what was asked for, what is held, what came in and what went back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response

from purvey.domain.money import BadAmount, to_minor, to_text
from purvey.domain.order import Order, Payment
from purvey.domain.states import PaymentState
from purvey.operations.act import Act
from purvey.operations.move_money import MoneyStep, move_money
from purvey.queries.allowed import allowed_for_payment
from purvey.queries.order_parts import PartOf, PartWish, find_payment, list_payments
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Changer, Reply, accepted, posts, reads
from purvey.web.api.documented import API, Name, Word, shows
from purvey.web.api.more_answers import PaymentOut
from purvey.web.api.order_json import maybe_time_text, time_text
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.api.shapes import AmountText, Shape, words
from purvey.web.bodies import StrictRoute
from purvey.web.problems import error_at, not_found, of_fields

router = APIRouter(prefix=f"{API}/payments", tags=["payments"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("payments:read")]
Writer = Annotated[Changer, posts("payments:write")]
Step = Literal["capture", "void", "refund"]


class MoneyIn(Shape):
    """`amount` in the order's currency; left out: all that can be moved."""

    amount: AmountText | None = None
    reference: Annotated[str, words(128)] | None = None


@router.get("", **shows(PageOf[PaymentOut]))
def show_payments(
    *,
    caller: Reader,
    state: PaymentState | None = None,
    order: Word = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Newest first. `order`: id or number."""
    after = read_cursor(cursor, (str,))
    before = str(after[0]) if after else None
    with caller.reading() as sql:
        wish = PartWish(state=state, order=order)
        page = list_payments(sql, wish, limit=limit, before=before)
    shown = [payment_json(found.order, found.part) for found in page.items]
    return list_reply(shown, page.next).response


@router.get("/{payment}", **shows(PaymentOut))
def show_payment(*, payment: Name, caller: Reader) -> Response:
    """The ETag is the version of its order."""
    with caller.reading() as sql:
        found = _found(sql, payment)
    return Reply(payment_json(found.order, found.part)).response


@router.post("/{payment}/{step}", **shows(PaymentOut))
def move_payment(
    *, payment: Name, step: Step, caller: Writer, body: MoneyIn | None = None
) -> Response:
    """Cash and transfers are booked at once. A gateway is asked; its answer shows up here later."""
    body = body or MoneyIn()

    def work(tx: SqlTransaction, act: Act) -> Reply:
        order = _found(tx.sql, payment).order
        caller.check_version(tx, act, order_id=order.id)
        wanted = MoneyStep(
            payment_id=payment,
            trigger=step,
            amount=_minor(body.amount, order.currency),
            reference=body.reference,
        )
        [answer] = move_money(tx, [wanted], act=act)
        after: Order = accepted(answer)
        return Reply(payment_json(after, next(x for x in after.payments if x.id == payment)))

    return caller.change(work)


def _minor(text: str | None, currency: str) -> int | None:
    try:
        return None if text is None else to_minor(text, currency)
    except BadAmount as error:
        raise of_fields([error_at("/amount", code="bad_amount", detail=str(error))]) from None


def _found(sql: Sql, payment_id: str) -> PartOf[Payment]:
    found = find_payment(sql, payment_id)
    if found is None:
        raise not_found("payment")
    return found


def payment_json(order: Order, payment: Payment) -> dict[str, Any]:
    """Never the token: it is as good as the card."""
    balances = ("amount", "authorised", "captured", "refunded", "voided")
    return {
        "id": payment.id,
        "order_id": order.id,
        "order_number": str(order.number),
        "order_version": order.version,
        "method": payment.method,
        "gateway": payment.gateway,
        "state": payment.state,
        "currency": order.currency,
        **{name: to_text(getattr(payment, name), order.currency) for name in balances},
        "reference": payment.reference,
        "reason": payment.reason,
        "terms": payment.terms,
        "purchase_order": payment.purchase_order,
        "expires_at": maybe_time_text(payment.expires_at),
        "confirm_url": payment.confirm_url,
        "created_at": time_text(payment.created_at),
        "allowed": allowed_for_payment(order, payment),
    }
