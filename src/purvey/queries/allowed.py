"""What may be asked of an order now: requests of its process whose guards pass, hold, edit.

The words are the last part of `POST /orders/{id}/...`, and the names of the back office's buttons.
"""

from functools import cache

from purvey.domain.guards import PaymentOf, ShipmentOf
from purvey.domain.order import Order, Payment, Shipment
from purvey.domain.paying import under_way
from purvey.domain.states import OrderState
from purvey.kit.process import Facts, Refusal
from purvey.lifecycle import ORDER, PAYMENT, SHIPMENT
from purvey.operations.change import OVER
from purvey.operations.hold import HOLDABLE

ASSUMED: Facts = {"reason": "?"}  # who asks will say why
INTERNAL = frozenset({"accept"})  # taken by receiving itself


def allowed(order: Order) -> list[str]:
    found = [name for name in _requests(order.state) if _may(order, name)]
    if order.state in HOLDABLE:
        found.append("hold")
    if order.open_holds:
        found.append("release")
    if _has_open_units(order):
        found.append("edit")
    return found


def allowed_for_payment(order: Order, payment: Payment) -> list[str]:
    """The steps with which at least one minor unit could be moved."""
    subject, facts = PaymentOf(order, payment), {"amount": 1}
    return [
        name
        for name in ("capture", "void", "refund")
        if not isinstance(PAYMENT.decide(subject, name, facts), Refusal)
    ]


def allowed_for_shipment(order: Order, shipment: Shipment) -> list[str]:
    subject = ShipmentOf(order, shipment)
    return [
        name
        for name in SHIPMENT.allowed(shipment.state)
        if not isinstance(SHIPMENT.decide(subject, name, {}), Refusal)
    ]


@cache
def _requests(state: OrderState) -> tuple[str, ...]:
    return tuple(name for name in ORDER.allowed(state) if name not in INTERNAL)


def _may(order: Order, trigger: str) -> bool:
    if trigger == "approve":
        return True  # releases what holds it
    if trigger == "pay":
        return not under_way(order)
    return not isinstance(ORDER.decide(order, trigger, ASSUMED), Refusal)


def _has_open_units(order: Order) -> bool:
    return order.state not in OVER and any(x.reserved or x.backordered for x in order.lines)
