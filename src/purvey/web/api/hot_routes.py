"""How the two hot routes look in the OpenAPI document. What serves them is place_orders.py."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, JsonValue

from purvey.web.api.answers import BatchOut, OrderOut
from purvey.web.api.caller import Changer, posts
from purvey.web.api.documented import API, shows
from purvey.web.api.order_shapes import OrderIn
from purvey.web.api.shapes import Shape

router = APIRouter(prefix=f"{API}/orders", tags=["orders"])
Writer = Annotated[Changer, posts("orders:write")]
ELSEWHERE = "served by place_orders.py"


class Orders(Shape):
    """Each order is judged by itself: what is wrong with one is told in its place."""

    orders: Annotated[list[OrderIn | JsonValue], Field(min_length=1, max_length=1000)]


@router.post("", **shows(OrderOut, 201, also=200))
def place_order(*, body: OrderIn, caller: Writer) -> Response:
    """Take an order: checked, priced, reserved in one commit. 200 when `channel` and `external_id`
    were taken before. An order that a person must look at is 201 with its `holds`."""
    raise AssertionError(ELSEWHERE)


@router.post("/batch", **shows(BatchOut))
def place_orders(*, body: Orders, caller: Writer) -> Response:
    """Take up to 1,000 orders; the results stand in their order."""
    raise AssertionError(ELSEWHERE)
