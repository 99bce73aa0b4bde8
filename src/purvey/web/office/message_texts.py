"""Settings > Messages: what customers are told, in the shop's own words.

A text is tried on sample orders before it counts; every version is kept, and the built-in one is
one click away. The frame of every mail is one more such text, in MJML and for all languages.
"""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.adapters.messages import (
    EVERY_LANGUAGE,
    FRAME,
    LANGUAGES,
    MESSAGES,
    built_in,
    frame_to_begin_with,
)
from purvey.adapters.messages.mjml import NOT_INSTALLED, is_installed
from purvey.kit.process import Refusal
from purvey.operations.texts import TextChange, save_texts
from purvey.ports.notices import ShopText
from purvey.queries.orders import latest_number
from purvey.storage.message_texts import SqlTexts
from purvey.web.office import html
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.message_preview import FOOTER, preview, tried

PLACE, RIGHT = "/settings/messages", "messages:write"
ONE = PLACE + "/{message}/{language}"
TITLES: Mapping[str, str] = {
    "confirmation": "Order confirmed",
    "waiting_for_stock": "Waiting for stock",
    "payment_problem": "Payment declined",
    "confirm_payment": "Bank wants a confirmation",
    "delayed": "Later than promised",
    "shipped": "Parcel sent",
    "out_for_delivery": "Parcel comes today",
    "ready_to_collect": "Ready to collect",
    "not_delivered": "Parcel could not be delivered",
    "delivered": "Parcel arrived",
    "cancelled": "Order cancelled",
    "refunded": "Money sent back",
    "return_requested": "Return asked for",
    "return_approved": "Return approved: how to send it back",
    "return_refused": "Return refused",
    "return_received": "Returned goods are here",
    "footer": "Foot of every message",
}
FRAME_TITLE = "Frame of every mail"


@page(PLACE + ".js", right=RIGHT)
def show_script(request: Request, visitor: Visitor) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=600"}
    return Response((html.HERE / "messages.js").read_bytes(), 200, headers, "text/javascript")


@page(PLACE, right=RIGHT)
def show_messages(request: Request, visitor: Visitor) -> Response:
    with visitor.reading() as sql:
        own = SqlTexts(sql).latest()
    return html.render(
        visitor,
        "messages.html",
        titles=TITLES,
        languages=LANGUAGES,
        own=own,
        frame=own.get((FRAME, EVERY_LANGUAGE)),
    )


@page(ONE, right=RIGHT)
def show_message(request: Request, visitor: Visitor) -> Response:
    """`?version=` shows an older one in the fields."""
    message, language = _which(request)
    versions = _versions(visitor, message, language)
    wished = request.query_params.get("version", "")
    shown = next(
        (x for x in versions if str(x.version) == wished), versions[0] if versions else None
    )
    told = {"saved": "Saved. Messages are written with it from now on."}
    note = told.get(request.query_params.get("told", ""), "")
    return _form(visitor, message, language, values=_values(shown, message, language), told=note)


@deed(ONE, right=RIGHT)
def save_message(request: Request, visitor: Visitor, form: FormData) -> Response:
    message, language = _which(request)
    values = {name: _field(form, name) for name in ("subject", "title", "body")}
    wish = TextChange(message=message, language=language, version=_version(form), **values)
    if text(form, "built_in"):
        wish = TextChange(message=message, language=language, version=_version(form))
    (answer,) = visitor.do(save_texts, [wish], check=tried)
    if isinstance(answer, Refusal):
        return _form(visitor, message, language, values=values, problem=answer, status=422)
    return RedirectResponse(f"{PLACE}/{message}/{language}?told=saved", 303)


@deed(ONE + "/preview", right=RIGHT)
def preview_message(request: Request, visitor: Visitor, form: FormData) -> Response:
    """The mail itself, in a page of its own that may run nothing."""
    message, language = _which(request)
    subject, title, body = (_field(form, name) for name in ("subject", "title", "body"))
    wish = TextChange(
        message=message, language=language, version=0, subject=subject, title=title, body=body
    )
    return preview(visitor, wish, number=text(form, "order"))


def _form(
    visitor: Visitor,
    message: str,
    language: str,
    *,
    values: Mapping[str, str],
    told: str = "",
    problem: Refusal | None = None,
    status: int = 200,
) -> Response:
    versions = _versions(visitor, message, language)
    with visitor.reading() as sql:
        latest = latest_number(sql)
    return html.render(
        visitor,
        "message_text.html",
        status=status,
        place=f"{PLACE}/{message}/{language}",
        title=TITLES.get(message, FRAME_TITLE),
        language_name=LANGUAGES.get(language, "all languages"),
        has_subject=message not in (FOOTER, FRAME),
        is_frame=message == FRAME,
        missing="" if message != FRAME or is_installed() else NOT_INSTALLED,
        values=values,
        versions=versions,
        current=versions[0] if versions else None,
        number=str(latest or ""),
        told=told,
        problem=problem,
    )


def _which(request: Request) -> tuple[str, str]:
    message, language = request.path_params["message"], request.path_params["language"]
    is_frame = (message, language) == (FRAME, EVERY_LANGUAGE)
    if not is_frame and (message not in MESSAGES or language not in LANGUAGES):
        raise HTTPException(404, "There is no such message.")
    return message, language


def _versions(visitor: Visitor, message: str, language: str) -> list[ShopText]:
    with visitor.reading() as sql:
        return list(SqlTexts(sql).versions(message, language))


def _values(shown: ShopText | None, message: str, language: str) -> dict[str, str]:
    if (shown is None or shown.is_built_in) and message == FRAME:
        return {"subject": "", "title": "", "body": frame_to_begin_with()}
    if shown is None or shown.is_built_in:
        original = built_in(message, language)
        return {"subject": original.subject, "title": original.title, "body": original.body}
    return {
        "subject": shown.subject or "",
        "title": shown.title or "",
        "body": shown.body or "",
    }


def _field(form: FormData, name: str) -> str:
    return text(form, name).replace("\r\n", "\n")


def _version(form: FormData) -> int:
    given = text(form, "version")
    return int(given) if given.isdecimal() and len(given) < 9 else 0
