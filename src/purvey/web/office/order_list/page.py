"""The page of the list: what the address asks for, a page of rows at a time."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from purvey.queries.order_list import OrderRow, read_rows, why_they_wait
from purvey.queries.order_search import BadCursor, search_orders
from purvey.queries.paging import Key, Page
from purvey.storage.sql import Sql
from purvey.web.api.pages import write_cursor
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import render
from purvey.web.office.order_list import export
from purvey.web.office.order_list.asked import PLACE, Asked, asked_by
from purvey.web.office.order_list.columns import COLUMNS
from purvey.web.office.order_list.filters import chips_of, menus_of
from purvey.web.office.order_list.many import MOST, WORDS
from purvey.web.office.order_list.views import columns_for, tabs_of

ROWS = 25  # a page with them, and with all filters in use, stays under 30 KB


@page(PLACE, right="orders:read")
def show_list(request: Request, visitor: Visitor) -> Response:
    """Asked by htmx (somebody types), the part that changes; the address follows what is typed."""
    asked = asked_by(visitor, request.query_params)
    is_part = bool(request.headers.get("hx-request"))
    template = "order_list/found.html" if is_part else "order_list/list.html"
    with visitor.reading() as sql:
        values = _shown(sql, visitor, asked=asked)
    answer = render(visitor, template, status=422 if asked.problems else 200, **values)
    if is_part:
        answer.headers["HX-Replace-Url"] = _own_address(asked)
    return answer


def _shown(sql: Sql, visitor: Visitor, *, asked: Asked) -> dict[str, Any]:
    found = _rows(sql, asked)
    return {
        "asked": asked,
        "rows": found.items,
        "why": why_they_wait(sql, found.items, today=visitor.house.today()),
        "following": _following(asked, found.next),
        "menus": menus_of(sql, asked),
        "chips": chips_of(asked),
        "tabs": tabs_of(sql, visitor, asked=asked),
        "columns": columns_for(sql, visitor),
        "labels": COLUMNS,
        "most": MOST,
        "most_exported": export.MOST,
        "deeds": [(name, button) for name, (_, button, _) in WORDS.items()],
    }


def _rows(sql: Sql, asked: Asked) -> Page[OrderRow]:
    if asked.problems:
        return Page([])
    try:
        ids = search_orders(sql, asked.wish, limit=ROWS, after=asked.after)
    except BadCursor:
        asked.problems.append("`after` is a place in another list. Begin at the first page.")
        return Page([])
    return Page(read_rows(sql, ids.items), ids.next)


def _following(asked: Asked, key: Key | None) -> str:
    return asked.address(after=write_cursor(key) or "") if key else ""


def _own_address(asked: Asked) -> str:
    return asked.address(after=write_cursor(asked.after) or "")
