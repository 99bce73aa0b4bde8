"""Write down what happened to money, then let payment and order react. Never refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.effects import Effect
from purvey.domain.order import Order, Payment
from purvey.domain.paying import NEEDS_CUSTOMER, UNANSWERED, latest_payment
from purvey.domain.states import OrderState
from purvey.kit.frozen import evolve
from purvey.operations.act import Act
from purvey.operations.advance import advance_payment, report
from purvey.operations.batch import Batch
from purvey.operations.effects import entry_of, promise_expiry
from purvey.operations.hold import release_payment_holds
from purvey.operations.tell import tell_customer
from purvey.ports.storage import NOTHING_KNOWN, Transaction

LEDGER_KINDS = ("authorised", "captured", "refunded", "voided")
KNOWN_KINDS = (*LEDGER_KINDS, "declined", NEEDS_CUSTOMER)  # the gateway answers again


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReport:
    """`kind`: one of LEDGER_KINDS, declined, unknown, unheard_of, needs_customer.

    `key` names the movement: the same movement told twice (answer and webhook) counts once.
    """

    payment_id: str
    kind: str
    key: str
    amount: int = 0
    reference: str | None = None
    reason: str | None = None
    url: str | None = None  # where the customer says yes


def record_payments(
    tx: Transaction,
    reports: Sequence[PaymentReport],
    *,
    act: Act,
    known: Mapping[str, Order] = NOTHING_KNOWN,
    also: Callable[[Transaction], None] | None = None,
) -> list[Order | None]:
    """Record many; None for a payment that we do not know.

    `also` runs in the same transaction (the worker ticks off its messages with it).
    """
    owners = tx.orders.of_payments({r.payment_id for r in reports})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=False, known=known)
    told = tx.orders.entry_keys({(r.payment_id, r.key) for r in reports})
    for one in reports:
        if one.payment_id in owners:
            order = batch.orders[owners[one.payment_id]]
            moved = one.kind in LEDGER_KINDS
            if not (moved and (one.payment_id, one.key) in told):
                _record(batch, order, one)
            if moved:  # "unknown" and what came of it go under one key
                told.add((one.payment_id, one.key))
    batch.save()
    if also is not None:
        also(tx)
    return [batch.orders.get(owners.get(one.payment_id, "")) for one in reports]


def _record(batch: Batch, order: Order, one: PaymentReport) -> None:
    payment = next(payment for payment in order.payments if payment.id == one.payment_id)
    is_news = one.kind in LEDGER_KINDS or payment.state in UNANSWERED
    payment = evolve(payment, reference=one.reference or payment.reference)
    if one.kind in LEDGER_KINDS:
        payment = _booked(batch, order, payment, one)
    if one.kind in ("declined", "unknown") and is_news:
        payment = evolve(payment, reason=one.reason)
    if one.kind == NEEDS_CUSTOMER:
        was = (payment.reason, payment.confirm_url)
        is_news = is_news and was != (one.kind, one.url)
        payment = evolve(payment, reason=one.kind, confirm_url=one.url)
    facts: dict[str, object] = {"amount": one.amount} if one.amount else {}
    facts |= {"reason": one.reason} if one.reason else {}
    after = advance_payment(batch, order, payment, f"payment_{one.kind}", facts=facts)
    assert isinstance(after, Order), after
    if is_news:  # the same refusal told twice is told to the customer once
        _react(batch, after, one.kind)


def _booked(batch: Batch, order: Order, payment: Payment, one: PaymentReport) -> Payment:
    entry = entry_of(
        batch, payment, key=one.key, kind=one.kind, amount=one.amount, reference=one.reference
    )
    batch.enter(order, entry)
    return {
        "authorised": lambda: evolve(payment, authorised=payment.authorised + one.amount),
        "captured": lambda: evolve(payment, captured=payment.captured + one.amount),
        "refunded": lambda: evolve(payment, refunded=payment.refunded + one.amount),
        "voided": lambda: evolve(payment, voided=payment.voided + one.amount),
    }[one.kind]()


def _react(batch: Batch, order: Order, kind: str) -> None:
    """The order hears of money that came and of a refusal; the rest is the payment's affair."""
    if kind in KNOWN_KINDS:
        order = release_payment_holds(batch, order)
    payment = latest_payment(order)
    assert payment is not None
    if kind in ("authorised", "captured") and _wants_money(order):
        report(batch, order, "payment_secured")
    if kind == NEEDS_CUSTOMER and order.state == OrderState.RESERVED:
        order = promise_expiry(batch, order, payment)
        tell_customer(batch, order, Effect.TELL_TO_CONFIRM, subject_id=payment.id)
    if kind == "declined" and order.state == OrderState.RESERVED:
        promise_expiry(batch, report(batch, order, "payment_declined"), payment)


def _wants_money(order: Order) -> bool:
    """Captures that follow from shipping change nothing for the order; late money is returned."""
    over = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED)
    return order.state == OrderState.RESERVED or order.state in over
