"""The page: an empty sheet, or a draft as it was left; and the parts of it that come anew."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.money import to_text
from purvey.ports.desk import SavedDraft
from purvey.queries.desk import open_drafts, open_locations
from purvey.queries.orders import read_orders
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import headers_of, render, text_of
from purvey.web.office.new_order.judging import OVERRIDE, Judged, judge
from purvey.web.office.new_order.sheet import (
    COLLECTED,
    ONE,
    PLACE,
    RIGHT,
    Sheet,
    new_sheet,
    own_draft,
    sheet_of,
)
from purvey.web.office.new_order.written import COUNTER, PHONE

FOLDER = "new_order/"
SAID = (
    "name", "email", "phone", "external_id", "ship_name", "company", "line1", "line2", "city",
    "region", "postal_code", "country", "method", "date", "notes", "discount", "discount_reason",
    "pay", "gateway", "token", "terms", "purchase_order", "given", "find", "valid_until",
)  # fmt: skip
LANGUAGES = (("", "the shop's"), ("en", "English"), ("de", "German"), ("fr", "French"),
             ("es", "Spanish"))  # fmt: skip
WAYS = (
    ("card", "Card"),
    ("cash", "Cash"),
    ("bank_transfer", "Bank transfer"),
    ("terms", "On account"),
)


@page(PLACE, right=RIGHT)
def show_new(request: Request, visitor: Visitor) -> Response:
    """`at`: phone or counter."""
    at = COUNTER if request.query_params.get("at") == COUNTER else PHONE
    sheet = new_sheet(visitor, at=at)
    with visitor.reading() as sql:
        drafts = open_drafts(sql, visitor.person.id)
    return whole_page(
        visitor, sheet, judged=judge(visitor, sheet.written, key=sheet.key), drafts=drafts
    )


@page(ONE, right=RIGHT)
def show_draft(request: Request, visitor: Visitor) -> Response:
    draft = own_draft(request, visitor)
    if draft.order_id is not None:
        return RedirectResponse(taken_path(visitor, draft.order_id), 303)
    sheet = sheet_of(draft)
    return whole_page(visitor, sheet, judged=judge(visitor, sheet.written, key=sheet.key))


def taken_path(visitor: Visitor, order_id: str) -> str:
    with visitor.reading() as sql:
        number = read_orders(sql, [order_id])[order_id].number
    return f"/orders/{number}/taken"


def whole_page(
    visitor: Visitor,
    sheet: Sheet,
    *,
    judged: Judged,
    status: int = 200,
    problem: str = "",
    drafts: Sequence[SavedDraft] = (),
    **more: Any,
) -> Response:
    return render(
        visitor,
        FOLDER + "page.html",
        status=status,
        problem=problem,
        drafts=drafts,
        **(_values(visitor, sheet, judged) | more),
    )


def part(visitor: Visitor, sheet: Sheet, *names: str, judged: Judged, **more: Any) -> Response:
    """What comes anew without the page: the named parts, and all that is computed."""
    values = _values(visitor, sheet, judged) | {"problem": ""} | more
    parts = [text_of(visitor, f"{FOLDER}{name}.html", **values) for name in (*names, "computed")]
    parts[1:-1] = [
        f'<hx-partial hx-target="#{name}" hx-swap="innerHTML">{text}</hx-partial>'
        for name, text in zip(names[1:], parts[1:-1], strict=True)
    ]
    headers = {**headers_of(visitor), "HX-Replace-Url": sheet.path}
    return Response("\n".join(parts), 200, headers, "text/html")


def _values(visitor: Visitor, sheet: Sheet, judged: Judged) -> dict[str, Any]:
    """What the templates of the sheet need."""
    written = sheet.written
    with visitor.reading() as sql:
        places = open_locations(sql)
    ways = [way for way in WAYS if way[0] != "card" or visitor.house.policies.gateways]
    if written.at_counter:
        ways = [way for way in ways if way[0] in ("cash", "card")]
    return {
        "sheet": sheet,
        "written": written,
        "judged": judged,
        "said": SAID,
        "may_override": visitor.may(OVERRIDE),
        "gateways": [(name, name) for name in sorted(visitor.house.policies.gateways)],
        "amount": lambda minor: to_text(minor, visitor.house.settings.currency),
        "places": [(place.code, place.name) for place in places],
        "methods": [(one.code, one.name) for one in judged.methods],
        "ways": ways,
        "languages": LANGUAGES,
        "collected": written["method"] == COLLECTED,
        "anyway": False,
        "focus": "",
    }
