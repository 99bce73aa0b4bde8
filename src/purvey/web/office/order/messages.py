"""What the customer was told: the text to look at in a frame of its own, and once more by hand."""

from html import escape

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.operations.resend import Resend, resend
from purvey.queries.notices import find_notice
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.message_preview import HEADERS, POLICY
from purvey.web.office.order.bound import do
from purvey.web.office.order.found import PATH, order_at

MOST_KEY = 300
LOOK = (
    "<!doctype html><meta charset=utf-8><title>{subject}</title>"
    '<meta name="color-scheme" content="light"><body style="margin:12px;font:14px/1.5 sans-serif;'
    'background:#fff;color:#111"><b>{subject}</b>'
    '<pre style="white-space:pre-wrap;overflow-wrap:anywhere;font:inherit">{body}</pre>'
)


@page(PATH + "/messages/{key}", right="customers:read")
def show_message(request: Request, visitor: Visitor) -> Response:
    """Without scripts, links to follow or anything from elsewhere: it is text."""
    with visitor.reading() as sql:
        order = order_at(sql, request)
        found = find_notice(sql, order.id, request.path_params["key"][:MOST_KEY])
    if found is None:
        raise HTTPException(404, "This order has no such message.")
    shown = LOOK.format(subject=escape(found.subject), body=escape(found.body))
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    return Response(shown, headers=headers, media_type="text/html")


@deed(PATH + "/messages", right="messages:write")
def send_again(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: key. It says how things are now, and goes to the order's present address."""

    def wish(order: Order) -> Resend:
        return Resend(order_id=order.id, key=text(form, "key")[:MOST_KEY])

    told = "It is sent once more, as things are now."
    return do(request, visitor, form, operation=resend, wish=wish, told=told)
