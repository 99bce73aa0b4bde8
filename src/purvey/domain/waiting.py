"""Why an order waits, in one sentence. Pure; nothing waits without a reason.

The code is kept beside the order by its only writer, so that worklists are index look-ups; the
sentence is made when it is read, since it speaks of what may change elsewhere (announced stock).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from purvey.domain.amounts import due, secured
from purvey.domain.money import to_text
from purvey.domain.order import Order, Payment, Shipment
from purvey.domain.paying import NEEDS_CUSTOMER, PAYMENT_HOLD, latest_payment
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState


@dataclass(frozen=True, slots=True)
class Waiting:
    """`code` is None when nothing is left to wait for."""

    code: str | None
    since: datetime
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """Announced stock of a sku. `is_late`: its day is over, as the shop counts its days."""

    quantity: int
    on: date | None
    is_late: bool = False


NOTHING_EXPECTED: Mapping[str, Expected] = {}


def waiting_for(order: Order, expected: Mapping[str, Expected] = NOTHING_EXPECTED) -> Waiting:
    match order.state:
        case OrderState.CLOSED | OrderState.CANCELLED | OrderState.REJECTED:
            return Waiting(None, order.state_since)
        case OrderState.RECEIVED | OrderState.ACCEPTED:
            return Waiting("decision", order.state_since, "Being checked right now.")
        case OrderState.IN_REVIEW:
            return _review(order)
        case OrderState.BACKORDERED:
            return Waiting("stock", order.state_since, _stock_sentence(order, expected))
        case OrderState.RESERVED:
            return _payment(order)
        case _:
            return _fulfilment(order)


def _review(order: Order) -> Waiting:
    holds = order.open_holds
    first = holds[0].reason if holds else "the hold is over"
    more = f" (and {len(holds) - 1} more)" if len(holds) > 1 else ""
    return Waiting("review", order.state_since, f"Waiting for a person to decide: {first}{more}")


def _stock_sentence(order: Order, expected: Mapping[str, Expected]) -> str:
    short = [line for line in order.lines if line.backordered]
    if not short:
        return "Waiting for its reserved units to be planned."
    line = next((x for x in short if x.sku in expected), short[0])
    also = f" and {len(short) - 1} more" if len(short) > 1 else ""
    coming = expected.get(line.sku)
    if coming is None:
        return f"Waiting for stock of {line.sku}{also}, no delivery announced"
    return f"Waiting for stock of {line.sku}{also}, {_coming(coming)}"


def _coming(coming: Expected) -> str:
    if coming.on is None:
        return f"{coming.quantity} expected, day unknown"
    day = f"{coming.on.day} {coming.on:%B}"
    if not coming.is_late:
        return f"{coming.quantity} expected on {day}"
    return f"{coming.quantity} {'was' if coming.quantity == 1 else 'were'} expected on {day}"


def _payment(order: Order) -> Waiting:
    hold = next((hold for hold in order.open_holds if hold.type == PAYMENT_HOLD), None)
    if hold is not None:
        return Waiting("payment_stuck", hold.since, f"On hold: {hold.reason}")
    payment = latest_payment(order)
    if payment is None:
        return Waiting("payment", order.state_since, "Waiting for a payment to be arranged")
    until = f" until {payment.expires_at:%-d %B}" if payment.expires_at else ""
    code, sentence = _of_payment(order, payment, until)
    return Waiting(code, order.state_since, sentence)


def _of_payment(order: Order, payment: Payment, until: str) -> tuple[str, str]:
    match payment.state:
        case PaymentState.UNKNOWN:
            sentence = "The answer of the payment gateway was lost; it is being asked what happened"
            return "payment_unknown", sentence
        case PaymentState.DECLINED:
            why = payment.reason or "no reason given"
            sentence = f"Payment declined ({why}); waiting for another way to pay{until}"
            return "payment_declined", sentence
        case PaymentState.REQUESTED:
            return _requested(payment, _missing(order), until)
        case _:
            return "payment", f"Waiting for the missing {_missing(order)}{until}"


def _missing(order: Order) -> str:
    return f"{to_text(max(0, due(order) - secured(order)), order.currency)} {order.currency}"


def _requested(payment: Payment, missing: str, until: str) -> tuple[str, str]:
    match payment.method:
        case "bank_transfer":
            return "bank_transfer", f"Waiting for the bank transfer of {missing}{until}"
        case "cash":
            return "cash", f"Waiting for {missing} in cash"
        case _ if payment.reason == NEEDS_CUSTOMER:
            return "customer", f"Waiting for the customer to confirm with their bank{until}"
        case _:
            return "payment", f"Waiting for the gateway to secure {missing}"


def _fulfilment(order: Order) -> Waiting:
    since = order.state_since
    if order.state == OrderState.DELIVERED:
        return Waiting(
            "return_window", since, "Delivered; closes by itself after the return window"
        )
    lost = any(shipment.state == ShipmentState.LOST for shipment in order.shipments)
    if lost:
        return Waiting(
            "lost_parcel",
            since,
            "A parcel was lost: refund it and close; what is sent again is a new order",
        )
    if any(shipment.state == ShipmentState.RETURNED_TO_SENDER for shipment in order.shipments):
        return Waiting("returned_parcel", since, COMES_BACK)
    if order.state == OrderState.SHIPPED and came_back(order) and not _is_under_way(order):
        return Waiting("returned_parcel", since, CAME_BACK)
    hold = next((hold for hold in order.open_holds if "fulfil" in hold.blocks), None)
    if hold is not None and order.state != OrderState.SHIPPED:
        return Waiting("hold", hold.since, f"On hold: {hold.reason}")
    return _parcels(order)


COMES_BACK = (
    "A parcel could not be delivered and comes back: once it is here, send it again, or take it in"
    " as a return"
)
CAME_BACK = "A parcel came back and is here: inspect and settle its return"


def came_back(order: Order) -> bool:
    """Is a parcel here again that was not delivered, and its return not over?"""
    here = (ReturnState.RECEIVED, ReturnState.INSPECTED)
    taken_back = any(x.state == ShipmentState.TAKEN_BACK for x in order.shipments)
    return taken_back and any(returned.state in here for returned in order.returns)


def _is_under_way(order: Order) -> bool:
    return any(shipment.state in _NEXT for shipment in order.shipments)


_NEXT = {
    ShipmentState.PLANNED: ("pick", "Waiting to be picked in {place} since {since:%H:%M}"),
    ShipmentState.PICKING: ("pack", "Being picked in {place} since {since:%H:%M}"),
    ShipmentState.PACKED: ("hand_over", "Packed in {place}; waiting for the carrier"),
    ShipmentState.HANDED_OVER: ("delivery", "With {carrier} since {since:%-d %B}"),
    ShipmentState.IN_TRANSIT: ("delivery", "On its way with {carrier} since {since:%-d %B}"),
    ShipmentState.OUT_FOR_DELIVERY: (
        "delivery",
        "Out for delivery with {carrier} since {since:%H:%M}",
    ),
}


def _parcels(order: Order) -> Waiting:
    """The parcel that is furthest behind is the one that the order waits for."""
    behind = [state for state in _NEXT if any(x.state == state for x in order.shipments)]
    if not behind:
        return Waiting("plan", order.state_since, "Waiting for its shipments to be planned")
    shipment = next(x for x in order.shipments if x.state == behind[0])
    if shipment.state == ShipmentState.PACKED and _needs_label(shipment):
        return Waiting("label", shipment.state_since, "Packed; waiting for the carrier's label")
    code, sentence = _NEXT[shipment.state]
    carrier = shipment.carrier or "the carrier"
    words = _worded(sentence, shipment.location, carrier, since=shipment.state_since)
    return Waiting(code, shipment.state_since, words)


@lru_cache(256)  # all that one batch does has one time, and writing a time costs
def _worded(sentence: str, place: str, carrier: str, *, since: datetime) -> str:
    return sentence.format(place=place, carrier=carrier, since=since)


def _needs_label(shipment: Shipment) -> bool:
    return shipment.tracking_number is None and shipment.method != "pickup"
