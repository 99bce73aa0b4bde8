"""What a step makes happen inside the database. Each is a goal: twice changes nothing more."""

from collections import defaultdict
from datetime import timedelta

from purvey.domain.allocation import allocate
from purvey.domain.amounts import due, secured
from purvey.domain.effects import Effect
from purvey.domain.order import Line, Order, Payment, Shipment
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.kit.frozen import evolve
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.ports.storage import Entry, Message

BEFORE_HAND_OVER = (ShipmentState.PLANNED, ShipmentState.PICKING, ShipmentState.PACKED)
OVER = (OrderState.CANCELLED, OrderState.REJECTED)


def is_secured(order: Order) -> bool:
    return secured(order) >= due(order)


def holds_too_much(order: Order) -> bool:
    """More than it is to pay, or money that is held for an order that is over."""
    held = any(payment.held for payment in order.payments)
    return secured(order) > due(order) or (order.state in (*OVER, OrderState.CLOSED) and held)


def reserve_open_units(batch: Batch, order: Order) -> Order:
    """Give the order's backordered units whatever stock there is."""
    wanted: dict[str, int] = defaultdict(int)
    for line in order.lines:
        if line.backordered:
            wanted[line.sku] += line.backordered
    if not wanted:
        return order
    plan = allocate(wanted, {sku: batch.shelves.available(sku) for sku in wanted})
    batch.shelves.reserve(plan)
    left = {sku: list(takes) for sku, takes in plan.items()}
    lines = tuple(_fill(line, left.get(line.sku, [])) for line in order.lines)
    for before, after in zip(order.lines, lines, strict=True):
        batch.shelves.add_backordered(after.sku, after.backordered - before.backordered)
    return order if lines == order.lines else evolve(order, lines=lines)


def _fill(line: Line, takes: list[tuple[str, int]]) -> Line:
    """Move units of the line from backordered to reserved; `takes` is used up."""
    held, missing = dict(line.held), line.backordered
    while missing and takes:
        place, units = takes.pop(0)
        taken = min(units, missing)
        held[place] = held.get(place, 0) + taken
        missing -= taken
        if units > taken:
            takes.insert(0, (place, units - taken))
    reserved = line.reserved + line.backordered - missing
    return evolve(line, reserved=reserved, backordered=missing, held=tuple(held.items()))


def release_stock(batch: Batch, order: Order) -> Order:
    """Give all reserved units back; cancelled for good when the order is over, else backordered."""
    over = order.state in OVER
    lines = []
    for line in order.lines:
        for place, units in line.held:
            batch.shelves.release(line.sku, place, units=units)
        free = line.reserved + line.backordered
        batch.shelves.add_backordered(line.sku, -line.backordered if over else line.reserved)
        cancelled = line.cancelled + (free if over else 0)
        backordered = 0 if over else free
        lines.append(
            evolve(line, reserved=0, held=(), backordered=backordered, cancelled=cancelled)
        )
    freed = {line.sku for line in order.lines if line.held}
    promise_fill(batch, order, freed)
    return evolve(order, lines=tuple(lines))


def promise_fill(batch: Batch, order: Order, skus: set[str]) -> None:
    """Freed stock goes to the orders that wait for it, if any order waits."""
    for sku in sorted(sku for sku in skus if batch.shelves.products[sku].backordered):
        batch.promise(Effect.FILL_BACKORDERS, order, subject_id=sku)


def fill_message(act: Act, sku: str, *, cause: str) -> Message:
    """For stock that came without an order being touched: an adjustment, a delivery."""
    key = f"{Effect.FILL_BACKORDERS}:{sku}:{cause}"
    return Message(key=key, effect=Effect.FILL_BACKORDERS, subject_id=sku, due_at=act.now)


def plan_shipments(batch: Batch, order: Order) -> Order:
    """One shipment per location for every reserved unit that no shipment has yet."""
    planned: dict[tuple[int, str], int] = defaultdict(int)
    for shipment in order.shipments:
        if shipment.state in BEFORE_HAND_OVER:
            for no, units in shipment.lines:
                planned[no, shipment.location] += units
    by_place: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in order.lines:
        for place, units in line.held:
            if units > planned[line.no, place]:
                by_place[place].append((line.no, units - planned[line.no, place]))
    new = tuple(_shipment(batch, order, place, lines) for place, lines in by_place.items())
    return evolve(order, shipments=(*order.shipments, *new)) if new else order


def _shipment(batch: Batch, order: Order, place: str, lines: list[tuple[int, int]]) -> Shipment:
    return Shipment(
        id=batch.act.new_id("shp"),
        location=place,
        method=order.shipping_method,
        lines=tuple(lines),
        planned_at=batch.act.now,
        state_since=batch.act.now,
    )


def request_payment(batch: Batch, order: Order) -> Order:
    """Ask the gateway, or wait for the customer until a day; nothing to do when money is there."""
    for payment in order.payments:
        if payment.state != PaymentState.REQUESTED or is_secured(order):
            continue
        if payment.method == "gateway":
            batch.promise(Effect.REQUEST_PAYMENT, order, subject_id=payment.id, lane="payment")
        elif payment.expires_at is None:
            order = promise_expiry(batch, order, payment)
    return order


def promise_expiry(batch: Batch, order: Order, payment: Payment) -> Order:
    """Wait for money until a day; then the order is cancelled and its stock freed."""
    policies = batch.act.policies
    by_hand = payment.method != "gateway"
    wait = timedelta(days=policies.bank_transfer_days if by_hand else policies.payment_retry_days)
    batch.promise(Effect.EXPIRE_PAYMENT, order, subject_id=payment.id, after=wait)
    return batch.put(order.with_payment(evolve(payment, expires_at=batch.act.now + wait)))


def give_up_terms(batch: Batch, order: Order, payment: Payment) -> Payment:
    batch.enter(order, entry_of(batch, payment, key="terms", kind="voided", amount=payment.held))
    return evolve(payment, voided=payment.voided + payment.held)


def entry_of(
    batch: Batch,
    payment: Payment,
    *,
    key: str,
    kind: str,
    amount: int,
    reference: str | None = None,
) -> Entry:
    return Entry(
        payment_id=payment.id,
        key=key,
        kind=kind,
        amount=amount,
        reference=reference,
        at=batch.act.now,
    )


def close_later(batch: Batch, order: Order) -> Order:
    wait = timedelta(days=batch.act.policies.close_after_days)
    batch.promise(Effect.CLOSE_LATER, order, after=wait)
    return order
