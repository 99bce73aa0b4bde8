"""The receipt: a page that prints, and a PDF for the printer at the counter, 80 mm wide."""

from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.money import to_text
from purvey.web.labels import PDF
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import headers_of, render
from purvey.web.office.new_order.page import FOLDER
from purvey.web.office.new_order.receipt import Receipt, receipt_of
from purvey.web.office.new_order.taken import order_named

RECEIPT = "/orders/{order}/receipt"
UNPAID = "Nothing of this order has been paid yet; the receipt comes with the money."


@page(RECEIPT, right="orders:read")
def show_receipt(request: Request, visitor: Visitor) -> Response:
    receipt = _receipt(request, visitor)
    return render(
        visitor,
        FOLDER + "receipt.html",
        receipt=receipt,
        amount=lambda minor: to_text(minor, receipt.currency),
    )


@page(RECEIPT + ".pdf", right="orders:read")
def show_receipt_pdf(request: Request, visitor: Visitor) -> Response:
    from purvey.web.receipt_pdf import drawn_receipt  # loads reportlab

    drawn = drawn_receipt(_receipt(request, visitor), shop=visitor.house.settings.shop_name)
    return Response(drawn, headers=headers_of(visitor), media_type=PDF)


def _receipt(request: Request, visitor: Visitor) -> Receipt:
    zone = ZoneInfo(visitor.house.settings.time_zone)
    receipt = receipt_of(order_named(request, visitor), zone=zone)
    if receipt is None:
        raise HTTPException(409, UNPAID)
    return receipt
