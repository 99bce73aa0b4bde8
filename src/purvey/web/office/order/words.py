"""History in plain words: one sentence for each thing that can happen to an order."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.domain.order import Order
from purvey.queries.history import Event
from purvey.web.office.showing import day, money, words

# By process and trigger; where it matters, with the state that it led to, or `asked`: a gateway.
SAID: Mapping[str, str] = {
    "order.receive": "Order received",
    "order.accept": "Accepted",
    "order.approve": "Approved",
    "order.reject": "Rejected",
    "order.cancel": "Cancelled",
    "order.pay": "Another way to pay was arranged",
    "order.close": "Closed",
    "order.close_due": "Closed: the time for returns is over",
    "order.held": "Stopped, for a person to look at: {holds}",
    "order.hold": "Put on hold",
    "order.release": "Released: {holds}",
    "order.hold_expired": "Nobody decided in time: its stock was freed",
    "order.stock_reserved": "More of it has stock",
    "order.stock_reserved.reserved": "What ships now has stock",
    "order.stock_reserved.backordered": "Waits for stock",
    "order.payment_secured": "A part of the money is secured",
    "order.payment_secured.ready": "Paid for: it may be picked",
    "order.payment_secured.backordered": "Paid for; the rest waits for stock",
    "order.payment_declined": "Waits for another way to pay",
    "order.payment_overdue": "The money did not come in time",
    "order.payment_overdue.cancelled": "Cancelled: the money did not come in time",
    "order.picking_started": "Picking began",
    "order.picked_short": "Something of it was not on its shelf",
    "order.handed_over": "A part of it has left the building",
    "order.handed_over.shipped": "All of it has left the building",
    "order.rest_cancelled": "Units cancelled: {lines}",
    "order.parcel_arrived": "A part of it has arrived",
    "order.parcel_arrived.delivered": "All of it has arrived",
    "order.parcel_came_back": "A parcel that came back goes out again",
    "order.return_ended": "What came back is settled",
    "order.return_ended.closed": "Closed: nothing of it was delivered",
    "order.return_ended.delivered": "All the rest has arrived",
    "order.address_changed": "Delivery address changed",
    "order.promise_changed": "Promised for {days}",
    "order.personal_data_erased": "The customer's personal data was erased",
    "payment.capture": "{amount} came in",
    "payment.capture.asked": "The gateway is asked to take {amount}",
    "payment.void": "{amount} let go",
    "payment.void.asked": "The gateway is asked to let {amount} go",
    "payment.refund": "{amount} given back",
    "payment.refund.asked": "The gateway is asked to give {amount} back",
    "payment.payment_authorised": "{amount} secured",
    "payment.payment_declined": "Payment declined",
    "payment.payment_needs_customer": "The customer has to confirm with their bank",
    "payment.payment_unknown": "The gateway's answer was lost",
    "payment.payment_unheard_of": "The gateway never heard of the payment; it is asked again",
    "payment.payment_captured": "{amount} came in",
    "payment.payment_voided": "{amount} let go",
    "payment.payment_refunded": "{amount} given back",
    "payment.payment_closed": "Payment called off",
    "shipment.pick": "{parcel} is being picked",
    "shipment.pack": "{parcel} is packed",
    "shipment.short_pick": "{parcel} was picked short",
    "shipment.hand_over": "{parcel} handed over",
    "shipment.deliver": "{parcel} has arrived",
    "shipment.label_bought": "{parcel} has its label, {tracking}",
    "shipment.in_transit": "{parcel} is on its way",
    "shipment.out_for_delivery": "{parcel} is out for delivery",
    "shipment.delivered": "{parcel} has arrived",
    "shipment.lost": "{parcel} was lost",
    "shipment.returned_to_sender": "{parcel} could not be delivered and comes back",
    "shipment.taken_back": "{parcel} is here again and was taken in",
    "shipment.send_again": "{parcel} is here again and goes out once more",
    "shipment.called_off": "{parcel} was called off",
    "return.request": "Return asked for",
    "return.approve": "Return approved",
    "return.refuse": "Return refused",
    "return.withdraw": "Return withdrawn: the customer keeps the goods",
    "return.inspect": "Returned goods inspected",
    "return.settle": "Return settled",
    "return.parcel_returned": "Returned goods are here",
    "return.send_back_overdue": "The goods were not sent back in time",
}
GOOD = {"delivered", "captured", "settled", "closed", "ready", "authorised"}
BAD = {"declined", "lost", "returned_to_sender", "rejected", "cancelled", "refused", "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    at: datetime
    sentence: str
    by: str
    reason: str
    tone: str


def happened(order: Order, events: Iterable[Event]) -> list[Happening]:
    return [
        Happening(
            at=event.at,
            sentence=_sentence(order, event),
            by=who(event.actor),
            reason=event.reason or "",
            tone=_tone(event),
        )
        for event in events
    ]


def who(actor: str) -> str:
    """`api:webshop` and `worker` as people say it."""
    if actor.startswith("api:"):
        return f"{actor.removeprefix('api:')} (API)"
    return "by itself" if actor == "worker" else actor


def _sentence(order: Order, event: Event) -> str:
    name = f"{event.process}.{event.trigger}"
    how = "asked" if _is_asked(order, event) else event.target
    said = SAID.get(f"{name}.{how}") or SAID.get(name)
    if said is None:
        return f"{event.process.capitalize()}: {words(event.trigger)}"
    facts = _facts(order, event)
    whole = said.format_map(facts)
    return whole[:1].upper() + whole[1:]


def _is_asked(order: Order, event: Event) -> bool:
    """What people want of a gateway is done once it has answered."""
    by_gateway = {payment.id for payment in order.payments if payment.method == "gateway"}
    return event.subject_id in by_gateway


def _facts(order: Order, event: Event) -> dict[str, str]:
    facts: dict[str, Any] = json.loads(event.facts)
    parcels = {parcel.id: at for at, parcel in enumerate(order.shipments, 1)}
    no = parcels.get(event.subject_id, "")
    amount = facts.get("amount")
    return {
        "amount": money(int(amount), order.currency) if amount else "the money",
        "holds": ", ".join(words(str(name)) for name in facts.get("holds", ())) or "its holds",
        "lines": _lines(order, facts.get("lines", {})),
        "days": " to ".join(dict.fromkeys(day(facts.get(end)) for end in ("from", "to"))),
        "parcel": f"parcel {no}".strip(),
        "tracking": str(facts.get("tracking_number", "")),
    }


def _lines(order: Order, units: Mapping[str, int]) -> str:
    skus = {str(line.no): line.sku for line in order.lines}
    return ", ".join(f"{n} × {skus.get(no, no)}" for no, n in units.items())


def _tone(event: Event) -> str:
    moved = event.source != event.target
    if moved and event.target in BAD:
        return "bad"
    return "good" if moved and event.target in GOOD else ""
