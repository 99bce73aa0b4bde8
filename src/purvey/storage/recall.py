"""Orders that this process read or wrote lately, so that they need not be put together again.

An order's version goes up with every change of it, so its version tells whether what is remembered
is still so; whoever uses this asks for the versions, under a lock if need be. In the whole life of
an order, reading it again and again was a quarter of all work.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from operator import attrgetter, is_
from typing import Any, TypeVar

from purvey.domain.order import Line, Order, Shipment
from purvey.kit.frozen import evolve

Part = TypeVar("Part")
MAX_ORDERS = 10_000  # some 80 MB; a server keeps fewer, as it seldom meets an order twice


class Recall:
    """Used by all threads of a process."""

    def __init__(self, limit: int = MAX_ORDERS):
        self.limit = limit
        self._orders: OrderedDict[tuple[int, str], Order] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, shard: int, order_ids: Collection[str]) -> dict[str, Order]:
        found = ((order_id, self._orders.get((shard, order_id))) for order_id in order_ids)
        return {order_id: order for order_id, order in found if order is not None}

    def keep(self, shard: int, orders: Mapping[str, Order]) -> None:
        """Only what was committed. Of two versions the newer one stays."""
        with self._lock:
            for order_id, order in orders.items():
                before = self._orders.get((shard, order_id))
                if before is None or before.version <= order.version:
                    self._orders[shard, order_id] = order
                    self._orders.move_to_end((shard, order_id))
            while len(self._orders) > self.limit:
                self._orders.popitem(last=False)


def as_read(order: Order) -> Order:
    """As the order would be read: its parts in the order in which they are read, no zeros.

    Nearly every order is so already, and this is asked for at each of its steps.
    """
    parts: dict[str, Any] = {
        "lines": _each(order.lines, _line_as_read),
        "holds": _by_id(order.holds),
        "payments": _by_id(order.payments),
        "shipments": _by_id(_each(order.shipments, _shipment_as_read)),
        "returns": _by_id(order.returns),
    }
    same = all(parts[name] is getattr(order, name) for name in parts)
    return order if same else evolve(order, **parts)


def _each(parts: tuple[Part, ...], change: Callable[[Part], Part]) -> tuple[Part, ...]:
    """The very same tuple where no part changes."""
    found = tuple(map(change, parts))
    return parts if all(map(is_, found, parts)) else found


def _by_id(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return parts if len(parts) < 2 else tuple(sorted(parts, key=_id))


def _line_as_read(line: Line) -> Line:
    held = line.held
    if not held or (len(held) == 1 and held[0][1]):
        return line
    return evolve(line, held=tuple(sorted((place, units) for place, units in held if units)))


def _shipment_as_read(shipment: Shipment) -> Shipment:
    if all(units for _, units in shipment.lines):
        return shipment
    return evolve(shipment, lines=tuple((no, units) for no, units in shipment.lines if units))


_id = attrgetter("id")
