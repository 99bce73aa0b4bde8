"""What is done about a customer: the contact corrected, something noted, data exported, erased."""

import json

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.kit.process import Refusal
from purvey.operations.keep_customers import (
    ContactChange,
    Erasure,
    NewNote,
    change_contacts,
    erase_customers,
    note_customers,
    note_exports,
)
from purvey.queries.customer_page import value_of
from purvey.queries.customers import find_customer
from purvey.queries.personal_data import personal_data
from purvey.web.office.customers import ONE, PLACE, WRITE, customer_page, the_customer
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, headers_of, render

WORD = "ERASE"
MAX_ROUNDS = 1_000  # of erasing; each takes some hundred orders


@deed(ONE + "/contact", right=WRITE)
def correct(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: name, email, phone, reason."""
    customer_id = request.path_params["customer"]
    given = {name: text(form, name) for name in ("name", "email", "phone", "reason")}
    [answer] = visitor.do(change_contacts, [ContactChange(customer_id=customer_id, **given)])
    if isinstance(answer, Refusal):
        return _again(visitor, customer_id, answer, given)
    return back(f"{PLACE}/{customer_id}", told="The contact is corrected.")


@deed(ONE + "/notes", right=WRITE)
def add_note(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: text."""
    customer_id, given = request.path_params["customer"], {"text": text(form, "text")}
    [answer] = visitor.do(note_customers, [NewNote(customer_id=customer_id, text=given["text"])])
    if isinstance(answer, Refusal):
        return _again(visitor, customer_id, answer, given)
    return back(f"{PLACE}/{customer_id}", told="Noted.")


def _again(visitor: Visitor, customer_id: str, refusal: Refusal, given: dict[str, str]) -> Response:
    if refusal.code == "not_found":
        raise HTTPException(404, refusal.sentence)
    said = refusal.more or (refusal,)
    problems = {(one.pointer or "/reason").strip("/"): one.sentence for one in said}
    return customer_page(visitor, customer_id, status=422, given=given, problems=problems)


@deed(ONE + "/export", right=WRITE)
def export(request: Request, visitor: Visitor, form: FormData) -> Response:
    """A file; the journal keeps who took it."""
    customer_id = request.path_params["customer"]
    [answer] = visitor.do(note_exports, [customer_id])
    if isinstance(answer, Refusal):
        raise HTTPException(404, answer.sentence)
    with visitor.reading() as sql:
        data = personal_data(sql, customer_id)
    content = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False)
    named = {"Content-Disposition": f'attachment; filename="{customer_id}.json"'}
    headers = headers_of(visitor) | named
    return Response(content, headers=headers, media_type="application/json")


@page(ONE + "/erase", right=WRITE)
def ask_to_erase(request: Request, visitor: Visitor) -> Response:
    return _erase_page(visitor, request.path_params["customer"])


def _erase_page(
    visitor: Visitor,
    customer_id: str,
    *,
    reason: str = "",
    problems: dict[str, str] | None = None,
) -> Response:
    with visitor.reading() as sql:
        customer = the_customer(find_customer(sql, customer_id))
        value = value_of(sql, customer_id)
    return render(
        visitor,
        "customers/erase.html",
        status=422 if problems else 200,
        customer=customer,
        value=value,
        path=f"{PLACE}/{customer_id}",
        word=WORD,
        reason=reason,
        problems=problems or {},
    )


@deed(ONE + "/erase", right=WRITE)
def erase(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: word (ERASE), reason. The second of two steps; there is no way back."""
    customer_id, reason = request.path_params["customer"], text(form, "reason")
    if text(form, "word").strip() != WORD:
        problems = {"word": f"Write {WORD} to say that you are sure."}
        return _erase_page(visitor, customer_id, reason=reason, problems=problems)
    for _ in range(MAX_ROUNDS):
        [answer] = visitor.do(erase_customers, [Erasure(customer_id=customer_id, reason=reason)])
        if isinstance(answer, Refusal):
            at = (answer.pointer or "/").strip("/")
            return _erase_page(visitor, customer_id, reason=reason, problems={at: answer.sentence})
        if answer.done:
            break
    return back(f"{PLACE}/{customer_id}", told="Erased. The journal keeps who did it.")
