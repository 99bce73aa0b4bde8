"""What may be asked of an order now: requests of its process whose guards pass, hold, edit.

The words are the last part of `POST /orders/{id}/...`, and the names of the back office's buttons.
"""

from functools import cache

from purvey.domain.order import Order
from purvey.domain.states import OrderState, PaymentState
from purvey.kit.process import Facts, Refusal
from purvey.lifecycle import ORDER
from purvey.operations.change import OVER
from purvey.operations.hold import HOLDABLE

ASSUMED: Facts = {"reason": "?"}  # who asks will say why
INTERNAL = frozenset({"accept"})  # taken by receiving itself
UNANSWERED = (PaymentState.REQUESTED, PaymentState.UNKNOWN)


def allowed(order: Order) -> list[str]:
    found = [name for name in _requests(order.state) if _may(order, name)]
    if order.state in HOLDABLE:
        found.append("hold")
    if order.open_holds:
        found.append("release")
    if _has_open_units(order):
        found.append("edit")
    return found


@cache
def _requests(state: OrderState) -> tuple[str, ...]:
    return tuple(name for name in ORDER.allowed(state) if name not in INTERNAL)


def _may(order: Order, trigger: str) -> bool:
    if trigger == "approve":
        return True  # releases what holds it
    if trigger == "pay":
        return not any(p.method == "gateway" and p.state in UNANSWERED for p in order.payments)
    return not isinstance(ORDER.decide(order, trigger, ASSUMED), Refusal)


def _has_open_units(order: Order) -> bool:
    return order.state not in OVER and any(x.reserved or x.backordered for x in order.lines)
