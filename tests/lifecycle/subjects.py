"""Orders, payments and shipments in every state, for tables and guards to look at."""

from datetime import UTC, datetime
from typing import Any

from purvey.domain.draft import Contact
from purvey.domain.guards import PaymentOf, ReturnOf, ShipmentOf
from purvey.domain.order import Hold, Line, Order, Payment, Return, ReturnLine, Shipment
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
BECAUSE = {"reason": "because", "amount": 1}


def a_line(**changes: Any) -> Line:
    """Three units at 2.55, reserved unless said otherwise."""
    parts: dict[str, Any] = {"no": 1, "sku": "A", "name": "A", "unit_price": 255, "ordered": 3}
    if not {"reserved", "backordered", "shipped", "cancelled"} & changes.keys():
        changes["reserved"] = changes.get("ordered", 3)
    if changes.get("reserved") and "held" not in changes:
        changes["held"] = (("main", changes["reserved"]),)
    return Line(**{**parts, **changes})


def an_order(**changes: Any) -> Order:
    parts: dict[str, Any] = {
        "id": "ord_1",
        "number": 1001,
        "channel": "web",
        "currency": "GBP",
        "customer": Contact(email="ann@example.com"),
        "lines": (a_line(),),
        "shipping_method": "standard",
        "placed_at": NOON,
        "state_since": NOON,
        "fingerprint": "f",
        "track_token": "t",
    }
    return Order(**{**parts, **changes})


def a_payment(**changes: Any) -> Payment:
    parts: dict[str, Any] = {"id": "pay_1", "method": "gateway", "amount": 765, "created_at": NOON}
    return Payment(**{**parts, **changes})


def a_shipment(**changes: Any) -> Shipment:
    parts: dict[str, Any] = {
        "id": "shp_1",
        "location": "main",
        "method": "standard",
        "lines": ((1, 3),),
        "planned_at": NOON,
        "state_since": NOON,
    }
    return Shipment(**{**parts, **changes})


def a_return(*lines: ReturnLine, **changes: Any) -> Return:
    """Of one unit, unless said otherwise."""
    parts: dict[str, Any] = {
        "id": "ret_1",
        "lines": lines or (ReturnLine(no=1, quantity=1, reason="other"),),
        "requested_at": NOON,
        "state_since": NOON,
        "asked_by": "customer",
    }
    return Return(**{**parts, **changes})


def a_hold(*blocks: str) -> Hold:
    return Hold(id="hld_1", type="manual", reason="Look!", blocks=blocks, by="ann", since=NOON)


def subject(process: str, state: str) -> Any:
    """Something of that process in that state."""
    match process:
        case "order":
            return an_order(state=OrderState(state))
        case "payment":
            return PaymentOf(an_order(), a_payment(state=PaymentState(state)))
        case "shipment":
            shipment = a_shipment(state=ShipmentState(state))
            return ShipmentOf(an_order(state=OrderState.READY, shipments=(shipment,)), shipment)
        case _:
            returned = a_return(state=ReturnState(state))
            return ReturnOf(an_order(returns=(returned,)), returned)
