"""Messages about money. Nobody is charged twice: each call has one key, whoever makes it again.

- A payment is authorised under the key `<payment id>:authorise`, whichever message asks for it.
- When an answer is lost, the payment becomes unknown and the gateway is asked until it knows.
- Capture, void and refund go under the message's key; made again, the gateway is asked first.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from purvey.domain.amounts import due, owed, secured
from purvey.domain.order import Order, Payment
from purvey.domain.states import OrderState, PaymentState
from purvey.kit.frozen import evolve
from purvey.operations.act import Act
from purvey.operations.hold import StuckPayment, hold_stuck_payments
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.ports.payment import (
    Authorised,
    Moved,
    NeedsCustomer,
    NotFound,
)
from purvey.ports.storage import Message, Transaction
from purvey.ports.trouble import GiveUp, Unknown
from purvey.worker.desk import Desk, Told
from purvey.worker.movements import (
    authorise_key,
    gateway_of,
    let_go,
    send_back,
    take,
    told_of,
    verdict,
)

Reports = list[PaymentReport]
OVER = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED)
# A voided one may have been called off while the gateway was being asked: it has to be known, too.
ANSWERED = (
    PaymentState.AUTHORISED,
    PaymentState.CAPTURED,
    PaymentState.REFUNDED,
    PaymentState.DECLINED,
)


def secure(desk: Desk, messages: Sequence[Message]) -> None:
    """Have the gateway hold the money."""

    def ask(message: Message, order: Order) -> Reports:
        payment = _payment(order, message)
        if payment.state != PaymentState.REQUESTED or order.state in OVER:
            return _overtaken(desk, message, payment)
        try:
            answer = gateway_of(desk, payment).authorise(
                key=authorise_key(payment),
                payment_id=payment.id,
                amount=payment.amount,
                currency=order.currency,
                token=payment.token or "",
            )
        except Unknown as trouble:
            return [told_of(payment, "unknown", reason=str(trouble))]
        return [verdict(payment, answer)]

    _handle(desk, messages, ask, when_stuck=CANNOT_ASK)


def _overtaken(desk: Desk, message: Message, payment: Payment) -> Reports:
    """Nobody wants that money any more; whoever died after asking for it may have been given it."""
    if message.attempts == 1:
        return []
    answer = gateway_of(desk, payment).find(key=authorise_key(payment))
    return [verdict(payment, answer)] if isinstance(answer, Authorised) else []


def find_out(desk: Desk, messages: Sequence[Message]) -> None:
    """Ask the gateway what became of a payment whose answer was lost."""

    def ask(message: Message, order: Order) -> Reports:
        payment = _payment(order, message)
        if payment.state in ANSWERED:
            return []
        answer = gateway_of(desk, payment).find(key=authorise_key(payment))
        if isinstance(answer, NotFound):
            return [told_of(payment, "unheard_of")]
        if isinstance(answer, Moved):
            raise GiveUp("The gateway answers with another kind of movement.")
        return [verdict(payment, answer)]

    _handle(desk, messages, ask, when_stuck=NOT_KNOWN)


def call_off(desk: Desk, messages: Sequence[Message]) -> None:
    """Nobody waits for this attempt any more: it must not take money, and if it did, we know."""

    def ask(message: Message, order: Order) -> Reports:
        payment = _payment(order, message)
        gateway = gateway_of(desk, payment)
        answer = gateway.find(key=authorise_key(payment))
        if isinstance(answer, NeedsCustomer):
            voided = let_go(desk, message, evolve(payment, reference=answer.reference))
            answer = gateway.find(
                key=authorise_key(payment)
            )  # the customer's yes may have been faster
            if isinstance(answer, Authorised):
                return [verdict(payment, answer), voided]
        return [verdict(payment, answer)] if isinstance(answer, Authorised) else []

    _handle(desk, messages, ask)


def capture(desk: Desk, messages: Sequence[Message]) -> None:
    """Take what is owed for what has shipped, out of what is held."""

    def ask(message: Message, order: Order) -> Reports:
        missing = owed(order) - sum(payment.received for payment in order.payments)
        reports = []
        for payment in _with_gateway(order):
            amount = min(missing, payment.held)
            if amount > 0:
                reports.append(take(desk, message, payment, amount=amount))
                missing -= amount
        return reports

    _handle(desk, messages, ask)


def give_back(desk: Desk, messages: Sequence[Message]) -> None:
    """Hold no money that is not ours: let go of what is held, refund what is in."""

    def ask(message: Message, order: Order) -> Reports:
        reports = [
            let_go(desk, message, payment)
            for payment in _with_gateway(order)
            if payment.held and _can_do_without(order, payment)
        ]
        surplus = sum(payment.received for payment in order.payments) - due(order)
        for payment in _with_gateway(order):
            amount = min(surplus, payment.received)
            if amount > 0:
                reports.append(send_back(desk, message, payment, amount=amount))
                surplus -= amount
        if surplus > 0 and not reports:
            raise GiveUp("Taken by hand: give the surplus back by hand and book it as a refund.")
        return reports

    _handle(desk, messages, ask)


def exactly(desk: Desk, messages: Sequence[Message]) -> None:
    """Do what a person asked for, to the cent."""

    def ask(message: Message, order: Order) -> Reports:
        payment = _payment(order, message)
        amount = int(json.loads(message.payload).get("amount") or 0)
        verb = message.effect.rpartition(".")[2]
        if verb == "void_exactly":
            return [let_go(desk, message, payment)] if payment.held else []
        move = take if verb == "capture_exactly" else send_back
        return [move(desk, message, payment, amount=amount)]

    _handle(desk, messages, ask)


def _handle(
    desk: Desk,
    messages: Sequence[Message],
    ask: Callable[[Message, Order], Reports],
    *,
    when_stuck: str = "",
) -> None:
    """`when_stuck`: why a person must look once the gateway was asked too often."""
    orders = desk.orders(messages)
    told = desk.ask_each(messages, lambda m: ask(m, orders[m.order_id or ""]))
    reports = [report for one in told for report in one.answer or ()]
    stuck = [_stuck(one, when_stuck) for one in desk.given_up(told)] if when_stuck else []

    def work(tx: Transaction, act: Act) -> None:
        record_payments(tx, reports, act=act, known=orders)
        if stuck:
            hold_stuck_payments(tx, stuck, act=act)
        desk.settle(tx, told)

    desk.record(work)
    desk.count(told)


def _stuck(told: Told[Any], sentence: str) -> StuckPayment:
    return StuckPayment(
        order_id=told.message.order_id or "",
        payment_id=told.message.subject_id or "",
        reason=sentence.format(str(told.trouble).rstrip(".")),
    )


CANNOT_ASK = (
    "The payment gateway could not be asked for the money ({})."
    " Release to ask it again, or take another way to pay."
)
NOT_KNOWN = (
    "The payment gateway does not say whether the customer was charged ({})."
    " Look there; then release to ask it again, or take another way to pay:"
    " what the first one took is given back."
)


def _payment(order: Order, message: Message) -> Payment:
    return next(payment for payment in order.payments if payment.id == message.subject_id)


def _with_gateway(order: Order) -> list[Payment]:
    return [payment for payment in order.payments if payment.method == "gateway"]


def _can_do_without(order: Order, payment: Payment) -> bool:
    return order.state in OVER or secured(order) - payment.held >= due(order)


HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    "payment.secure": secure,
    "payment.ask": find_out,
    "payment.call_off": call_off,
    "payment.capture": capture,
    "payment.return": give_back,
    "payment.capture_exactly": exactly,
    "payment.void_exactly": exactly,
    "payment.refund_exactly": exactly,
}
