"""`/track/{token}`: the order's state and its parcels. Nothing that would identify anybody."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.domain.states import OrderState, ShipmentState
from purvey.queries.orders import find_by_track_token, read_orders
from purvey.web.pages.html import page
from purvey.wiring import DEFAULT_SHARD, House

MAX_TOKEN = 64

# In words that customers understand; what happens inside is ours to know.
STATES = {
    OrderState.RECEIVED: "We have your order.",
    OrderState.IN_REVIEW: "We have your order and are looking at it.",
    OrderState.ACCEPTED: "We have your order.",
    OrderState.BACKORDERED: "Your order is waiting for goods that are on their way to us.",
    OrderState.RESERVED: "Your order is waiting for its payment.",
    OrderState.READY: "Your order will be packed next.",
    OrderState.FULFILLING: "Your order is being packed.",
    OrderState.SHIPPED: "Your order is on its way.",
    OrderState.DELIVERED: "Your order has been delivered.",
    OrderState.CLOSED: "Your order has been delivered.",
    OrderState.CANCELLED: "Your order has been cancelled.",
    OrderState.REJECTED: "Your order could not be accepted.",
}
PARCELS = {
    ShipmentState.PLANNED: "being prepared",
    ShipmentState.PICKING: "being prepared",
    ShipmentState.PACKED: "packed",
    ShipmentState.HANDED_OVER: "handed over to the carrier",
    ShipmentState.IN_TRANSIT: "on its way",
    ShipmentState.DELIVERED: "delivered",
    ShipmentState.LOST: "missing; we are looking into it",
}


async def tracking_page(request: Request) -> Response:
    token = request.path_params["token"]
    return await run_in_threadpool(_tracking_page, request.app.state.house, token)


def _tracking_page(house: House, token: str) -> Response:
    shop: dict[str, Any] = {"shop": house.settings.shop_name, "language": "en"}
    order = _find(house, token)
    if order is None:
        return page("track_unknown.html", status=404, **shop)
    parcels = [
        (parcel, PARCELS[parcel.state], _web_address(parcel.tracking_url))
        for parcel in order.shipments
        if parcel.state in PARCELS
    ]
    return page("track.html", order=order, state=STATES[order.state], parcels=parcels, **shop)


def _web_address(url: str | None) -> str | None:
    """A carrier's link, if it is one that may be clicked."""
    return url if url and url.startswith(("https://", "http://")) else None


def _find(house: House, token: str) -> Order | None:
    if len(token) > MAX_TOKEN or not (token.isascii() and token.isprintable()):
        return None
    with house.database.reading(DEFAULT_SHARD) as sql:
        order_id = find_by_track_token(sql, token)
        return read_orders(sql, [order_id])[order_id] if order_id else None
