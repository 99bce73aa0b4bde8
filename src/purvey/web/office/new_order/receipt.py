"""What a receipt says: what was taken along, what it cost, how it was paid."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from purvey.domain.amounts import credited, due, lines_total, total
from purvey.domain.money import to_minor
from purvey.domain.order import Order

WAYS = {"cash": "Cash", "card": "Card", "bank_transfer": "Bank transfer", "terms": "On account"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    name: str
    sku: str
    units: int
    price: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Minor units. `sums`: what stands between the goods and the total, in words."""

    number: int
    at: datetime  # the shop's time
    currency: str
    items: tuple[Item, ...]
    sums: tuple[tuple[str, int], ...]
    total: int
    paid: tuple[tuple[str, int], ...]
    given: int | None = None
    change: int | None = None


def receipt_of(order: Order, *, zone: ZoneInfo) -> Receipt | None:
    """None while nothing has been paid."""
    paid = tuple(_paid(order))
    if not paid:
        return None
    change = change_of(order)
    return Receipt(
        number=order.number,
        at=order.placed_at.astimezone(zone),
        currency=order.currency,
        items=tuple(_items(order)),
        sums=tuple((words, amount) for words, amount in _sums(order) if amount),
        total=due(order),
        paid=paid,
        given=None if change is None else change + total(order),
        change=change,
    )


def change_of(order: Order) -> int | None:
    """What went back over the counter; None where nobody said what was given in cash."""
    given = json.loads(order.metadata).get("cash_given")
    return to_minor(given, order.currency) - total(order) if isinstance(given, str) else None


def _paid(order: Order) -> Iterator[tuple[str, int]]:
    """A card counts once the gateway holds the money."""
    for payment in order.payments:
        if amount := payment.received + payment.held:
            yield WAYS.get(payment.method, payment.method), amount


def _items(order: Order) -> Iterator[Item]:
    for line in order.lines:
        if units := line.ordered - line.cancelled:
            price = line.unit_price
            yield Item(name=line.name, sku=line.sku, units=units, price=price, total=units * price)


def _sums(order: Order) -> Iterator[tuple[str, int]]:
    kept = sum(item.total for item in _items(order))
    if kept == lines_total(order):
        yield "Discount", -order.discount_total
        yield "Tax", order.tax_total
    else:  # a part was cancelled, and with it its share of both
        yield "Discount and tax", total(order) - order.shipping_total - kept
    yield "Shipping", order.shipping_total
    yield "Came back", -credited(order)
