"""Place it: by the way that every order goes, under a key that the draft was born with."""

from dataclasses import replace

import anyio.from_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.draft import Draft
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.hand_out import hand_out
from purvey.operations.put_quotes import QuoteOrdered, note_quotes
from purvey.operations.receive import Received
from purvey.operations.save_drafts import CHANGED, ORDERED, DraftOf, note_orders
from purvey.ports.desk import SavedDraft
from purvey.queries.desk import order_by_key
from purvey.storage.times import to_us
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text, whole
from purvey.web.office.html import back
from purvey.web.office.new_order.judging import Judged, judge
from purvey.web.office.new_order.page import taken_path, whole_page
from purvey.web.office.new_order.reading import field_of
from purvey.web.office.new_order.sheet import (
    ONE,
    RIGHT,
    Sheet,
    keep,
    own_draft,
    posted_sheet,
)
from purvey.web.office.new_order.taken import STORE, can_be_handed_out
from purvey.web.problems import Problem

WRONG = "Not placed yet: something is missing or wrong. It is said at its field."
LOOK = "A person will have to look at this order first. Mend what is said, or place it anyway."
BEFORE = "It had been placed before as it was then; what was changed since is not in it."


@deed(ONE + "/place", right=RIGHT)
def place(request: Request, visitor: Visitor, form: FormData) -> Response:
    """All fields of the sheet; `anyway`: although a person will have to look at it."""
    sheet = posted_sheet(request, form)
    judged = judge(visitor, sheet.written, key=sheet.key, asked=True)
    saved = keep(visitor, sheet, judged=judged)
    if isinstance(saved, SavedDraft):
        sheet = replace(sheet, seen=to_us(saved.changed_at))
    if saved == ORDERED:
        return _there_already(request, visitor)
    if saved == CHANGED:
        return whole_page(visitor, sheet, judged=judged, status=409, problem=CHANGED.sentence)
    if judged.problems or judged.draft is None:
        return whole_page(visitor, sheet, judged=judged, status=422, problem=WRONG)
    if judged.holds and text(form, "anyway") != "1":
        return whole_page(visitor, sheet, judged=judged, status=422, problem=LOOK, anyway=True)
    return _placed(request, visitor, sheet, judged, draft=judged.draft)


def _there_already(request: Request, visitor: Visitor) -> Response:
    """A second press, or an answer that was lost."""
    order_id = own_draft(request, visitor).order_id
    assert order_id is not None, "the draft was refused because it has an order"
    return back(taken_path(visitor, order_id))


def _placed(
    request: Request, visitor: Visitor, sheet: Sheet, judged: Judged, *, draft: Draft
) -> Response:
    try:
        answer = receive(request, draft)
    except Problem as problem:  # too many wait
        return whole_page(visitor, sheet, judged=judged, status=429, problem=str(problem.detail))
    if isinstance(answer, Received):
        return _done(visitor, sheet, answer.order.id, told=_handed_over(visitor, answer.order))
    with visitor.reading() as sql:
        before = order_by_key(sql, sheet.key)
    if before is not None:
        return _done(visitor, sheet, before, told=BEFORE)
    return whole_page(visitor, sheet, judged=refused(judged, answer), status=422, problem=WRONG)


def receive(request: Request, draft: Draft) -> Received | Refusal:
    """With whatever else comes in at this moment, in one commit. Raises Problem."""
    answer: Received | Refusal = anyio.from_thread.run(request.app.state.receiving.one, draft)
    return answer


def _handed_over(visitor: Visitor, order: Order) -> str:
    """At the counter what is paid goes along at once; what is not waits on the next page."""
    at_once = order.channel == STORE and can_be_handed_out(order)
    if not (at_once and visitor.may("shipments:write")):
        return ""
    [answer] = visitor.do(hand_out, [order.id])
    return answer.sentence if isinstance(answer, Refusal) else "Paid and handed over."


def _done(visitor: Visitor, sheet: Sheet, order_id: str, *, told: str = "") -> Response:
    wish = DraftOf(id=sheet.id, person_id=visitor.person.id, order_id=order_id)
    visitor.do(note_orders, [wish])
    if quote := whole(sheet.written["quote"]):
        visitor.do(note_quotes, [QuoteOrdered(number=quote, order_id=order_id)])
    return back(taken_path(visitor, order_id), told=told)


def refused(judged: Judged, refusal: Refusal) -> Judged:
    """What only the transaction could know, at its fields."""
    said = {field_of(x.pointer): x.sentence for x in (refusal.more or (refusal,))}
    return replace(judged, problems={**judged.problems, **said})
