"""Write down what happened to money, then let payment and order react. Reports, so never refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from purvey.domain.order import Order, Payment
from purvey.domain.states import OrderState
from purvey.kit.frozen import evolve
from purvey.operations.act import Act
from purvey.operations.advance import advance_payment, report
from purvey.operations.batch import Batch
from purvey.operations.effects import entry_of, promise_expiry
from purvey.ports.storage import Transaction

LEDGER_KINDS = ("authorised", "captured", "refunded", "voided")


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


def record_payments(
    tx: Transaction,
    reports: Sequence[PaymentReport],
    *,
    act: Act,
    also: Callable[[Transaction], None] | None = None,
) -> list[Order | None]:
    """Record many; None for a payment that we do not know.

    `also` runs in the same transaction (the worker ticks off its messages with it).
    """
    owners = tx.orders.of_payments({r.payment_id for r in reports})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=False)
    told = tx.orders.entry_keys({(r.payment_id, r.key) for r in reports})
    for one in reports:
        if one.payment_id in owners:
            order = batch.orders[owners[one.payment_id]]
            repeated = (one.payment_id, one.key) in told and one.kind in LEDGER_KINDS
            if not repeated:
                _record(batch, order, one)
            told.add((one.payment_id, one.key))
    batch.save()
    if also is not None:
        also(tx)
    return [batch.orders.get(owners.get(one.payment_id, "")) for one in reports]


def _record(batch: Batch, order: Order, one: PaymentReport) -> None:
    payment = next(payment for payment in order.payments if payment.id == one.payment_id)
    payment = evolve(payment, reference=one.reference or payment.reference)
    if one.kind == "needs_customer":
        order = batch.put(order.with_payment(evolve(payment, reason=one.kind)))
        promise_expiry(batch, order, payment)
        return
    if one.kind in LEDGER_KINDS:
        payment = _booked(batch, order, payment, one)
    if one.kind in ("declined", "unknown"):
        payment = evolve(payment, reason=one.reason)
    facts: dict[str, object] = {"amount": one.amount} if one.amount else {}
    facts |= {"reason": one.reason} if one.reason else {}
    after = advance_payment(batch, order, payment, f"payment_{one.kind}", facts)
    assert isinstance(after, Order), after
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
    """The order hears of money that came and of a refusal; the rest is the payment's own business."""
    if kind in ("authorised", "captured") and _wants_money(order):
        report(batch, order, "payment_secured")
    if kind == "declined" and order.state == OrderState.RESERVED:
        order = report(batch, order, "payment_declined")
        payment = max(order.payments, key=lambda payment: payment.id)
        promise_expiry(batch, order, payment)


def _wants_money(order: Order) -> bool:
    """Captures that follow from shipping change nothing for the order; late money is returned."""
    over = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED)
    return order.state == OrderState.RESERVED or order.state in over
