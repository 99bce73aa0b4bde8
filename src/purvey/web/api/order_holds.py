"""Holds: stop an order for a reason, let it go on."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from purvey.operations.hold import PlaceHold, ReleaseHold, place_holds, release_holds
from purvey.web.api.answers import OrderOut
from purvey.web.api.caller import Changer, changes, posts
from purvey.web.api.documented import API, Name, Text, shows
from purvey.web.api.order_reply import OrderWork, change_order
from purvey.web.api.shapes import Code, Reason, Shape
from purvey.web.bodies import StrictRoute

router = APIRouter(prefix=f"{API}/orders/{{order}}", tags=["orders"], route_class=StrictRoute)
Writer = Annotated[Changer, posts("orders:write")]
Remover = Annotated[Changer, changes("orders:write")]
Step = Literal["accept", "fulfil"]


class HoldIn(Shape):
    """`blocks`: accept (the order is not accepted), fulfil (nothing is picked or handed over)."""

    reason: Reason
    type: Code = "manual"
    blocks: Annotated[tuple[Step, ...], Field(min_length=1, max_length=2, strict=False)] = (
        "fulfil",
    )


class ReleaseIn(Shape):
    """`hold` left out: all of them."""

    hold: Code | None = None
    reason: Reason = ""


@router.post("/hold", **shows(OrderOut))
def hold(*, order: Name, body: HoldIn, caller: Writer) -> Response:
    """Stop the order until the hold is released."""
    return change_order(caller, order, work=_placing(body))


@router.post("/holds", **shows(OrderOut, 201))
def place_hold(*, order: Name, body: HoldIn, caller: Writer) -> Response:
    """Stop the order until the hold is released."""
    return change_order(caller, order, work=_placing(body), status=201)


@router.post("/release", **shows(OrderOut))
def release(*, order: Name, caller: Writer, body: ReleaseIn | None = None) -> Response:
    """Let the order go on; one in review that nothing blocks any more is accepted at once."""
    body = body or ReleaseIn()
    return change_order(caller, order, work=_releasing(body.hold, body.reason))


@router.delete("/holds/{hold}", **shows(OrderOut))
def remove_hold(*, order: Name, hold: Name, caller: Remover, reason: Text = None) -> Response:
    """Release one hold; answers with the order."""
    return change_order(caller, order, work=_releasing(hold, reason or ""))


def _placing(body: HoldIn) -> OrderWork:
    blocks = body.blocks
    return lambda tx, act, order_id: place_holds(
        tx,
        [PlaceHold(order_id=order_id, type=body.type, reason=body.reason, blocks=blocks)],
        act=act,
    )


def _releasing(hold_id: str | None, reason: str) -> OrderWork:
    return lambda tx, act, order_id: release_holds(
        tx, [ReleaseHold(order_id=order_id, hold_id=hold_id, reason=reason)], act=act
    )
