"""Which order does a cancellation mean? It names none, so its goods are looked for. Pure.

For each item, among the lines of the same customer and sku in orders placed no later than it, the
latest first:

1. one with enough units left, at the same price;
2. one with enough units left, at any price;
3. several, each with what it has left;
4. what is then left over is unmatched, with its reason.

Units that are still open are cancelled. Units that have left, or are being packed, are matched as a
return. `Book` counts along, so that the items of a batch never claim a unit twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from purvey.adapters.files.outcomes import CancellationOf, Item
from purvey.domain.money import exponent_of
from purvey.importing.candidates import Candidate
from purvey.importing.records import Fate, Record

NO_CUSTOMER = "The cancellation names no customer."
NO_ORDER = "No earlier order of this customer has this product."
NOTHING_LEFT = "All that this customer had ordered of it is cancelled or returned already."


class Book:
    """The candidates of a batch, and how many units of each are left."""

    def __init__(self, candidates: Iterable[Candidate]):
        self._by_item: dict[tuple[str, str, str], list[Candidate]] = defaultdict(list)
        self._left: dict[tuple[str, int], int] = {}
        self._open: dict[tuple[str, int], int] = {}
        for x in sorted(candidates, key=lambda x: (x.placed_at, x.number, -x.no), reverse=True):
            self._by_item[x.customer, x.sku, x.currency].append(x)
            self._left[x.order_id, x.no] = x.left
            self._open[x.order_id, x.no] = x.open

    def records_of(self, cancellation: CancellationOf) -> list[Record]:
        """What becomes of each item and charge; their amounts add up to the invoice's."""
        matched = [r for item in cancellation.items for r in self._match(cancellation, item)]
        order_id = next((record.order_id for record in matched if record.order_id), None)
        return matched + [_credit(item, order_id) for item in cancellation.charges]

    def _match(self, cancellation: CancellationOf, item: Item) -> Iterator[Record]:
        customer = cancellation.customer.external_id
        if customer is None:
            yield _unmatched(item, -item.quantity, NO_CUSTOMER)
            return
        lines = self._by_item.get((customer, item.sku, cancellation.currency), ())
        earlier = [x for x in lines if x.placed_at <= cancellation.placed_at]
        missing = -item.quantity
        for line in self._chosen(earlier, item):
            units = min(missing, self._units_left(line))
            missing -= units
            yield from self._taken(line, item, units)
        if missing:
            yield _unmatched(item, missing, NOTHING_LEFT if earlier else NO_ORDER)

    def _chosen(self, lines: Sequence[Candidate], item: Item) -> Sequence[Candidate]:
        enough = [x for x in lines if self._units_left(x) >= -item.quantity]
        same_price = [x for x in enough if _price_of(x) == item.unit_price]
        return same_price[:1] or enough[:1] or lines

    def _units_left(self, line: Candidate) -> int:
        return max(0, self._left[line.order_id, line.no])

    def _taken(self, line: Candidate, item: Item, units: int) -> Iterator[Record]:
        at = (line.order_id, line.no)
        still_open = min(units, max(0, self._open[at]))
        self._left[at] -= units
        self._open[at] -= still_open
        if still_open:
            yield _part(item, still_open, "cancelled", at)
        if units > still_open:
            yield _part(item, units - still_open, "return", at)


def _price_of(line: Candidate) -> Decimal:
    return Decimal(line.unit_price).scaleb(-exponent_of(line.currency))


def _part(item: Item, units: int, fate: Fate, at: tuple[str, int]) -> Record:
    return Record(
        fate=fate,
        amount=-units * item.unit_price,
        line=item.line,
        sku=item.sku,
        units=units,
        order_id=at[0],
        order_line=at[1],
    )


def _unmatched(item: Item, units: int, reason: str) -> Record:
    return Record(
        fate="unmatched",
        amount=-units * item.unit_price,
        line=item.line,
        sku=item.sku,
        units=units,
        reason=reason,
    )


def _credit(item: Item, order_id: str | None) -> Record:
    return Record(
        fate="credit",
        amount=item.amount,
        line=item.line,
        sku=item.sku,
        units=abs(item.quantity),
        order_id=order_id,
    )


def charge_records(items: Iterable[Item]) -> list[Record]:
    return [
        Record(fate="charge", amount=x.amount, line=x.line, sku=x.sku, units=abs(x.quantity))
        for x in items
    ]
