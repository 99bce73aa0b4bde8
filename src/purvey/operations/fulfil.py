"""Pick, pack, hand over, deliver: what the warehouse does with shipments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from purvey.domain.order import Line, Order, Shipment
from purvey.domain.states import OrderState
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.lifecycle import SHIPMENT
from purvey.operations.act import Act
from purvey.operations.advance import advance_shipment, report
from purvey.operations.batch import Batch
from purvey.operations.send_again import send_again
from purvey.ports.storage import Transaction

PICKUP = "pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentStep:
    shipment_id: str
    trigger: str  # pick, pack, hand_over, deliver, send_again


def fulfil(tx: Transaction, steps: Sequence[ShipmentStep], *, act: Act) -> list[Order | Refusal]:
    """Take one step for each shipment; the order reacts in the same transaction."""
    owners = tx.orders.of_shipments({step.shipment_id for step in steps})
    moves_stock = any(step.trigger in ("hand_over", "send_again") for step in steps)
    batch = Batch.open(tx, act, set(owners.values()), with_stock=moves_stock)
    answers = [take_step(batch, owners.get(step.shipment_id), step) for step in steps]
    batch.save()
    return answers


def take_step(batch: Batch, order_id: str | None, step: ShipmentStep) -> Order | Refusal:
    """`order_id`: the order that the shipment belongs to, None when there is no such shipment."""
    if order_id is None:
        return Refusal("not_found", "There is no such shipment.")
    if step.trigger not in SHIPMENT.request_names:
        names = ", ".join(SHIPMENT.request_names)
        return Refusal("not_allowed", f"With a shipment one can do: {names}.")
    order = batch.orders[order_id]
    after = advance_shipment(batch, order, shipment_of(order, step.shipment_id), step.trigger)
    if isinstance(after, Refusal):
        return after
    react = REACTIONS.get(step.trigger)
    return react(batch, after, shipment_of(after, step.shipment_id)) if react else after


def shipment_of(order: Order, shipment_id: str) -> Shipment:
    return next(shipment for shipment in order.shipments if shipment.id == shipment_id)


def _picked(batch: Batch, order: Order, shipment: Shipment) -> Order:
    return report(batch, order, "picking_started") if order.state == OrderState.READY else order


def _handed_over(batch: Batch, order: Order, shipment: Shipment) -> Order:
    """The units leave the shelves and the reservation together."""
    units = dict(shipment.lines)
    lines = tuple(
        _ship(batch, order, line, shipment.location, units.get(line.no, 0)) for line in order.lines
    )
    order = report(batch, batch.put(evolve(order, lines=lines)), "handed_over")
    return _collected(batch, order, shipment) if shipment.method == PICKUP else order


def _collected(batch: Batch, order: Order, shipment: Shipment) -> Order:
    """What the customer takes along has arrived."""
    after = advance_shipment(batch, order, shipment, "delivered")
    assert isinstance(after, Order)
    return arrived(batch, after, shipment)


def _ship(batch: Batch, order: Order, line: Line, place: str, units: int) -> Line:
    if not units:
        return line
    batch.shelves.release(line.sku, place, units=units)
    move = batch.shelves.move
    move(batch.act, line.sku, place=place, change=-units, reason="shipped", order_id=order.id)
    held = tuple((p, n - units if p == place else n) for p, n in line.held)
    return evolve(
        line,
        reserved=line.reserved - units,
        shipped=line.shipped + units,
        held=tuple((p, n) for p, n in held if n),
    )


def arrived(batch: Batch, order: Order, shipment: Shipment) -> Order:
    return report(batch, order, "parcel_arrived")


REACTIONS: dict[str, Callable[[Batch, Order, Shipment], Order]] = {
    "pick": _picked,
    "hand_over": _handed_over,
    "deliver": arrived,
    "send_again": send_again,
}
