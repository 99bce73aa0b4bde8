"""What is printed for a parcel: its slip, and the label that the carrier gave."""

import base64

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.queries.documents import latest_document
from purvey.queries.order_parts import find_shipment
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import headers_of
from purvey.web.office.warehouse.parcels import ONE
from purvey.web.office.warehouse.work import READ

PDF = "application/pdf"


@page(f"{ONE}/slip.pdf", right=READ)
def show_slip(request: Request, visitor: Visitor) -> Response:
    from purvey.web.office.warehouse.slip import slip_pdf  # loads reportlab

    with visitor.reading() as sql:
        found = find_shipment(sql, request.path_params["shipment"])
    if found is None:
        raise HTTPException(404, "There is no such parcel.")
    shop = visitor.house.settings.shop_name
    page = slip_pdf(found.order, found.part, shop=shop)
    return Response(page, 200, headers_of(visitor), PDF)


@page(f"{ONE}/label.pdf", right=READ)
def show_label(request: Request, visitor: Visitor) -> Response:
    from purvey.adapters.sandbox_carrier.pdf import label_pdf  # loads reportlab

    with visitor.reading() as sql:
        document = latest_document(sql, request.path_params["shipment"], kind="label")
    if document is None:
        raise HTTPException(404, "The carrier has not given a label yet.")
    if document.media_type == PDF:
        return Response(base64.b64decode(document.body), 200, headers_of(visitor), PDF)
    try:
        return Response(label_pdf(document.body), 200, headers_of(visitor), PDF)
    except ValueError:  # another carrier's printer language: for a label printer, as it came
        return Response(document.body, 200, headers_of(visitor), document.media_type)
