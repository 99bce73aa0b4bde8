"""An order as the API shows it. By hand: it is made for every order that is taken."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from purvey.domain.amounts import lines_total, paid, refunded, total
from purvey.domain.draft import Address, Contact
from purvey.domain.money import to_text
from purvey.domain.order import Hold, Line, Order, Payment, Shipment
from purvey.domain.waiting import NOTHING_EXPECTED, Expected, waiting_for
from purvey.kit.json_text import time_text as time_text  # noqa: PLC0414  # a part of orders
from purvey.queries.allowed import allowed

Json = dict[str, Any]


def order_json(
    order: Order, *, site: str, expected: Mapping[str, Expected] = NOTHING_EXPECTED
) -> Json:
    """`site` is where customers find the shop's pages; `expected` the announced stock."""
    currency = order.currency
    waits = waiting_for(order, expected)
    return {
        "id": order.id,
        "number": str(order.number),
        "state": str(order.state),
        "version": order.version,
        "channel": order.channel,
        "external_id": order.external_id,
        "placed_at": time_text(order.placed_at),
        "state_since": time_text(order.state_since),
        "currency": currency,
        "totals": totals_json(order),
        "customer": _customer(order.customer_id, order.customer),
        "ship_to": _address(order.ship_to),
        "bill_to": _address(order.bill_to),
        "lines": [_line(line, currency) for line in order.lines],
        "shipping": {"method": order.shipping_method, "complete": order.ship_complete},
        "discounts": [
            {"code": x.code, "amount": to_text(x.amount, currency)} for x in order.discounts
        ],
        "requested_delivery_date": order.requested_delivery_date,
        "holds": [_hold(hold) for hold in order.open_holds],
        "payments": [_payment(payment, currency) for payment in order.payments],
        "shipments": [_shipment(shipment) for shipment in order.shipments],
        "returns": [{"id": x.id, "state": str(x.state)} for x in order.returns],
        "waiting_for": None
        if waits.code is None
        else {"code": waits.code, "sentence": waits.sentence, "since": time_text(waits.since)},
        "allowed": allowed(order),
        "promised_delivery": {"from": order.promised_from, "to": order.promised_to},
        "tracking_url": f"{site}/track/{order.track_token}",
        "notes": order.notes,
        "metadata": {} if order.metadata == "{}" else json.loads(order.metadata),
    }


@lru_cache(64)  # all that one batch does has one time
def maybe_time_text(at: datetime | None) -> str | None:
    return None if at is None else time_text(at)


def totals_json(order: Order) -> Json:
    """`total` is what is to be paid for all that is not cancelled; `lines` is what was ordered."""
    currency = order.currency
    return {
        "lines": to_text(lines_total(order), currency),
        "discounts": to_text(order.discount_total, currency),
        "shipping": to_text(order.shipping_total, currency),
        "tax": to_text(order.tax_total, currency),
        "total": to_text(total(order), currency),
        "paid": to_text(paid(order), currency),
        "refunded": to_text(refunded(order), currency),
    }


def _customer(id_: str | None, contact: Contact) -> Json:
    return {
        "id": id_,
        "email": contact.email,
        "name": contact.name,
        "phone": contact.phone,
        "external_id": contact.external_id,
        "language": contact.language,
    }


def _address(address: Address | None) -> Json | None:
    if address is None:
        return None
    return {
        "name": address.name,
        "company": address.company,
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "region": address.region,
        "postal_code": address.postal_code,
        "country": address.country,
    }


def _line(line: Line, currency: str) -> Json:
    return {
        "id": str(line.no),
        "sku": line.sku,
        "name": line.name,
        "unit_price": to_text(line.unit_price, currency),
        "ordered": line.ordered,
        "reserved": line.reserved,
        "backordered": line.backordered,
        "shipped": line.shipped,
        "cancelled": line.cancelled,
        "returned": line.returned,
    }


def _hold(hold: Hold) -> Json:
    return {
        "id": hold.id,
        "type": hold.type,
        "reason": hold.reason,
        "blocks": hold.blocks,
        "by": hold.by,
        "since": time_text(hold.since),
        "until": maybe_time_text(hold.until),
    }


def _payment(payment: Payment, currency: str) -> Json:
    return {
        "id": payment.id,
        "method": payment.method,
        "gateway": payment.gateway,
        "state": str(payment.state),
        "amount": to_text(payment.amount, currency),
        "captured": to_text(payment.captured, currency),
        "refunded": to_text(payment.refunded, currency),
        "reason": payment.reason,
        "expires_at": maybe_time_text(payment.expires_at),
        "confirm_url": payment.confirm_url,
    }


def _shipment(shipment: Shipment) -> Json:
    return {
        "id": shipment.id,
        "state": str(shipment.state),
        "location": shipment.location,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
    }


def difference_json(before: Order, after: Order) -> Json:
    """What a change does to money and stock."""
    return {
        "total": to_text(total(after) - total(before), after.currency),
        "reserved": _units(after, "reserved") - _units(before, "reserved"),
        "backordered": _units(after, "backordered") - _units(before, "backordered"),
    }


def _units(order: Order, part: str) -> int:
    return sum(getattr(line, part) for line in order.lines)
