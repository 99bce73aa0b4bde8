"""The one place where a state changes. Every step follows a row of `lifecycle.py`.

A step's effects are done at once where all they need is in the database (reserve, plan, release),
in the same transaction; what needs the outside is promised to the outbox.
"""

from collections.abc import Callable

from purvey.domain.effects import Effect
from purvey.domain.guards import PaymentOf, ShipmentOf
from purvey.domain.order import Order, Payment, Shipment
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.kit.frozen import evolve
from purvey.kit.process import Facts, Refusal, Step
from purvey.lifecycle import ORDER, PAYMENT, SHIPMENT
from purvey.operations import effects
from purvey.operations.batch import NO_FACTS, Batch


def advance(
    batch: Batch, order: Order, trigger: str, *, facts: Facts = NO_FACTS
) -> Order | Refusal:
    """Take one step of the order's process, or say why not."""
    step = ORDER.decide(order, trigger, facts)
    if isinstance(step, Refusal):
        return step
    target = OrderState(step.target)
    moved = {"state": target, "state_since": batch.act.now} if target != order.state else NO_FACTS
    order = batch.record(
        order,
        process="order",
        subject_id=order.id,
        trigger=trigger,
        source=step.source,
        target=target,
        facts=facts,
        changes=moved,
    )
    for effect in step.effects:
        order = _make_happen(batch, order, Effect(effect), facts)
    return order


def report(batch: Batch, order: Order, trigger: str, *, facts: Facts = NO_FACTS) -> Order:
    """Take a step that tells what has happened already: it cannot be refused."""
    after = advance(batch, order, trigger, facts=facts)
    assert isinstance(after, Order), f"report {trigger} refused: {after}"
    return after


def advance_shipment(
    batch: Batch, order: Order, shipment: Shipment, trigger: str, *, facts: Facts = NO_FACTS
) -> Order | Refusal:
    """Take one step of a shipment's process; the order's version goes up with it."""
    step = SHIPMENT.decide(ShipmentOf(order, shipment), trigger, facts)
    if isinstance(step, Refusal):
        return step
    target = ShipmentState(step.target)
    if target != shipment.state:
        shipment = evolve(shipment, state=target, state_since=batch.act.now)
    order = _record_part(batch, order.with_shipment(shipment), shipment.id, step, facts)
    for effect in step.effects:
        lane = "customer" if effect.startswith("notify.") else f"shipment:{shipment.id}"
        batch.promise(Effect(effect), order, subject_id=shipment.id, lane=lane)
    return order


def advance_payment(
    batch: Batch, order: Order, payment: Payment, trigger: str, *, facts: Facts = NO_FACTS
) -> Order | Refusal:
    """Take one step of a payment's process. Balances are the caller's; states are ours."""
    step = PAYMENT.decide(PaymentOf(order, payment), trigger, facts)
    if isinstance(step, Refusal):
        return step
    payment = evolve(payment, state=PaymentState(step.target))
    order = _record_part(batch, order.with_payment(payment), payment.id, step, facts)
    for effect in step.effects:
        payload = {"amount": facts["amount"]} if "amount" in facts else NO_FACTS
        promise = batch.promise
        promise(Effect(effect), order, subject_id=payment.id, payload=payload, lane="payment")
    return order


def _record_part(batch: Batch, order: Order, subject_id: str, step: Step, facts: Facts) -> Order:
    process = "shipment" if isinstance(step.target, ShipmentState) else "payment"
    return batch.record(
        order,
        process=process,
        subject_id=subject_id,
        trigger=step.trigger,
        source=step.source,
        target=step.target,
        facts=facts,
    )


def _make_happen(batch: Batch, order: Order, effect: Effect, facts: Facts) -> Order:
    at_once = AT_ONCE.get(effect)
    if at_once is not None:
        return at_once(batch, order, facts)
    lane = "customer" if effect.startswith("notify.") else "payment"
    reason = {"reason": facts["reason"]} if facts.get("reason") else NO_FACTS
    batch.promise(effect, order, payload=reason, lane=lane)
    return order


def _reserve(batch: Batch, order: Order, facts: Facts) -> Order:
    """Reserve what can be had, then say so: the process goes on by itself."""
    order = batch.put(effects.reserve_open_units(batch, order))
    waits = order.state in (OrderState.ACCEPTED, OrderState.BACKORDERED)
    return report(batch, order, "stock_reserved") if waits else order


def _request_payment(batch: Batch, order: Order, facts: Facts) -> Order:
    order = effects.request_payment(batch, order)
    return report(batch, order, "payment_secured") if effects.is_secured(order) else order


def _cancel_shipments(batch: Batch, order: Order, facts: Facts) -> Order:
    for shipment in order.shipments:
        if shipment.state in effects.BEFORE_HAND_OVER:
            after = advance_shipment(batch, order, shipment, "called_off")
            assert isinstance(after, Order)
            order = after
    return order


def _return_money(batch: Batch, order: Order, facts: Facts) -> Order:
    """A goal that is met already needs no message; money that comes later asks for it again."""
    if effects.holds_too_much(order):
        batch.promise(Effect.RETURN_MONEY, order, lane="payment")
    return order


def _capture_payment(batch: Batch, order: Order, facts: Facts) -> Order:
    if any(payment.method == "gateway" for payment in order.payments):
        batch.promise(Effect.CAPTURE_PAYMENT, order, lane="payment")
    return order


def _close_payments(batch: Batch, order: Order, facts: Facts) -> Order:
    """What nobody has answered is over, and terms are given up; held money is returned later."""
    for payment in order.payments:
        if payment.method == "terms" and payment.held:
            given_up = effects.give_up_terms(batch, order, payment)
            after = advance_payment(batch, order, given_up, "payment_voided")
        elif payment.state == PaymentState.REQUESTED:
            after = advance_payment(batch, order, payment, "payment_closed")
        else:
            continue
        assert isinstance(after, Order)
        order = after
    return order


AtOnce = Callable[[Batch, Order, Facts], Order]

AT_ONCE: dict[Effect, AtOnce] = {
    Effect.RESERVE_STOCK: _reserve,
    Effect.RELEASE_STOCK: lambda batch, order, _: batch.put(effects.release_stock(batch, order)),
    Effect.PLAN_SHIPMENTS: lambda batch, order, _: batch.put(effects.plan_shipments(batch, order)),
    Effect.CANCEL_SHIPMENTS: _cancel_shipments,
    Effect.REQUEST_PAYMENT: _request_payment,
    Effect.CLOSE_PAYMENTS: _close_payments,
    Effect.RETURN_MONEY: _return_money,
    Effect.CAPTURE_PAYMENT: _capture_payment,
    Effect.CLOSE_LATER: lambda batch, order, _: effects.close_later(batch, order),
}
