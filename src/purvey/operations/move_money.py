"""What people do with payments: take in cash and transfers, ask the gateway, pay another way."""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.amounts import due
from purvey.domain.approvals import RIGHTS, Kind, approval_needed, refund_is_large
from purvey.domain.draft import PaymentChoice
from purvey.domain.effects import Effect
from purvey.domain.order import Order, Payment
from purvey.domain.paying import UNANSWERED, under_way
from purvey.domain.states import OrderState, PaymentState
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance, advance_payment, report
from purvey.operations.arrange_payment import arrange_payment
from purvey.operations.batch import Batch
from purvey.operations.effects import entry_of, holds_too_much
from purvey.operations.hold import release_payment_holds
from purvey.ports.storage import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyStep:
    """`amount` None means all that can be moved."""

    payment_id: str
    trigger: str  # capture, void, refund
    amount: int | None = None
    reference: str | None = None


def move_money(tx: Transaction, steps: Sequence[MoneyStep], *, act: Act) -> list[Order | Refusal]:
    """Money taken by hand is booked at once; a gateway's is promised and booked when it answers."""
    owners = tx.orders.of_payments({step.payment_id for step in steps})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=False)
    answers = [move(batch, owners.get(step.payment_id), step) for step in steps]
    batch.save()
    settled = {a.id for a in answers if isinstance(a, Order) and not holds_too_much(a)}
    tx.messages.taken_care_of(settled, effect=Effect.RETURN_MONEY, now=act.now)
    return answers


def move(batch: Batch, order_id: str | None, step: MoneyStep) -> Order | Refusal:
    if order_id is None:
        return Refusal("not_found", "There is no such payment.")
    if step.trigger not in _BOOKED_AS:
        return Refusal("not_allowed", "A payment can be captured, voided or refunded.")
    order = batch.orders[order_id]
    payment = next(payment for payment in order.payments if payment.id == step.payment_id)
    amount = step.amount
    if amount is None or step.trigger == "void":  # what is held is let go of as a whole
        amount = _movable(payment, step.trigger)
    if step.trigger == "refund" and _needs_another_person(batch, order, amount):
        limit = batch.act.policies.refund_approval_above
        return approval_needed(Kind.REFUND, order, limit=limit)
    after = advance_payment(batch, order, payment, step.trigger, facts={"amount": amount})
    if isinstance(after, Refusal) or payment.method == "gateway":
        return after
    after = _book(batch, after, step, amount)
    too_late = payment.state == PaymentState.VOIDED  # nobody waits for it any more
    waited_for = after.state == OrderState.RESERVED and step.trigger == "capture"
    received = sum(payment.received for payment in after.payments)
    if step.trigger == "capture" and after.returns and received > due(after):
        # Paid in full although some of it had come back: a person gives the rest back.
        batch.promise(Effect.RETURN_MONEY, after, lane="payment")
    return report(batch, after, "payment_secured") if too_late or waited_for else after


def _needs_another_person(batch: Batch, order: Order, amount: int) -> bool:
    act = batch.act
    if act.policies.refund_approval_above is None or RIGHTS[Kind.REFUND] in act.alone:
        return False
    under_way = batch.tx.approvals.refunds_under_way([order.id]).get(order.id, 0)
    return refund_is_large(order, act.policies, amount=amount, under_way=under_way)


def _movable(payment: Payment, trigger: str) -> int:
    by_hand = payment.amount - payment.captured
    captured = payment.held if payment.method == "gateway" else by_hand
    return {"capture": captured, "void": payment.held, "refund": payment.received}.get(trigger, 0)


_BOOKED_AS = {"capture": "captured", "void": "voided", "refund": "refunded"}


def _book(batch: Batch, order: Order, step: MoneyStep, amount: int) -> Order:
    payment = next(payment for payment in order.payments if payment.id == step.payment_id)
    kind = _BOOKED_AS[step.trigger]
    key = f"{payment.id}:{order.version}"
    entry = entry_of(batch, payment, key=key, kind=kind, amount=amount, reference=step.reference)
    batch.enter(order, entry)
    booked = {
        "captured": lambda: evolve(payment, captured=payment.captured + amount),
        "voided": lambda: evolve(payment, voided=payment.voided + amount),
        "refunded": lambda: evolve(payment, refunded=payment.refunded + amount),
    }[kind]()
    return batch.put(order.with_payment(booked))


@dataclass(frozen=True, slots=True, kw_only=True)
class PayAgain:
    order_id: str
    choice: PaymentChoice


def pay_again(tx: Transaction, wishes: Sequence[PayAgain], *, act: Act) -> list[Order | Refusal]:
    """Another way to pay, after a refusal or instead of a transfer that has not come."""
    batch = Batch.open(tx, act, {wish.order_id for wish in wishes}, with_stock=False)
    answers = [_pay(batch, batch.orders.get(wish.order_id), wish.choice) for wish in wishes]
    batch.save()
    return answers


def _pay(batch: Batch, order: Order | None, choice: PaymentChoice) -> Order | Refusal:
    if order is None:
        return Refusal("not_found", "There is no such order.")
    if under_way(order):
        sentence = "A payment is under way; a second one could charge twice. Try again shortly."
        return Refusal("payment_pending", sentence)
    if order.state != OrderState.RESERVED:
        words = order.state.replace("_", " ")
        return Refusal("not_allowed", f"An order that is {words} does not wait for a payment.")
    for payment in order.payments:
        if payment.state in UNANSWERED:
            after = advance_payment(batch, order, payment, "payment_closed")
            assert isinstance(after, Order)
            order = after
    order = release_payment_holds(batch, order)
    return advance(batch, arrange_payment(batch, order, choice), "pay")
