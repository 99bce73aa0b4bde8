"""What people do about an order: the customer right after sending it, the clerk when it waits.

Each raises Unexpected when the shop gives another answer than it has to.
"""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from purvey.cli.demo.api import Answer, Api, Unexpected
from purvey.cli.demo.people import JsonObject
from purvey.cli.demo.register import Register

if TYPE_CHECKING:
    from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
    from purvey.cli.demo.orders import Request

TOO_LATE = 409
LOOKS, LOOK_AGAIN_SECONDS = 30, 0.1
BEFORE_PICKING = ("accepted", "backordered", "reserved", "ready")
ON_THE_PHONE = {
    "line1": "1 High Street",
    "city": "Leeds",
    "postal_code": "LS1 4DT",
    "country": "GB",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody at work has: the shop's API, the register, and the customers' bank."""

    api: Api
    register: Register
    bank: "SandboxGateway"


# What the customer does at once.


def send_again(desk: Desk, order: JsonObject, request: "Request") -> None:
    """The answer seemed lost: the same request under the same key."""
    _same_order(desk, order, desk.api.post("/orders", request.body, key=request.key))


def send_again_unkeyed(desk: Desk, order: JsonObject, request: "Request") -> None:
    """Another program sends the same order of the same channel."""
    _same_order(desk, order, desk.api.post_unkeyed("/orders", request.body))


def _same_order(desk: Desk, order: JsonObject, answer: Answer) -> None:
    if answer.done()["id"] != order["id"]:
        raise Unexpected(f"Order {order['number']} was taken twice.")
    desk.register.repeat()


def order_once_more(desk: Desk, order: JsonObject, request: "Request") -> None:
    """A second click makes a second order, which looks like the first."""
    from purvey.cli.demo.stories import CLICKED_AGAIN

    body = {**request.body, "external_id": f"{request.body['external_id']}-again"}
    second = desk.api.post("/orders", body).done()
    desk.register.take(CLICKED_AGAIN, order_id=second["id"], number=second["number"])


def change_mind(desk: Desk, order: JsonObject, request: "Request") -> None:
    """Cancel, at once or while it is picked; it may be too late, and then it has to arrive."""
    if int(order["number"]) % 2:
        _wait_until_picked(desk, order)
    answer = desk.api.post(f"/orders/{order['id']}/cancel", {"reason": "I changed my mind."})
    if answer.status != TOO_LATE:
        answer.done()
    desk.register.expect(order["id"], "cancelled" if answer.is_done else "closed")


def _wait_until_picked(desk: Desk, order: JsonObject) -> None:
    for _ in range(LOOKS):
        if desk.api.get(f"/orders/{order['id']}").done()["state"] not in BEFORE_PICKING:
            return
        time.sleep(LOOK_AGAIN_SECONDS)


def want_fewer(desk: Desk, order: JsonObject, request: "Request") -> None:
    """One unit less of the first line, if nobody has picked it yet."""
    line = order["lines"][0]
    change = {
        "cancel": [{"line": line["id"], "quantity": 1}],
        "reason": "One is enough after all.",
    }
    shown = desk.api.post(f"/orders/{order['id']}/changes", {**change, "preview": True})
    answer = desk.api.post(f"/orders/{order['id']}/changes", change) if shown.is_done else shown
    if answer.status not in (TOO_LATE, 422):
        answer.done()


def stop(desk: Desk, order: JsonObject, request: "Request") -> None:
    """Somebody wants to look at it before it leaves; it may have left."""
    hold = {"reason": "Check the gift card."}
    answer = desk.api.post(f"/orders/{order['id']}/holds", hold)
    if answer.status != TOO_LATE:
        answer.done()


# What the clerk does about an order that waits.


def approve(desk: Desk, order: JsonObject) -> None:
    desk.api.post(f"/orders/{order['id']}/approve", {"reason": "Asked the customer."}).done()


def reject(desk: Desk, order: JsonObject) -> None:
    desk.api.post(
        f"/orders/{order['id']}/reject", {"reason": "The customer did not answer."}
    ).done()


def cancel(desk: Desk, order: JsonObject) -> None:
    desk.api.post(f"/orders/{order['id']}/cancel", {"reason": "The customer gave up."}).done()


def cancel_too_late(desk: Desk, order: JsonObject) -> None:
    """It is with the carrier: the shop has to say no."""
    answer = desk.api.post(f"/orders/{order['id']}/cancel", {"reason": "I changed my mind."})
    if answer.status != TOO_LATE:
        desk.register.complain(f"Order {order['number']} was cancelled after it had left.")


def correct_address(desk: Desk, order: JsonObject) -> None:
    change = {"ship_to": {"name": order["ship_to"]["name"], **ON_THE_PHONE}}
    after = desk.api.post(
        f"/orders/{order['id']}/changes", {**change, "reason": "As told on the phone."}
    ).done()
    if after["state"] == "in_review":
        approve(desk, order)


def let_go(desk: Desk, order: JsonObject) -> None:
    for hold in order["holds"]:
        desk.api.delete(f"/orders/{order['id']}/holds/{hold['id']}").done()


def close_as_lost(desk: Desk, order: JsonObject) -> None:
    desk.api.post(f"/orders/{order['id']}/close", {"reason": "The carrier pays for it."}).done()


def pay_otherwise(desk: Desk, order: JsonObject) -> None:
    payment = {"gateway": "sandbox", "token": "tok_ok"}
    desk.api.post(f"/orders/{order['id']}/pay", {"payment": payment}).done()


def record_transfer(desk: Desk, order: JsonObject) -> None:
    """The bank's statement shows the amount that was missing."""
    payment, totals = order["payments"][-1], order["totals"]
    missing = Decimal(totals["total"]) - Decimal(totals["paid"])
    came = {"amount": str(missing), "reference": "statement 17"}
    desk.api.post(f"/payments/{payment['id']}/capture", came).done()


def confirm_at_bank(desk: Desk, order: JsonObject) -> None:
    desk.bank.confirm(reference=_reference(desk, order))


def refuse_at_bank(desk: Desk, order: JsonObject) -> None:
    desk.bank.reject(reference=_reference(desk, order))


def _reference(desk: Desk, order: JsonObject) -> str:
    from purvey.ports.payment import NeedsCustomer

    asked = desk.bank.find(key=f"{order['payments'][-1]['id']}:authorise")
    if not isinstance(asked, NeedsCustomer):
        raise Unexpected(f"The bank does not wait for the customer of {order['number']}.")
    return asked.reference
