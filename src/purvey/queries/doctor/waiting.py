"""Nothing waits silently: what an order waits for is on its way, or a person knows of it.

A message that the worker gave up counts as promised: it stands on the worklist of failed messages.
"""

from collections import Counter
from collections.abc import Iterator

from purvey.domain.amounts import due, secured
from purvey.domain.guards import every_parcel_has_arrived
from purvey.domain.paying import NEEDS_CUSTOMER
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.domain.waiting import waiting_for
from purvey.queries.doctor.case import Case, Wrong
from purvey.queries.doctor.quantities import BEFORE_HAND_OVER

PASSING = frozenset({OrderState.RECEIVED, OrderState.ACCEPTED})
FULFILLED = frozenset({OrderState.READY, OrderState.FULFILLING})
ON_THE_WAY = frozenset(
    {ShipmentState.HANDED_OVER, ShipmentState.IN_TRANSIT, ShipmentState.OUT_FOR_DELIVERY}
)
_BUG = "Tell purvey's makers: an order came to rest where none may."
_CANCEL_OR_CHANGE = "Cancel the order or change it; and tell purvey's makers."


def reason_is_up_to_date(case: Case) -> Iterator[Wrong]:
    """Final states have no reason; every other state has one."""
    code = waiting_for(case.order).code
    if code != case.head.waiting_code:
        yield Wrong(
            f"It waits for '{code}', but the worklists have it under '{case.head.waiting_code}'.",
            f"update orders set waiting_code = {_literal(code)} where id = '{case.order.id}'",
        )


def nobody_rests_in_a_passing_state(case: Case) -> Iterator[Wrong]:
    if case.order.state in PASSING:
        yield Wrong(f"The order stays {case.order.state}, where nothing moves it on.", _BUG)


def review_has_a_hold(case: Case) -> Iterator[Wrong]:
    if case.order.state == OrderState.IN_REVIEW and not case.order.open_holds:
        yield Wrong("The order is in review, but no hold says why.", "Approve or reject it.")


def held_stock_is_freed_in_time(case: Case) -> Iterator[Wrong]:
    order = case.order
    if order.state != OrderState.IN_REVIEW or not any(line.reserved for line in order.lines):
        return
    if any(hold.until for hold in order.open_holds) and not case.promised("hold.expire"):
        yield Wrong("It keeps its stock while it is on hold, and no timer frees it.", _DECIDE)


def payment_is_being_secured(case: Case) -> Iterator[Wrong]:
    """An order that waits for money has a call under way, or a day on which it is over."""
    order = case.order
    if order.state != OrderState.RESERVED:
        return
    if secured(order) >= due(order):
        yield Wrong("Its money is secured, but it still waits for it.", _BUG)
    elif any(line.shipped for line in order.lines):
        return  # what has left is not undone by a clock: a person follows it up
    elif not case.promised("payment.secure", "payment.ask", "payment.expire"):
        yield Wrong("It waits for money, but nobody asks for it and no day ends it.", _PAY)


def requested_payments_are_asked_for(case: Case) -> Iterator[Wrong]:
    """With every other way to be paid, and with a customer at their bank, a timer is enough."""
    if case.order.state != OrderState.RESERVED or secured(case.order) >= due(case.order):
        return
    for payment in case.order.payments:
        waits = payment.method == "gateway" and payment.state == PaymentState.REQUESTED
        effects = ["payment.secure", "payment.ask"]
        if payment.reason == NEEDS_CUSTOMER:
            effects.append("payment.expire")
        if waits and not case.promised(*effects):
            yield Wrong(f"Payment {payment.id} was never sent to {payment.gateway}.", _PAY)


def unknown_payments_are_asked_after(case: Case) -> Iterator[Wrong]:
    for payment in case.order.payments:
        unknown = payment.state == PaymentState.UNKNOWN
        if unknown and not case.promised("payment.ask", subject_id=payment.id):
            yield Wrong(
                f"Nobody knows what became of payment {payment.id}, and nobody asks the gateway.",
                "Ask the gateway and record its answer.",
            )


def reserved_units_are_planned(case: Case) -> Iterator[Wrong]:
    if case.order.state not in FULFILLED:
        return
    planned: Counter[int] = Counter()
    for shipment in case.order.shipments:
        if shipment.state in BEFORE_HAND_OVER:
            planned.update(dict(shipment.lines))
    for line in case.order.lines:
        if line.reserved > planned[line.no]:
            yield Wrong(
                f"Line {line.no} ({line.sku}): {line.reserved} units are reserved,"
                f" but only {planned[line.no]} are planned to be sent.",
                _CANCEL_OR_CHANGE,
            )


def packed_parcels_get_a_label(case: Case) -> Iterator[Wrong]:
    for shipment in case.order.shipments:
        packed = shipment.state == ShipmentState.PACKED and shipment.tracking_number is None
        if not packed or shipment.method == "pickup":
            continue
        if not case.promised("label.buy", subject_id=shipment.id):
            yield Wrong(f"Shipment {shipment.id} is packed, but nobody buys its label.", _BUG)


def parcels_on_the_way_are_followed(case: Case) -> Iterator[Wrong]:
    for shipment in case.order.shipments:
        moving = shipment.state in ON_THE_WAY and shipment.tracking_number is not None
        if moving and not case.promised("shipment.track", subject_id=shipment.id):
            yield Wrong(
                f"Shipment {shipment.id} is on its way, but nobody asks the carrier about it.",
                "Look its tracking number up, then record it: POST /shipments/{id}/deliver.",
            )


def shipped_orders_have_a_parcel_to_wait_for(case: Case) -> Iterator[Wrong]:
    if case.order.state != OrderState.SHIPPED:
        return
    if every_parcel_has_arrived(case.order, {}) is None:
        yield Wrong("Every parcel has arrived, but the order is still shipped.", _BUG)


def delivered_orders_close(case: Case) -> Iterator[Wrong]:
    if case.order.state == OrderState.DELIVERED and not case.promised("order.close"):
        yield Wrong("It was delivered, but no timer closes it.", "Close it.")


def _literal(code: str | None) -> str:
    return "null" if code is None else f"'{code}'"


_DECIDE = "Release its holds or reject it."
_PAY = "Give it another payment, or cancel it."
