"""Make an order out of a draft: prices, totals, promise, payment. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from purvey.domain.draft import Draft, DraftLine
from purvey.domain.order import Line, Order
from purvey.domain.promise import promised
from purvey.operations.act import Act
from purvey.operations.short_stock import Allocated
from purvey.ports.storage import Product, ShippingMethod

UNKNOWN_PRICE = 0
BACKORDER_DAYS = 10  # added to the promise while nobody has announced a delivery


def priced(draft: Draft, products: Mapping[str, Product]) -> Sequence[tuple[DraftLine, int]]:
    """Each line with its unit price: its own if it has one, else the catalogue's."""
    return [(line, _price(line, products.get(line.sku))) for line in draft.lines]


def _price(line: DraftLine, product: Product | None) -> int:
    if line.unit_price is not None:
        return line.unit_price
    return product.price if product else UNKNOWN_PRICE


def shipping_price(draft: Draft, method: ShippingMethod) -> int:
    """The order's own if it names one, else the method's."""
    return method.price if draft.shipping.price is None else draft.shipping.price


def order_total(draft: Draft, lines: Sequence[tuple[DraftLine, int]], *, shipping: int) -> int:
    goods = sum([price * line.quantity for line, price in lines])
    return goods + shipping - _discount_total(draft)


def lookalike_key(draft: Draft) -> str | None:
    """The same for orders of one customer with the same lines and prices; None without a customer.

    Discounts and prices given by the caller stand for the amount, so that the key is known before
    the catalogue is read.
    """
    who = draft.customer.external_id or (draft.customer.email or "").strip().lower()
    if not who:
        return None
    lines = sorted((line.sku, line.quantity, line.unit_price or -1) for line in draft.lines)
    discounts = sum(discount.amount for discount in draft.discounts)
    text = repr((who, draft.currency, lines, discounts))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def compose(
    draft: Draft,
    *,
    lines: Sequence[tuple[DraftLine, int]],
    allocated: Allocated,
    act: Act,
    method: ShippingMethod,
    number: int,
    customer_id: str | None,
    products: Mapping[str, Product],
    lookalike: str | None,
) -> Order:
    placed_at = draft.placed_at or act.now
    return Order(
        id=act.new_id("ord"),
        number=number,
        channel=draft.channel,
        external_id=draft.external_id,
        currency=draft.currency,
        customer_id=customer_id,
        customer=draft.customer,
        ship_to=draft.ship_to,
        bill_to=draft.bill_to,
        lines=_lines(lines, allocated, products),
        shipping_method=method.code,
        ship_complete=draft.shipping.complete,
        shipping_total=shipping_price(draft, method),
        discounts=draft.discounts,
        discount_total=_discount_total(draft),
        placed_at=placed_at,
        state_since=act.now,
        **_promise(placed_at.date(), method, is_short=bool(allocated.short)),
        requested_delivery_date=draft.requested_delivery_date,
        notes=draft.notes,
        metadata=json.dumps(draft.metadata) if draft.metadata else "{}",
        fingerprint=draft.fingerprint,
        lookalike=lookalike,
        track_token=act.new_id("trk"),
    )


def _promise(day: date, method: ShippingMethod, *, is_short: bool) -> dict[str, Any]:
    start = day + timedelta(days=BACKORDER_DAYS if is_short else 0)
    first, last = promised(start, days_from=method.days_from, days_to=method.days_to)
    return {"promised_from": first, "promised_to": last}


def _discount_total(draft: Draft) -> int:
    return sum([discount.amount for discount in draft.discounts])


def _lines(
    lines: Sequence[tuple[DraftLine, int]], allocated: Allocated, products: Mapping[str, Product]
) -> tuple[Line, ...]:
    """Lines of one sku share what was allocated to it, in their order."""
    left = {sku: list(takes) for sku, takes in allocated.plan.items()}
    return tuple(
        _line(no, line, price, left.get(line.sku, []), products[line.sku])
        for no, (line, price) in enumerate(lines, 1)
    )


def _line(
    no: int, line: DraftLine, price: int, takes: list[tuple[str, int]], product: Product
) -> Line:
    """`takes` is used up: the next line of the same sku gets what is left."""
    held, missing = [], line.quantity
    while missing and takes:
        place, units = takes.pop(0)
        held.append((place, min(units, missing)))
        if units > missing:
            takes.insert(0, (place, units - missing))
        missing -= min(units, missing)
    return Line(
        no=no,
        sku=line.sku,
        name=line.name or product.name,
        unit_price=price,
        weight_grams=product.weight_grams,
        ordered=line.quantity,
        reserved=line.quantity - missing,
        backordered=missing,
        held=tuple(held),
    )
