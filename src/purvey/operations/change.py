"""Change an order after it was received: cancel lines and units, correct the address.

A change is shown first, then confirmed, by the same code: a preview is a batch that is not saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from purvey.domain.draft import Address
from purvey.domain.guards import open_units
from purvey.domain.order import Line, Order
from purvey.domain.states import OrderState, ShipmentState
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance, advance_shipment, report
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.operations.effects import BEFORE_HAND_OVER, promise_fill
from purvey.operations.readdress import readdress
from purvey.ports.storage import Transaction

OVER = (OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """`cancel`: units by line number. `ship_to`: the corrected address."""

    order_id: str
    cancel: Mapping[int, int] = field(default_factory=dict)
    ship_to: Address | None = None
    reason: str = ""
    version: int | None = None


def change(
    tx: Transaction, changes: Sequence[OrderChange], *, act: Act, preview: bool = False
) -> list[Order | Refusal]:
    """The orders as they are after the change; with `preview` nothing is written."""
    batch = Batch.open(tx, act, {wish.order_id for wish in changes}, with_stock=True)
    answers = [_change(batch, wish) for wish in changes]
    if not preview:
        batch.save()
    return answers


def _change(batch: Batch, wish: OrderChange) -> Order | Refusal:
    order = batch.orders.get(wish.order_id)
    if order is None:
        return Refusal("not_found", "There is no such order.")
    refusal = version_refusal(order, wish.version) or _refuse(order, wish)
    if refusal is not None:
        return refusal
    if wish.ship_to is not None:
        order = readdress(batch, order, wish.ship_to)
    return _cancel_units(batch, order, wish) if wish.cancel else order


def _refuse(order: Order, wish: OrderChange) -> Refusal | None:
    if order.state in OVER:
        return Refusal("not_allowed", f"An order that is {order.state} cannot be changed.")
    packed = any(x.state == ShipmentState.PACKED for x in order.shipments)
    packed = packed or order.state in (OrderState.SHIPPED, OrderState.DELIVERED)
    if wish.ship_to is not None and packed:
        sentence = "A parcel is packed already: the address cannot be changed any more."
        return Refusal("already_packed", sentence, pointer="/ship_to")
    if wish.cancel and not wish.reason.strip():
        return Refusal("reason_missing", "Say why, in `reason`.", pointer="/reason")
    lines = {line.no: line for line in order.lines}
    return next((r for no, n in wish.cancel.items() if (r := _too_many(order, lines, no, n))), None)


def _too_many(order: Order, lines: Mapping[int, Line], no: int, units: int) -> Refusal | None:
    if no not in lines:
        return Refusal("no_such_line", "The order has no such line.", pointer="/cancel")
    most = open_units(lines[no]) - _being_worked_on(order, no)
    if not 0 < units <= most:
        sentence = f"Of line {no} at most {most} units can be cancelled now."
        return Refusal("too_many_units", sentence, pointer="/cancel")
    return None


def _being_worked_on(order: Order, no: int) -> int:
    """Units in a shipment that somebody is picking or has packed: what is inside stays as it is.

    A whole order may be cancelled even then: its parcels are called off as a whole, which whoever
    picks is shown, while units that vanish from a parcel would go unnoticed.
    """
    at_work = (ShipmentState.PICKING, ShipmentState.PACKED)
    return sum(dict(x.lines).get(no, 0) for x in order.shipments if x.state in at_work)


def _cancel_units(batch: Batch, order: Order, wish: OrderChange) -> Order | Refusal:
    if all(wish.cancel.get(line.no, 0) == line.ordered - line.cancelled for line in order.lines):
        return advance(batch, order, "cancel", facts={"reason": wish.reason})
    for no, units in sorted(wish.cancel.items()):
        order = _cancel_line(batch, order, next(x for x in order.lines if x.no == no), units)
    for shipment in order.shipments:
        if shipment.state in BEFORE_HAND_OVER and not any(n for _, n in shipment.lines):
            after = advance_shipment(batch, order, shipment, "called_off")
            assert isinstance(after, Order)
            order = after
    lines = {str(no): units for no, units in wish.cancel.items()}
    order = report(batch, order, "rest_cancelled", facts={"reason": wish.reason, "lines": lines})
    promise_fill(batch, order, {line.sku for line in order.lines if line.no in wish.cancel})
    return _go_on(batch, order)


def _cancel_line(batch: Batch, order: Order, line: Line, units: int) -> Order:
    """Backordered units first, then units that no shipment has, then planned ones."""
    waiting = min(units, line.backordered)
    batch.shelves.add_backordered(line.sku, -waiting)
    order, held = _give_back(batch, order, line, units - waiting)
    after = evolve(
        line,
        backordered=line.backordered - waiting,
        reserved=line.reserved - (units - waiting),
        cancelled=line.cancelled + units,
        held=tuple((place, n) for place, n in held.items() if n),
    )
    return batch.put(order.with_line(after))


def _give_back(batch: Batch, order: Order, line: Line, units: int) -> tuple[Order, dict[str, int]]:
    held = dict(line.held)
    for place, there in line.held:
        free = there - _planned(order, line.no, place)
        units -= _release(batch, line.sku, held, place, min(units, free))
    for shipment in order.shipments:
        if shipment.state == ShipmentState.PLANNED and units:
            inside = dict(shipment.lines)
            taken = min(units, inside.get(line.no, 0))
            units -= _release(batch, line.sku, held, shipment.location, taken)
            lines = tuple((no, n - taken if no == line.no else n) for no, n in shipment.lines)
            order = order.with_shipment(evolve(shipment, lines=lines))
    assert units == 0, f"{units} units of line {line.no} could not be given back"
    return order, held


def _release(batch: Batch, sku: str, held: dict[str, int], place: str, units: int) -> int:
    if units:
        batch.shelves.release(sku, place, units=units)
        held[place] -= units
    return units


def _planned(order: Order, no: int, place: str) -> int:
    open_ones = (x for x in order.shipments if x.state in BEFORE_HAND_OVER)
    return sum(dict(x.lines).get(no, 0) for x in open_ones if x.location == place)


def _go_on(batch: Batch, order: Order) -> Order:
    """What is left may need nothing more: no more stock, no more money, no more parcels."""
    if order.state == OrderState.BACKORDERED:
        return report(batch, order, "stock_reserved")
    if order.state == OrderState.RESERVED:
        return report(batch, order, "payment_secured")
    if order.state == OrderState.SHIPPED:
        return report(batch, order, "parcel_arrived")
    return order
