"""Every unit of an order is in one place: cancelled, waited for, reserved, or in a parcel."""

from collections import Counter
from collections.abc import Collection, Iterator

from purvey.domain.returns import LEFT
from purvey.domain.states import ShipmentState
from purvey.queries.doctor.case import Case, Wrong
from purvey.storage.sql import Sql

BEFORE_HAND_OVER = frozenset({ShipmentState.PLANNED, ShipmentState.PICKING, ShipmentState.PACKED})
_COMPARE = "Compare with the order's history, then correct the line in the database."


def has_lines(case: Case) -> Iterator[Wrong]:
    if not case.order.lines:
        yield Wrong("The order has no lines.", "Bring its lines back from a backup.")


def no_more_returned_than_shipped(case: Case) -> Iterator[Wrong]:
    for line in case.order.lines:
        if not 0 <= line.returned <= line.shipped:
            yield Wrong(
                f"Line {line.no} ({line.sku}): {line.returned} returned of {line.shipped} shipped.",
                _COMPARE,
            )


def shipped_units_are_in_parcels(case: Case) -> Iterator[Wrong]:
    left: Counter[int] = Counter()
    for shipment in case.order.shipments:
        if shipment.state in LEFT:
            left.update(dict(shipment.lines))
    for line in case.order.lines:
        if line.shipped != left[line.no]:
            yield Wrong(
                f"Line {line.no} ({line.sku}): {line.shipped} units shipped,"
                f" but {left[line.no]} are in parcels that left.",
                _COMPARE,
            )


def planned_units_are_reserved(case: Case) -> Iterator[Wrong]:
    planned: Counter[tuple[int, str]] = Counter()
    for shipment in case.order.shipments:
        if shipment.state in BEFORE_HAND_OVER:
            planned.update({(no, shipment.location): units for no, units in shipment.lines})
    held = {(line.no, place): units for line in case.order.lines for place, units in line.held}
    for (no, place), units in planned.items():
        if units > held.get((no, place), 0):
            yield Wrong(
                f"Line {no}: {units} units are to be sent from {place},"
                f" but only {held.get((no, place), 0)} are reserved there.",
                "Do not hand the parcel over; cancel the shipment's order or correct the line.",
            )


def broken_lines(sql: Sql, order_ids: Collection[str]) -> Iterator[tuple[str, Wrong]]:
    """Why orders cannot be read: (order id, what is wrong with a line)."""
    for row in sql.rows(_BROKEN_LINES, ids=sorted(order_ids)):
        parts = (
            f"{row.cancelled} cancelled + {row.backordered} backordered"
            f" + {row.reserved} reserved + {row.shipped} shipped"
        )
        line = f"Line {row.no} ({row.sku})"
        if row.ordered == row.parts and row.least >= 0:
            what = f"{line}: {row.reserved} units reserved, but {row.held} are held somewhere."
        else:
            what = f"{line}: {row.ordered} ordered is not {parts}."
        yield row.order_id, Wrong(what, _COMPARE)


_BROKEN_LINES = """
select * from (
    select l.order_id, l.no, l.sku, l.ordered, l.cancelled, l.backordered, l.reserved, l.shipped,
           l.cancelled + l.backordered + l.reserved + l.shipped as parts,
           case when l.cancelled < 0 or l.backordered < 0 or l.reserved < 0 or l.shipped < 0
                then -1 else 0 end as least,
           coalesce((select cast(sum(r.quantity) as bigint) from reservation r
                      where r.shard = :shard and r.order_id = l.order_id and r.no = l.no
                        and r.quantity > 0), 0) as held
      from order_line l where l.shard = :shard and l.order_id = any(:ids)
) x
 where ordered <> parts or least < 0 or reserved <> held
 order by order_id, no
"""
