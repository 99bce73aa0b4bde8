"""Messages about money. Nobody is charged twice: each call has one key, whoever makes it again.

- A payment is authorised under the key `<payment id>:authorise`, whichever message asks for it.
- When an answer is lost, the payment becomes unknown and the gateway is asked until it knows.
- Capture, void and refund go under the message's key; made again, the gateway is asked first.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from purvey.domain.amounts import owed, secured, total
from purvey.domain.order import Order, Payment
from purvey.domain.states import OrderState, PaymentState
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.ports.payment import (
    Authorised,
    Declined,
    Moved,
    NeedsCustomer,
    NotFound,
    PaymentGateway,
)
from purvey.ports.storage import Message
from purvey.ports.trouble import GiveUp, TryLater, Unknown
from purvey.worker.desk import Desk

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
            answer = _gateway(desk, payment).authorise(
                key=_key(payment),
                payment_id=payment.id,
                amount=payment.amount,
                currency=order.currency,
                token=payment.token or "",
            )
        except Unknown as trouble:
            return [_report(payment, "unknown", reason=str(trouble))]
        return [_verdict(payment, answer)]

    _handle(desk, messages, ask)


def _overtaken(desk: Desk, message: Message, payment: Payment) -> Reports:
    """Nobody wants that money any more; whoever died after asking for it may have been given it."""
    if message.attempts == 1:
        return []
    answer = _gateway(desk, payment).find(key=_key(payment))
    return [_verdict(payment, answer)] if isinstance(answer, Authorised) else []


def find_out(desk: Desk, messages: Sequence[Message]) -> None:
    """Ask the gateway what became of a payment whose answer was lost."""

    def ask(message: Message, order: Order) -> Reports:
        payment = _payment(order, message)
        if payment.state in ANSWERED:
            return []
        answer = _gateway(desk, payment).find(key=_key(payment))
        if isinstance(answer, NotFound):
            return [_report(payment, "unheard_of")]
        if isinstance(answer, Moved):
            raise GiveUp("The gateway answers with another kind of movement.")
        return [_verdict(payment, answer)]

    _handle(desk, messages, ask)


def capture(desk: Desk, messages: Sequence[Message]) -> None:
    """Take what is owed for what has shipped, out of what is held."""

    def ask(message: Message, order: Order) -> Reports:
        missing = owed(order) - sum(payment.received for payment in order.payments)
        reports = []
        for payment in _with_gateway(order):
            amount = min(missing, payment.held)
            if amount > 0:
                reports.append(_capture(desk, message, payment, amount))
                missing -= amount
        return reports

    _handle(desk, messages, ask)


def give_back(desk: Desk, messages: Sequence[Message]) -> None:
    """Hold no money that is not ours: let go of what is held, refund what is in."""

    def ask(message: Message, order: Order) -> Reports:
        reports = [
            _void(desk, message, payment)
            for payment in _with_gateway(order)
            if payment.held and _can_do_without(order, payment)
        ]
        surplus = sum(payment.received for payment in order.payments) - total(order)
        for payment in _with_gateway(order):
            amount = min(surplus, payment.received)
            if amount > 0:
                reports.append(_refund(desk, message, payment, amount))
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
            return [_void(desk, message, payment)] if payment.held else []
        move = _capture if verb == "capture_exactly" else _refund
        return [move(desk, message, payment, amount)]

    _handle(desk, messages, ask)


def _handle(
    desk: Desk, messages: Sequence[Message], ask: Callable[[Message, Order], Reports]
) -> None:
    orders = desk.orders(messages)
    told = desk.ask_each(messages, lambda m: ask(m, orders[m.order_id or ""]))
    reports = [report for one in told for report in one.answer or ()]
    desk.record(
        lambda tx, act: record_payments(
            tx, reports, act=act, known=orders, also=lambda tx: desk.settle(tx, told)
        )
    )
    desk.count(told)


def _payment(order: Order, message: Message) -> Payment:
    return next(payment for payment in order.payments if payment.id == message.subject_id)


def _with_gateway(order: Order) -> list[Payment]:
    return [payment for payment in order.payments if payment.method == "gateway"]


def _gateway(desk: Desk, payment: Payment) -> PaymentGateway:
    return desk.house.outside.gateway(payment.gateway or "")


def _key(payment: Payment) -> str:
    return f"{payment.id}:authorise"


def _can_do_without(order: Order, payment: Payment) -> bool:
    return order.state in OVER or secured(order) - payment.held >= total(order)


def _capture(desk: Desk, message: Message, payment: Payment, amount: int) -> PaymentReport:
    gateway, reference = _gateway(desk, payment), payment.reference or ""
    return _move(
        message,
        payment,
        "captured",
        gateway,
        lambda key: gateway.capture(key=key, reference=reference, amount=amount),
    )


def _refund(desk: Desk, message: Message, payment: Payment, amount: int) -> PaymentReport:
    gateway, reference = _gateway(desk, payment), payment.reference or ""
    return _move(
        message,
        payment,
        "refunded",
        gateway,
        lambda key: gateway.give_back(key=key, reference=reference, amount=amount),
    )


def _void(desk: Desk, message: Message, payment: Payment) -> PaymentReport:
    gateway, reference = _gateway(desk, payment), payment.reference or ""
    return _move(
        message,
        payment,
        "voided",
        gateway,
        lambda key: gateway.void(key=key, reference=reference),
    )


def _move(
    message: Message,
    payment: Payment,
    kind: str,
    gateway: PaymentGateway,
    call: Callable[[str], Moved | Declined],
) -> PaymentReport:
    """A movement under the message's key; made before, the gateway is asked what became of it."""
    key = f"{message.key}:{payment.id}:{kind}"
    before = gateway.find(key=key) if message.attempts > 1 else NotFound()
    answer = before if isinstance(before, Moved) else _call(call, key)
    if isinstance(answer, Declined):
        raise GiveUp(f"The gateway refuses: {answer.reason}")
    return _report(payment, kind, key=key, amount=answer.amount, reference=payment.reference)


def _call(call: Callable[[str], Moved | Declined], key: str) -> Moved | Declined:
    try:
        return call(key)
    except Unknown as trouble:
        raise TryLater(f"The answer was lost: {trouble}") from None


def _verdict(payment: Payment, answer: Authorised | Declined | NeedsCustomer) -> PaymentReport:
    match answer:
        case Authorised(reference=reference, amount=amount):
            return _report(payment, "authorised", amount=amount, reference=reference)
        case Declined(reason=reason):
            return _report(payment, "declined", reason=reason, reference=answer.reference)
        case NeedsCustomer(reference=reference):
            return _report(payment, "needs_customer", reference=reference)


def _report(payment: Payment, kind: str, **said: Any) -> PaymentReport:
    return PaymentReport(
        payment_id=payment.id, kind=kind, key=said.pop("key", _key(payment)), **said
    )


HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    "payment.secure": secure,
    "payment.ask": find_out,
    "payment.capture": capture,
    "payment.return": give_back,
    "payment.capture_exactly": exactly,
    "payment.void_exactly": exactly,
    "payment.refund_exactly": exactly,
}
