"""What a mail says about an order: the facts of the templates, as texts that customers read."""

import json
from datetime import date
from functools import lru_cache

from babel.numbers import format_currency

from purvey.adapters.messages import MessageFacts, MessageLine, Rendered, Totals, Tracking, render
from purvey.config import Settings
from purvey.domain.money import to_text
from purvey.domain.order import Line, Order, Shipment
from purvey.ports.storage import Message

__all__ = ["Rendered", "facts_of", "render"]

_ADDRESS_LINES = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country")


def facts_of(order: Order, message: Message, *, settings: Settings) -> MessageFacts:
    """A mail about a parcel lists what is in it; every other one lists the order."""
    shipment = next((x for x in order.shipments if x.id == message.subject_id), None)
    return MessageFacts(
        shop_name=settings.shop_name,
        order_number=str(order.number),
        order_url=f"{settings.web_address}/track/{order.track_token}",
        customer_name=order.customer.name,
        lines=_lines(order, shipment),
        totals=_totals(order) if shipment is None else None,
        ship_to=_address(order),
        tracking=_tracking(shipment),
        promised=_promise(order),
        reason=json.loads(message.payload).get("reason"),
    )


def _lines(order: Order, shipment: Shipment | None) -> tuple[MessageLine, ...]:
    inside = None if shipment is None else dict(shipment.lines)
    return tuple(
        _line(order, line, units)
        for line in order.lines
        if (units := line.ordered if inside is None else inside.get(line.no, 0))
    )


def _line(order: Order, line: Line, units: int) -> MessageLine:
    return MessageLine(
        name=line.name,
        sku=line.sku,
        quantity=units,
        unit_price=money(line.unit_price, order.currency),
        total=money(line.unit_price * units, order.currency),
        waiting=line.backordered,
    )


def _totals(order: Order) -> Totals:
    goods = sum(line.unit_price * line.ordered for line in order.lines)
    whole = goods + order.shipping_total + order.tax_total - order.discount_total
    currency = order.currency
    return Totals(
        lines=money(goods, currency),
        discounts=money(-order.discount_total, currency) if order.discount_total else None,
        shipping=money(order.shipping_total, currency),
        tax=money(order.tax_total, currency) if order.tax_total else None,
        total=money(whole, currency),
    )


@lru_cache(maxsize=4096)  # babel takes 15 microseconds, and a shop's prices repeat
def money(minor: int, currency: str) -> str:
    return format_currency(to_text(minor, currency), currency, locale="en_GB")


def _address(order: Order) -> tuple[str, ...]:
    if order.ship_to is None:
        return ()
    parts = (getattr(order.ship_to, name) for name in _ADDRESS_LINES)
    return tuple(part for part in parts if part)


def _tracking(shipment: Shipment | None) -> Tracking | None:
    if shipment is None or shipment.tracking_number is None:
        return None
    return Tracking(
        carrier=(shipment.carrier or "").replace("_", " "),
        number=shipment.tracking_number,
        url=shipment.tracking_url or "",
    )


def _promise(order: Order) -> str | None:
    if order.promised_from is None or order.promised_to is None:
        return None
    return _days(order.promised_from, order.promised_to)


@lru_cache(maxsize=256)
def _days(first: str, last: str) -> str:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return f"{end:%A %-d %B}"
    return f"{start:%A %-d %B} to {end:%A %-d %B}"
