"""What the customer of an order was told; telling it again; another day to be told."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from purvey.operations.act import Act
from purvey.operations.promise_anew import NewPromise, promise_anew
from purvey.operations.resend import Resend, resend
from purvey.queries.notices import notices_of
from purvey.queries.paging import MAX_PAGE
from purvey.storage.notices import NoticeRow
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import OrderOut, PageOf, Time
from purvey.web.api.caller import Caller, Changer, Reply, accepted, posts, reads
from purvey.web.api.documented import API, Name, shows
from purvey.web.api.order_json import time_text
from purvey.web.api.order_reply import change_order, order_id_of
from purvey.web.api.pages import list_reply
from purvey.web.api.shapes import Reason, Shape
from purvey.web.bodies import StrictRoute

router = APIRouter(prefix=f"{API}/orders/{{order}}", tags=["orders"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("customers:read")]
Teller = Annotated[Changer, posts("messages:write")]
Writer = Annotated[Changer, posts("orders:write")]
Day = Annotated[date, Field(strict=False, examples=["2026-12-24"])]


class MessageOut(BaseModel):
    """`state`: sent, bounced (the address refused it), nobody (there was no address), joined (told
    together with another one). `text_version` 0: the built-in text."""

    id: str
    message: str
    state: str
    recipient: str | None
    subject: str
    text: str
    detail: str | None
    language: str | None
    text_version: int | None
    at: Time


class ResendIn(Shape):
    message: Annotated[str, Field(max_length=300, description="`id` of the message")]


class ResentOut(BaseModel):
    """The message that goes out now."""

    id: str


class PromiseIn(Shape):
    """The customer is told when `to` is later than what was promised before."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    reason: Reason = ""


@router.get("/messages", **shows(PageOf[MessageOut]))
def show_messages(*, order: Name, caller: Reader) -> Response:
    """What the customer was told, oldest first: at most the first 200."""
    with caller.reading() as sql:
        rows = notices_of(sql, order_id_of(sql, order), limit=MAX_PAGE).items
    return list_reply([_message_json(row) for row in rows], None).response


@router.post("/messages/resend", **shows(ResentOut, 202))
def resend_message(*, order: Name, body: ResendIn, caller: Teller) -> Response:
    """Tell it again, to the order's present address, as things are now."""

    def run(tx: SqlTransaction, act: Act) -> Reply:
        wish = Resend(order_id=order_id_of(tx.sql, order), key=body.message)
        [answer] = resend(tx, [wish], act=act)
        return Reply({"id": accepted(answer)}, 202)

    return caller.change(run)


@router.post("/promise", **shows(OrderOut))
def promise(*, order: Name, body: PromiseIn, caller: Writer) -> Response:
    """Promise another delivery day."""

    def work(tx: SqlTransaction, act: Act, id_: str) -> list[Any]:
        wish = NewPromise(order_id=id_, first=body.first, last=body.last, reason=body.reason)
        return promise_anew(tx, [wish], act=act)

    return change_order(caller, order, work=work)


def _message_json(row: NoticeRow) -> dict[str, Any]:
    return {
        "id": row.key,
        "message": row.template,
        "state": row.state,
        "recipient": row.recipient,
        "subject": row.subject,
        "text": row.body,
        "detail": row.detail,
        "language": row.language,
        "text_version": row.text_version,
        "at": time_text(row.at),
    }
