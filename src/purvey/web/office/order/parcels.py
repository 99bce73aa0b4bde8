"""Parcels of an order: their next step, and their label on paper."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.queries.documents import latest_document
from purvey.web.labels import PDF, drawn
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import headers_of
from purvey.web.office.order.bound import do
from purvey.web.office.order.choices import STEPS
from purvey.web.office.order.found import PATH, order_at

PARCEL = PATH + "/parcels/{parcel}"
TOLD = {
    "pick": "Picking has begun.",
    "pack": "Packed; the carrier is asked for the label.",
    "hand_over": "Handed over.",
    "deliver": "It has arrived.",
    "send_again": "Its goods go out in another parcel. Correct the address before that is packed.",
}


@deed(PARCEL, right="shipments:write")
def step(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: trigger (pick, pack, hand_over, deliver, send_again), version."""
    trigger, parcel_id = text(form, "trigger"), request.path_params["parcel"]
    if trigger not in STEPS:
        raise HTTPException(422, f"trigger: choose one of {', '.join(STEPS)}.")

    def wish(order: Order) -> ShipmentStep:
        _require(order, parcel_id)
        return ShipmentStep(shipment_id=parcel_id, trigger=trigger)

    return do(request, visitor, form, operation=fulfil, wish=wish, told=TOLD[trigger])


@page(PARCEL + "/label", right="shipments:read")
def show_label(request: Request, visitor: Visitor) -> Response:
    parcel_id = request.path_params["parcel"]
    with visitor.reading() as sql:
        _require(order_at(sql, request), parcel_id)
        document = latest_document(sql, parcel_id, kind="label")
    if document is None:
        raise HTTPException(404, "The carrier has not given a label yet.")
    try:
        return Response(drawn(document), headers=headers_of(visitor), media_type=PDF)
    except ValueError:
        sentence = "This carrier's labels cannot be drawn here; print the ZPL from the API."
        raise HTTPException(409, sentence) from None


def _require(order: Order, parcel_id: str) -> None:
    if parcel_id not in {parcel.id for parcel in order.shipments}:
        raise HTTPException(404, "This order has no such parcel.")
