"""Saved views and columns: how a person likes to look at the list."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.storage.saved_views import (
    SavedView,
    TooManyViews,
    add_view,
    choose_columns,
    columns_chosen,
    list_views,
    move_view_first,
    remove_view,
    rename_view,
)
from purvey.storage.sql import Sql
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text, texts
from purvey.web.office.html import back
from purvey.web.office.order_list.asked import Asked, asked_by
from purvey.web.office.order_list.columns import USUAL, columns_in
from purvey.wiring import new_id

MAX_NAME = 40
USUAL_VIEWS = (
    ("To decide", "waiting_for=review"),
    ("To pick", "waiting_for=pick"),
    ("Waiting for stock", "waiting_for=stock"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """`view`: what was saved; none for those that everybody has."""

    name: str
    address: str
    chosen: bool
    view: SavedView | None = None


def tabs_of(sql: Sql, visitor: Visitor, *, asked: Asked) -> list[Tab]:
    usual = [Tab(name, f"/orders?{query}", asked.query == query) for name, query in USUAL_VIEWS]
    saved = [
        Tab(view.name, f"/orders?{view.query}", asked.query == view.query, view)
        for view in list_views(sql, visitor.person.id)
    ]
    return [Tab("All", "/orders", not asked.values), *usual, *saved]


def columns_for(sql: Sql, visitor: Visitor) -> list[str]:
    chosen = columns_chosen(sql, visitor.person.id)
    return columns_in(USUAL if chosen is None else chosen)


@deed("/orders/views/save", right="orders:read")
def save_view(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: name, query (of the address), shared."""
    asked = asked_form(visitor, form)
    name = _name(form)
    if asked.problems or not asked.values:
        raise HTTPException(422, "Filter the list first: a view keeps what is filtered.")
    view = SavedView(
        id=new_id("view"),
        person_id=visitor.person.id,
        name=name,
        query=asked.query,
        is_shared=text(form, "shared") == "1",
    )
    try:
        visitor.run(lambda tx: add_view(tx.sql, view))
    except TooManyViews as error:
        raise HTTPException(422, str(error)) from None
    return back(asked.address(), told=f"The view {name} is saved.")


def _name(form: FormData) -> str:
    """Raises HTTPException (422)."""
    name = text(form, "name").strip()
    if not 0 < len(name) <= MAX_NAME:
        raise HTTPException(422, f"Give the view a name of at most {MAX_NAME} characters.")
    return name


@deed("/orders/views/rename", right="orders:read")
def rename(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: view, its id; name, the new one."""
    change = partial(rename_view, name=_name(form))
    return _change(visitor, form, change=change, told="The view has its new name.")


@deed("/orders/views/first", right="orders:read")
def put_first(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: view, its id."""
    return _change(visitor, form, change=move_view_first, told="The view comes first now.")


@deed("/orders/views/remove", right="orders:read")
def remove(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: view, its id."""
    return _change(visitor, form, change=remove_view, told="The view is removed.")


def _change(visitor: Visitor, form: FormData, *, change: Any, told: str) -> Response:
    view_id = text(form, "view")
    if not visitor.run(lambda tx: change(tx.sql, view_id, person_id=visitor.person.id)):
        raise HTTPException(404, "You have no such view. Only who saved a view can change it.")
    return back(asked_form(visitor, form).address(), told=told)


@deed("/orders/columns/choose", right="orders:read")
def choose(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: column, once for each; none of them: the usual ones again."""
    names = columns_in(texts(form, "column")) or list(USUAL)
    visitor.run(lambda tx: choose_columns(tx.sql, visitor.person.id, names))
    return back(asked_form(visitor, form).address())


def asked_form(visitor: Visitor, form: FormData) -> Asked:
    """The list that a form was on: its field `query` is the query of its address."""
    return asked_by(visitor, dict(parse_qsl(text(form, "query"))))
