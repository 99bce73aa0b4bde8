"""What a message says about an order: the facts of the texts, in the customer's language."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency

from purvey.adapters.messages import MessageFacts, MessageLine, Totals, Tracking, language_of
from purvey.config import Settings
from purvey.domain.money import to_text
from purvey.domain.order import Line, Order, Return, Shipment
from purvey.domain.paying import awaits_customer
from purvey.domain.returns import quantities
from purvey.ports.storage import Message

PICKUP = "pickup"
_ADDRESS_LINES = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country")
# Where most people read one of our languages; everybody else gets the shop's.
_SPOKEN = {
    **dict.fromkeys(("DE", "AT", "LI"), "de"),
    **dict.fromkeys(("FR", "MC"), "fr"),
    **dict.fromkeys(("ES", "MX", "AR", "CO", "CL", "PE", "UY", "EC", "BO", "PY", "VE"), "es"),
    **dict.fromkeys(("GB", "IE", "US", "AU", "NZ"), "en"),
}
_LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
_DAYS = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM", "fr": "EEEE d MMMM", "es": "EEEE, d 'de' MMMM"}


def language_for(order: Order, settings: Settings) -> str:
    """The customer's own, else the country's, else the shop's."""
    country = order.ship_to.country if order.ship_to else None
    return language_spoken(order.customer.language, country, settings=settings)


def language_spoken(wish: str | None, country: str | None, *, settings: Settings) -> str:
    return language_of(wish, _SPOKEN.get(country or ""), settings.language)


def facts_of(
    order: Order,
    message: Message,
    *,
    settings: Settings,
    language: str,
    places: Mapping[str, str] | None = None,
    expected: str | None = None,
) -> MessageFacts:
    """A message about a parcel or a return lists what is in it; every other one lists the order.

    `places`: names of locations by code; `expected`: the ISO day when what is missing comes.
    """
    shipment = next((x for x in order.shipments if x.id == message.subject_id), None)
    returned = next((x for x in order.returns if x.id == message.subject_id), None)
    inside = None if shipment is None else dict(shipment.lines)
    payload = json.loads(message.payload)
    return MessageFacts(
        shop_name=settings.shop_name,
        order_number=str(order.number),
        order_url=f"{settings.web_address}/track/{order.track_token}",
        customer_name=order.customer.name,
        lines=_lines(order, quantities(returned.lines) if returned else inside, language),
        totals=_totals(order, language) if inside is None and returned is None else None,
        ship_to=() if order.shipping_method == PICKUP else _address(order),
        tracking=_tracking(shipment),
        promised=_promise(order, language),
        stock_expected=expected and _day(expected, language),
        amount=_amount(payload, order, language),
        confirm_url=next((x.confirm_url for x in order.payments if awaits_customer(x)), None),
        collect_at=_place(order, shipment, places or {}),
        instructions=returned.instructions if returned else None,
        send_by=_send_by(returned, settings, language),
        reason=payload.get("reason"),
    )


def _send_by(returned: Return | None, settings: Settings, language: str) -> str | None:
    if returned is None or returned.send_by is None:
        return None
    day = returned.send_by.astimezone(ZoneInfo(settings.time_zone)).date()
    return _day(day.isoformat(), language)


def _lines(
    order: Order, inside: Mapping[int, int] | None, language: str
) -> tuple[MessageLine, ...]:
    return tuple(
        _line(order, line, units, language)
        for line in order.lines
        if (units := line.ordered if inside is None else inside.get(line.no, 0))
    )


def _line(order: Order, line: Line, units: int, language: str) -> MessageLine:
    return MessageLine(
        name=line.name,
        sku=line.sku,
        quantity=units,
        unit_price=money(line.unit_price, order.currency, language=language),
        total=money(line.unit_price * units, order.currency, language=language),
        waiting=line.backordered,
    )


def _totals(order: Order, language: str) -> Totals:
    goods = sum(line.unit_price * line.ordered for line in order.lines)
    whole = goods + order.shipping_total + order.tax_total - order.discount_total

    def say(minor: int) -> str:
        return money(minor, order.currency, language=language)

    return Totals(
        lines=say(goods),
        discounts=say(-order.discount_total) if order.discount_total else None,
        shipping=say(order.shipping_total),
        tax=say(order.tax_total) if order.tax_total else None,
        total=say(whole),
    )


@lru_cache(maxsize=4096)  # babel takes 15 microseconds, and a shop's prices repeat
def money(minor: int, currency: str, *, language: str) -> str:
    return format_currency(to_text(minor, currency), currency, locale=_LOCALES[language])


def long_day(day: date, *, language: str) -> str:
    """With its year: "2 December 2030"."""
    return format_date(day, "long", locale=_LOCALES[language])


def _amount(payload: Mapping[str, Any], order: Order, language: str) -> str | None:
    minor = payload.get("amount")
    return money(int(minor), order.currency, language=language) if minor else None


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


def _place(order: Order, shipment: Shipment | None, places: Mapping[str, str]) -> str | None:
    if order.shipping_method != PICKUP:
        return None
    code = shipment.location if shipment else next((x.location for x in order.shipments), "")
    return places.get(code, code) or None


def _promise(order: Order, language: str) -> str | None:
    if order.promised_from is None or order.promised_to is None:
        return None
    return days(order.promised_from, order.promised_to, language=language)


@lru_cache(maxsize=256)
def days(first: str, last: str, *, language: str) -> str:
    """From one ISO day to another: "Tuesday 2 December – Thursday 4 December"."""
    if first == last:
        return _day(first, language)
    return f"{_day(first, language)} – {_day(last, language)}"


@lru_cache(maxsize=256)
def _day(iso: str, language: str) -> str:
    """The weekday and the day; the year is clear."""
    return format_date(date.fromisoformat(iso), _DAYS[language], locale=_LOCALES[language])
