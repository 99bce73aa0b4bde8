"""The one place where a state changes. Every step follows a row of `lifecycle.py`.

A step's effects are done at once where all they need is in the database (reserve, plan, release),
in the same transaction; what needs the outside is promised to the outbox.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from purvey.domain.effects import Effect
from purvey.domain.guards import PaymentOf, ReturnOf, ShipmentOf
from purvey.domain.order import Order, Payment, Return, Shipment
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState
from purvey.kit.frozen import evolve
from purvey.kit.process import Facts, Refusal, Step
from purvey.lifecycle import ORDER, PAYMENT, RETURN, SHIPMENT
from purvey.operations import effects
from purvey.operations.batch import NO_FACTS, Batch
from purvey.operations.tell import tell_customer


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


def return_ended(batch: Batch, order: Order) -> Order:
    """An order whose parcel came back goes on when it is known what becomes of the goods."""
    return report(batch, order, "return_ended") if order.state == OrderState.SHIPPED else order


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
        if effect.startswith("notify."):
            tell_customer(batch, order, Effect(effect), subject_id=shipment.id)
        else:
            lane = f"shipment:{shipment.id}"
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
        if effect.startswith("notify."):
            tell_customer(batch, order, Effect(effect), payload=payload, subject_id=payment.id)
            continue
        promise = batch.promise
        promise(Effect(effect), order, subject_id=payment.id, payload=payload, lane="payment")
    return order


def open_return(batch: Batch, order: Order, returned: Return, *, facts: Facts = NO_FACTS) -> Order:
    """The first row of a return's history."""
    return batch.record(
        order.with_return(returned),
        process=RETURN.name,
        subject_id=returned.id,
        trigger="request",
        source="",
        target=returned.state,
        facts=facts,
    )


def advance_return(
    batch: Batch, order: Order, returned: Return, trigger: str, *, facts: Facts = NO_FACTS
) -> Order | Refusal:
    """Take one step of a return's process. What was found and what goes back is the caller's."""
    step = RETURN.decide(ReturnOf(order, returned), trigger, facts)
    if isinstance(step, Refusal):
        return step
    target = ReturnState(step.target)
    if target != returned.state:
        returned = evolve(returned, state=target, state_since=batch.act.now)
    order = _record_part(batch, order.with_return(returned), returned.id, step, facts)
    for effect in step.effects:
        order = _make_return_happen(batch, order, returned, Effect(effect), facts)
    return order


def _make_return_happen(
    batch: Batch, order: Order, returned: Return, effect: Effect, facts: Facts
) -> Order:
    if effect in AT_ONCE:
        return AT_ONCE[effect](batch, order, facts)
    if effect.startswith("notify."):
        said = {"reason": facts["reason"]} if facts.get("reason") else NO_FACTS
        tell_customer(batch, order, effect, payload=said, subject_id=returned.id)
    else:
        wait = returned.send_by - batch.act.now if returned.send_by else timedelta(0)
        batch.promise(effect, order, subject_id=returned.id, after=wait)
    return order


PROCESS_OF: dict[type[StrEnum], str] = {
    PaymentState: PAYMENT.name,
    ShipmentState: SHIPMENT.name,
    ReturnState: RETURN.name,
}


def _record_part(batch: Batch, order: Order, subject_id: str, step: Step, facts: Facts) -> Order:
    process = PROCESS_OF[type(step.target)]
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
    reason = {"reason": facts["reason"]} if facts.get("reason") else NO_FACTS
    if effect.startswith("notify."):
        tell_customer(batch, order, effect, payload=reason)
    else:
        batch.promise(effect, order, payload=reason, lane="payment")
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
