"""What a text makes of an order: tried on samples before it counts, shown while it is written.

The preview is what a customer would get about a real order.
"""

import re
from html import escape
from typing import Any

from starlette.responses import Response

from purvey.adapters.messages import (
    EVERY_LANGUAGE,
    FRAME,
    BadText,
    Frame,
    MessageText,
    Part,
    compile_frame,
    compile_text,
    render,
)
from purvey.adapters.messages.mjml import is_installed
from purvey.adapters.messages.samples import FULL, try_out, try_out_frame
from purvey.kit.process import Refusal
from purvey.operations.texts import TextChange
from purvey.ports.storage import Message
from purvey.queries.orders import find_order_id, read_orders
from purvey.queries.wording import facts_of
from purvey.storage.message_texts import SqlTexts
from purvey.web.office.door import Visitor

FOOTER = "footer"
OF_A_PARCEL = ("shipped", "out_for_delivery", "not_delivered", "delivered")
# Where neither a kind of message nor a language is asked for.
EXAMPLE, EXAMPLE_LANGUAGE = "shipped", "en"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_BODY = re.compile("<body[^>]*>")


def tried(change: TextChange) -> Refusal | None:
    """None: it holds on every sample."""
    try:
        if change.message == FRAME:
            try_out_frame(compile_frame(change.body or ""))
        else:
            _try_text(change)
    except BadText as error:
        return Refusal("bad_text", str(error), pointer=f"/{error.field}")
    return None


def _try_text(change: TextChange) -> None:
    wish = _text_of(change)
    if change.message != FOOTER and not (wish.subject.strip() and wish.body.strip()):
        raise BadText("A message needs a subject and a text.", field="subject")
    try_out(change.message, compile_text(wish), language=change.language)


def preview(visitor: Visitor, change: TextChange, *, number: str) -> Response:
    """The mail itself; it may run nothing, and load nothing but a frame's pictures."""
    try:
        frame = _frame(visitor, change)
        page = _rendered(visitor, change, frame, number=number)
    except BadText as error:
        frame, page = None, f'<!doctype html><p role="alert">{escape(str(error))}</p>'
    policy = POLICY if frame is None else f"img-src https:; {POLICY}"
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return Response(page, headers=headers, media_type="text/html")


def _frame(visitor: Visitor, change: TextChange) -> Frame | None:
    """The one that is written, else the one that mails have now."""
    if change.message == FRAME:
        return compile_frame(change.body or "")
    with visitor.reading() as sql:
        own = SqlTexts(sql).latest().get((FRAME, EVERY_LANGUAGE))
    return compile_frame(own.body) if own and own.body and is_installed() else None


def _rendered(visitor: Visitor, change: TextChange, frame: Frame | None, *, number: str) -> str:
    around = change.message in (FOOTER, FRAME)
    kind = EXAMPLE if around else change.message
    language = EXAMPLE_LANGUAGE if change.message == FRAME else change.language
    text = None if change.message == FRAME else compile_text(_text_of(change))
    mail = render(
        Part(
            message=kind,
            facts=_facts(visitor, kind, language, number),
            text=None if around else text,
        ),
        language=language,
        footer=text if change.message == FOOTER else None,
        frame=frame,
    )
    subject = f'<p style="margin:12px 16px;font:14px sans-serif"><b>{escape(mail.subject)}</b></p>'
    return _BODY.sub(lambda body: body[0] + subject, mail.html, count=1)


def _text_of(change: TextChange) -> MessageText:
    return MessageText(
        subject=change.subject or "", title=change.title or "", body=change.body or ""
    )


def _facts(visitor: Visitor, message: str, language: str, number: str) -> Any:
    """Of the order with this number; without one, of a sample."""
    with visitor.reading() as sql:
        order_id = find_order_id(sql, number.strip()) if number.strip() else None
        order = read_orders(sql, [order_id])[order_id] if order_id else None
    if order is None:
        return FULL
    parcel = next((x.id for x in order.shipments), None)
    about = parcel if message in OF_A_PARCEL else None
    example = Message("preview", f"notify.{message}", visitor.house.clock(), order.id, about)
    return facts_of(order, example, settings=visitor.house.settings, language=language)
