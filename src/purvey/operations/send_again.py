"""A parcel that could not be delivered goes out again: its goods are here, and still the order's.

They come back to the shelf that they left and are reserved at once, so that nobody else gets them.
The order goes on as it did before: another parcel is planned, with another label.
"""

from purvey.domain.order import Line, Order, Shipment
from purvey.kit.frozen import evolve
from purvey.operations.advance import report
from purvey.operations.batch import Batch

CAME_BACK = "came back"  # reason of the movement


def send_again(batch: Batch, order: Order, shipment: Shipment) -> Order:
    units = dict(shipment.lines)
    lines = tuple(
        _back_on_the_shelf(batch, order, line, shipment.location, units.get(line.no, 0))
        for line in order.lines
    )
    return report(batch, batch.put(evolve(order, lines=lines)), "parcel_came_back")


def _back_on_the_shelf(batch: Batch, order: Order, line: Line, place: str, units: int) -> Line:
    if not units:
        return line
    move = batch.shelves.move
    move(batch.act, line.sku, place=place, change=units, reason=CAME_BACK, order_id=order.id)
    batch.shelves.reserve({line.sku: [(place, units)]})
    held = dict(line.held)
    held[place] = held.get(place, 0) + units
    return evolve(
        line,
        shipped=line.shipped - units,
        reserved=line.reserved + units,
        held=tuple(held.items()),
    )
