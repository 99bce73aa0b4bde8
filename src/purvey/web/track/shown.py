"""What the customer's page shows of an order. Nothing on it says who the customer is or lives
where: whoever finds the link must not learn that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.domain.order import Order, Return, Shipment
from purvey.domain.paying import awaits_customer
from purvey.domain.policies import Policies
from purvey.domain.returns import is_late, returnable
from purvey.domain.states import OrderState, ShipmentState
from purvey.operations.effects import BEFORE_HAND_OVER
from purvey.queries.allowed import allowed
from purvey.queries.history import Event
from purvey.queries.returns import allowed_for_return
from purvey.queries.wording import PICKUP, days
from purvey.storage.notices import NoticeRow
from purvey.web.track.words import moment, words
from purvey.wiring import House

s, o = ShipmentState, OrderState
OVER = (o.CANCELLED, o.REJECTED)
ARRIVED = (o.DELIVERED, o.CLOSED)
AT_WORK = (s.PICKING, s.PACKED)
BACK = (s.RETURNED_TO_SENDER, s.TAKEN_BACK)
LEFT = (s.HANDED_OVER, s.IN_TRANSIT, s.OUT_FOR_DELIVERY, s.DELIVERED, s.LOST, *BACK)

# What a row of history is to the customer, by process and trigger; the rest is ours to know.
EVENTS: Mapping[tuple[str, str], str] = {
    ("order", "accept"): "accepted",
    ("order", "approve"): "accepted",
    ("order", "payment_declined"): "declined",
    ("order", "address_changed"): "address",
    ("order", "promise_changed"): "delayed",
    ("order", "picking_started"): "packing",
    ("order", "cancel"): "cancelled",
    ("order", "reject"): "cancelled",
    ("order", "payment_overdue"): "cancelled",
    ("order", "rest_cancelled"): "changed",
    ("shipment", "out_for_delivery"): "today",
    ("shipment", "lost"): "lost",
    ("shipment", "returned_to_sender"): "comes_back",
    ("shipment", "taken_back"): "came_back",
    ("shipment", "send_again"): "goes_again",
    ("return", "request"): "return_asked",
    ("return", "approve"): "return_approved",
    ("return", "refuse"): "return_refused",
    ("return", "withdraw"): "return_withdrawn",
    ("return", "parcel_returned"): "return_received",
    ("payment", "refund"): "refunded",
    ("payment", "payment_refunded"): "refunded",
}
# With whether the customer collects it.
PARCELS = {("pack", True): "packed", ("hand_over", False): "sent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    name: str
    state: str  # done, now, next


def values_of(
    house: House,
    order: Order,
    *,
    language: str,
    events: Sequence[Event],
    notices: Sequence[NoticeRow],
) -> dict[str, Any]:
    said, zone = words(language), house.quiet_hours.zone

    def when(at: datetime) -> str:
        return moment(at, language=language, zone=zone)

    return {
        "words": said,
        "order": order,
        "state": said["states"][_state(order)],
        "steps": [] if is_over(order) else steps(order, said["steps"]),
        "promise": _promise(order, said, language),
        "parcels": [_parcel(x, said) for x in order.shipments if x.state != s.CANCELLED],
        "confirm": confirm_address(order),
        "happened": [(when(at), said["events"][name]) for at, name in happened(order, events)],
        "messages": [(when(x.at), x.subject) for x in notices if x.state == "sent"],
        "may_cancel": may_cancel(order),
        "may_readdress": may_readdress(order),
        "may_return": may_return(order, policies=house.policies, now=house.clock()),
        "returns": returns_shown(order, said),
        "names": {line.no: line.name for line in order.lines},
    }


def is_over(order: Order) -> bool:
    """Without that anything has arrived."""
    arrived = any(x.state == s.DELIVERED for x in order.shipments)
    return order.state in OVER or (order.state == o.CLOSED and not arrived)


def may_cancel(order: Order) -> bool:
    """While the process allows it, and nobody has begun to pack."""
    return "cancel" in allowed(order) and not any(x.state in AT_WORK for x in order.shipments)


def may_return(order: Order, *, policies: Policies, now: datetime) -> bool:
    return bool(returnable(order)) and not is_late(order, policies, now=now)


def may_withdraw(order: Order, returned: Return) -> bool:
    """While the process allows it: its goods are not here yet."""
    return "withdraw" in allowed_for_return(order, returned)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnShown:
    returned: Return
    words: str  # where it stands
    may_withdraw: bool


def returns_shown(order: Order, said: Mapping[str, Mapping[str, str]]) -> list[ReturnShown]:
    """The latest first."""
    return [
        ReturnShown(
            returned=one, words=said["returns"][one.state], may_withdraw=may_withdraw(order, one)
        )
        for one in reversed(order.returns)
    ]


def may_readdress(order: Order) -> bool:
    gone = any(x.state in (s.PACKED, *LEFT) for x in order.shipments)
    open_ = order.state not in (*OVER, *ARRIVED, o.SHIPPED)
    return open_ and not gone and order.shipping_method != PICKUP


def steps(order: Order, names: Mapping[str, str]) -> list[Step]:
    """Four steps; the first that is not done is what we are at."""
    collects = order.shipping_method == PICKUP
    last = ("ready", "collected") if collects else ("under_way", "delivered")
    reached = _reached(order)
    state = {True: "done", False: "next"}
    return [
        Step(name=names[key], state="now" if no == reached else state[no < reached])
        for no, key in enumerate(("received", "packed", *last))
        if not (collects and key == "packed")
    ]


def _reached(order: Order) -> int:
    """The number of the step that the order is at; 4: all are done."""
    if order.state in ARRIVED:
        return 4
    parcels = [x for x in order.shipments if x.state != s.CANCELLED]
    if any(x.state in LEFT for x in parcels):
        return 2
    packed = bool(parcels) and all(x.state not in (s.PLANNED, s.PICKING) for x in parcels)
    return 2 if packed and order.shipping_method == PICKUP else int(bool(parcels))


def _state(order: Order) -> str:
    if order.state == o.CLOSED and is_over(order):
        return "undelivered"
    if order.state == o.SHIPPED and any(x.state in BACK for x in order.shipments):
        return "comes_back"
    if order.shipping_method != PICKUP:
        return order.state
    if order.state in ARRIVED:
        return "collected"
    packed = any(x.state == s.PACKED for x in order.shipments)
    return "waiting_for_you" if packed else order.state


def _promise(order: Order, said: Mapping[str, Any], language: str) -> str | None:
    over = order.state in (*OVER, *ARRIVED)
    if over or order.promised_from is None or order.promised_to is None:
        return None
    shown = days(order.promised_from, order.promised_to, language=language)
    return str(said["expected"]).format(days=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelShown:
    name: str  # carrier and number; empty before there is one
    words: str
    link: str | None


def _parcel(parcel: Shipment, said: Mapping[str, Any]) -> ParcelShown:
    number = parcel.tracking_number
    carrier = (parcel.carrier or "").replace("_", " ")
    return ParcelShown(
        name=f"{carrier} {number}" if number and parcel.state not in BEFORE_HAND_OVER else "",
        words=said["shipments"][parcel.state],
        link=web_address(parcel.tracking_url) if parcel.state in LEFT else None,
    )


def confirm_address(order: Order) -> str | None:
    """Where the customer's bank waits for a yes."""
    if order.state != OrderState.RESERVED:
        return None
    waiting = [payment.confirm_url for payment in order.payments if awaits_customer(payment)]
    return next(filter(None, map(web_address, waiting)), None)


def web_address(url: str | None) -> str | None:
    """Another's link, if it is one that may be clicked."""
    return url if url and url.startswith(("https://", "http://")) else None


def happened(order: Order, events: Sequence[Event]) -> Iterator[tuple[datetime, str]]:
    """The latest first; the same thing twice in a row is told once."""
    told = [(order.placed_at, "placed")]
    told += [(event.at, name) for event in events if (name := _name_of(order, event))]
    for before, one in zip([(None, ""), *told], told, strict=False):
        if one[1] == before[1]:
            told = [x for x in told if x is not one]
    return reversed(told)


def _name_of(order: Order, event: Event) -> str | None:
    collects = order.shipping_method == PICKUP
    match event.process, event.trigger, event.target:
        case "order", "stock_reserved", o.BACKORDERED if event.source == o.ACCEPTED:
            return "waiting"
        case "order", "payment_secured", o.READY | o.BACKORDERED:
            return "paid"
        case "shipment", "pack" | "hand_over" as trigger, _:
            return PARCELS.get((trigger, collects))
        case "shipment", "deliver" | "delivered", s.DELIVERED if event.source != s.DELIVERED:
            return "collected" if collects else "delivered"
        case "return", "withdraw", _ if event.actor == "customer":
            return "return_kept"
    return EVENTS.get((event.process, event.trigger))
