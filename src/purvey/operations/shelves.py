"""Stock of some skus while a batch is decided: locked, counted in memory, written once."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from purvey.domain.allocation import Plan
from purvey.operations.act import Act
from purvey.ports.storage import Level, Movement, Product, Transaction


class Shelves:
    """`products` are as they were read; the numbers that change are asked with the methods.

    1. Reading the products locks them in sku order: all stock of a sku is behind that lock.
    2. Every change is made in memory and asserted here; CHECK constraints stand behind it.
    3. `save` writes the levels, the backorder counters and the movements, each with one statement.
    """

    def __init__(self, tx: Transaction, skus: Collection[str]):
        self._tx = tx
        self.products: Mapping[str, Product]
        self.products, levels = tx.stock.locked(skus)
        self._on_hand: dict[tuple[str, str], int] = {}
        self._reserved: dict[tuple[str, str], int] = {}
        self._places: dict[str, list[str]] = defaultdict(list)
        self._closed = {level.location for level in levels if not level.is_open}
        for sku, place, on_hand, reserved, _ in levels:
            self._on_hand[sku, place], self._reserved[sku, place] = on_hand, reserved
            self._places[sku].append(place)
        self._backordered = {sku: product.backordered for sku, product in self.products.items()}
        self._touched: set[tuple[str, str]] = set()
        self._recounted: set[str] = set()
        self._movements: list[Movement] = []

    def available(self, sku: str) -> dict[str, int]:
        """Units that may be promised, by place, best place first; none at a closed one."""
        return {
            place: self._on_hand[sku, place] - self._reserved[sku, place]
            for place in self._places.get(sku, ())
            if place not in self._closed
        }

    def on_hand(self, sku: str, place: str) -> int:
        return self._on_hand.get((sku, place), 0)

    def reserved(self, sku: str, place: str) -> int:
        return self._reserved.get((sku, place), 0)

    def backordered(self, sku: str) -> int:
        """Units that all orders together wait for."""
        return self._backordered[sku]

    def backorder_room(self, sku: str) -> int:
        """How many more units may be promised beyond stock."""
        product = self.products[sku]
        return max(0, product.backorder_limit - self._backordered[sku])

    def reserve(self, plan: Plan) -> None:
        for sku, takes in plan.items():
            for place, units in takes:
                self._add_reserved(sku, place, units)

    def release(self, sku: str, place: str, *, units: int) -> None:
        self._add_reserved(sku, place, -units)

    def _add_reserved(self, sku: str, place: str, units: int) -> None:
        count = self._reserved[sku, place] + units
        assert 0 <= count <= self._on_hand[sku, place], f"{sku} in {place}: reserved {count}"
        self._reserved[sku, place] = count
        self._touched.add((sku, place))

    def add_backordered(self, sku: str, units: int) -> None:
        if units:
            self._backordered[sku] += units
            assert self._backordered[sku] >= 0, f"{sku}: backordered {self._backordered[sku]}"
            self._recounted.add(sku)

    def move(
        self,
        act: Act,
        sku: str,
        *,
        place: str,
        change: int,
        reason: str,
        order_id: str | None = None,
    ) -> None:
        """Units come or go; the ledger says why."""
        if (sku, place) not in self._on_hand:
            self._on_hand[sku, place] = self._reserved[sku, place] = 0
            self._places[sku].append(place)
        self._on_hand[sku, place] += change
        assert self._on_hand[sku, place] >= 0, f"{sku} in {place}: fewer than none"
        self._touched.add((sku, place))
        self._movements.append(
            Movement(
                id=act.new_id("mov"),
                sku=sku,
                location=place,
                change=change,
                reason=reason,
                actor=act.actor,
                at=act.now,
                order_id=order_id,
            )
        )

    def save(self) -> None:
        levels = [
            Level(sku=s, location=p, on_hand=self._on_hand[s, p], reserved=self._reserved[s, p])
            for s, p in self._touched
        ]
        self._tx.stock.save_levels(levels)
        self._tx.stock.save_backordered({sku: self._backordered[sku] for sku in self._recounted})
        self._tx.stock.add_movements(self._movements)
