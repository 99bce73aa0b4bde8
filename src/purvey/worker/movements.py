"""One call of a gateway, and what it says as a report. See `payments` for when which is made."""

from collections.abc import Callable
from typing import Any

from purvey.domain.order import Payment
from purvey.domain.paying import NEEDS_CUSTOMER
from purvey.operations.record_payments import PaymentReport
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


def gateway_of(desk: Desk, payment: Payment) -> PaymentGateway:
    return desk.house.outside.gateway(payment.gateway or "")


def authorise_key(payment: Payment) -> str:
    return f"{payment.id}:authorise"


def take(desk: Desk, message: Message, payment: Payment, *, amount: int) -> PaymentReport:
    gateway, reference = gateway_of(desk, payment), payment.reference or ""
    return _move(
        message,
        payment,
        "captured",
        gateway,
        lambda key: gateway.capture(key=key, reference=reference, amount=amount),
    )


def send_back(desk: Desk, message: Message, payment: Payment, *, amount: int) -> PaymentReport:
    gateway, reference = gateway_of(desk, payment), payment.reference or ""
    return _move(
        message,
        payment,
        "refunded",
        gateway,
        lambda key: gateway.give_back(key=key, reference=reference, amount=amount),
    )


def let_go(desk: Desk, message: Message, payment: Payment) -> PaymentReport:
    gateway, reference = gateway_of(desk, payment), payment.reference or ""
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
    return told_of(payment, kind, key=key, amount=answer.amount, reference=payment.reference)


def _call(call: Callable[[str], Moved | Declined], key: str) -> Moved | Declined:
    try:
        return call(key)
    except Unknown as trouble:
        raise TryLater(f"The answer was lost: {trouble}") from None


def verdict(payment: Payment, answer: Authorised | Declined | NeedsCustomer) -> PaymentReport:
    match answer:
        case Authorised(reference=reference, amount=amount):
            return told_of(payment, "authorised", amount=amount, reference=reference)
        case Declined(reason=reason):
            return told_of(payment, "declined", reason=reason, reference=answer.reference)
        case NeedsCustomer(reference=reference):
            return told_of(payment, NEEDS_CUSTOMER, reference=reference, url=answer.url)


def told_of(payment: Payment, kind: str, **said: Any) -> PaymentReport:
    return PaymentReport(
        payment_id=payment.id, kind=kind, key=said.pop("key", authorise_key(payment)), **said
    )
