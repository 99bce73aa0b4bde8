"""Shipments: what lies where to be picked, packed and handed over; labels."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response

from purvey.domain.order import Order, Shipment
from purvey.domain.states import ShipmentState
from purvey.operations.act import Act
from purvey.operations.fulfil import ShipmentStep, fulfil, shipment_of
from purvey.queries.allowed import allowed_for_shipment
from purvey.queries.documents import latest_document
from purvey.queries.order_parts import PartOf, PartWish, find_shipment, list_shipments
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Changer, Reply, accepted, posts, reads
from purvey.web.api.documented import API, Name, Word, shows
from purvey.web.api.more_answers import ShipmentOut
from purvey.web.api.order_json import time_text
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.bodies import StrictRoute
from purvey.web.labels import PDF, drawn
from purvey.web.problems import Problem, not_found

router = APIRouter(prefix=f"{API}/shipments", tags=["shipments"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("shipments:read")]
Writer = Annotated[Changer, posts("shipments:write")]
Step = Literal["pick", "pack", "hand_over", "deliver", "send_again"]
ZPL = "x-application/zpl"


@router.get("", **shows(PageOf[ShipmentOut]))
def show_shipments(
    *,
    caller: Reader,
    state: ShipmentState | None = None,
    order: Word = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Newest first. `order`: id or number."""
    after = read_cursor(cursor, (str,))
    before = str(after[0]) if after else None
    with caller.reading() as sql:
        wish = PartWish(state=state, order=order)
        page = list_shipments(sql, wish, limit=limit, before=before)
    shown = [shipment_json(found.order, found.part) for found in page.items]
    return list_reply(shown, page.next).response


@router.get("/{shipment}", **shows(ShipmentOut))
def show_shipment(*, shipment: Name, caller: Reader) -> Response:
    """The ETag is the version of its order."""
    with caller.reading() as sql:
        found = _found(sql, shipment)
    return Reply(shipment_json(found.order, found.part)).response


@router.get("/{shipment}/label", response_class=Response)
def show_label(
    *, shipment: Name, caller: Reader, format: Literal["zpl", "pdf"] = "zpl"
) -> Response:
    """The label as the carrier gave it, or drawn as a PDF."""
    with caller.reading() as sql:
        _found(sql, shipment)
        document = latest_document(sql, shipment, kind="label")
    if document is None:
        raise Problem(404, "label_missing", "The carrier has not given a label yet.")
    if document.media_type != PDF and format == "zpl":
        return Response(document.body, media_type=ZPL)
    try:
        return Response(drawn(document), media_type=PDF)
    except ValueError:
        sentence = "This carrier's labels cannot be drawn here; print the ZPL."
        raise Problem(409, "no_pdf", sentence) from None


@router.post("/{shipment}/{step}", **shows(ShipmentOut))
def move_shipment(*, shipment: Name, step: Step, caller: Writer) -> Response:
    """What the warehouse does; the order goes on with it."""

    def work(tx: SqlTransaction, act: Act) -> Reply:
        caller.check_version(tx, act, order_id=_found(tx.sql, shipment).order.id)
        wanted = ShipmentStep(shipment_id=shipment, trigger=step)
        [answer] = fulfil(tx, [wanted], act=act)
        order: Order = accepted(answer)
        return Reply(shipment_json(order, shipment_of(order, shipment)))

    return caller.change(work)


def _found(sql: Sql, shipment_id: str) -> PartOf[Shipment]:
    found = find_shipment(sql, shipment_id)
    if found is None:
        raise not_found("shipment")
    return found


def shipment_json(order: Order, shipment: Shipment) -> dict[str, Any]:
    lines = {line.no: line for line in order.lines}
    return {
        "id": shipment.id,
        "order_id": order.id,
        "order_number": str(order.number),
        "order_version": order.version,
        "order_state": order.state,
        "state": shipment.state,
        "location": shipment.location,
        "method": shipment.method,
        "carrier": shipment.carrier,
        "service": shipment.service,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "lines": [
            {"line": str(no), "sku": lines[no].sku, "name": lines[no].name, "quantity": quantity}
            for no, quantity in shipment.lines
        ],
        "planned_at": time_text(shipment.planned_at),
        "state_since": time_text(shipment.state_since),
        "allowed": allowed_for_shipment(order, shipment),
    }
