"""Change an order: what it would do is shown first, then it is confirmed.

1. A form is looked at by the operation itself, as a preview: nothing is written.
2. The page shows what would happen; what was typed goes along, with the version it was made from.
3. Confirmed, the same operation does it, if the order is still at that version.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.draft import Address
from purvey.domain.guards import open_units
from purvey.domain.order import Order
from purvey.domain.states import OrderState, ShipmentState
from purvey.kit.process import Refusal
from purvey.operations.change import OVER, change
from purvey.operations.decide import version_refusal
from purvey.operations.promise_anew import promise_anew
from purvey.queries.orders import read_orders
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.order.difference import effects
from purvey.web.office.order.found import PATH, is_number, order_at, version_of
from purvey.web.office.order.page import news_since
from purvey.web.office.order.wanted import (
    ADDRESS,
    address_wanted,
    lines_wanted,
    promise_wanted,
)

EDIT, RIGHT = PATH + "/edit", "orders:write"
PACKED = "A parcel is packed already: the address cannot be changed any more."
ENDED = "Nothing about this order can be changed any more."


@dataclass(frozen=True, slots=True)
class Kind:
    """`wanted` reads the form; `operation` does it, or shows what it would do."""

    title: str
    told: str
    wanted: Callable[[Order, FormData], Any]
    operation: Callable[..., list[Any]]


KINDS: Mapping[str, Kind] = {
    "lines": Kind("Fewer goods", "The units are cancelled.", lines_wanted, change),
    "address": Kind("Another address", "The address is changed.", address_wanted, change),
    "promise": Kind("Another day", "The new day is promised.", promise_wanted, promise_anew),
}


@page(EDIT, right=RIGHT)
def show_forms(request: Request, visitor: Visitor) -> Response:
    with visitor.reading() as sql:
        order = order_at(sql, request)
    return _forms(visitor, order)


@page(PATH + "/news", right="orders:read")
def show_news(request: Request, visitor: Visitor) -> Response:
    """`version`: what others did since then, for a page that is being worked on."""
    given = request.query_params.get("version", "")
    with visitor.reading() as sql:
        order = order_at(sql, request)
        news = news_since(sql, order, int(given) if is_number(given) else None)
    return render(visitor, "order/news.html", order=order, news=news)


@deed(EDIT + "/{kind}", right=RIGHT)
def edit(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: those of the kind (see wanted.py), version, and `step`: look, do or again."""
    kind = KINDS.get(request.path_params["kind"])
    if kind is None:
        raise HTTPException(404, "There is no such change.")
    with visitor.reading() as sql:
        order = order_at(sql, request)
    stale = version_refusal(order, version_of(form))
    wish, step = stale or kind.wanted(order, form), text(form, "step")
    if step == "again":
        return _forms(visitor, order, form=form, kind=request.path_params["kind"])
    answer = wish
    if not isinstance(wish, Refusal):
        [answer] = visitor.do(kind.operation, [wish], preview=step != "do")
    if isinstance(answer, Refusal):
        opened = request.path_params["kind"]
        return _forms(visitor, order, form=form, kind=opened, refusal=answer)
    if step == "do":
        return back(f"/orders/{order.number}", told=kind.told)
    return _shown(visitor, order, form=form, after=answer, kind=kind)


def _shown(
    visitor: Visitor, before: Order, *, form: FormData, after: Order, kind: Kind
) -> Response:
    typed = [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name not in ("csrf", "step")
    ]
    name = next(name for name, one in KINDS.items() if one is kind)
    return render(
        visitor,
        "order/preview.html",
        order=before,
        kind=kind,
        action=f"/orders/{before.number}/edit/{name}",
        effects=effects(before, after),
        pairs=list(zip(before.lines, after.lines, strict=True)) if name == "lines" else [],
        typed=typed,
    )


def _forms(
    visitor: Visitor,
    order: Order,
    *,
    form: FormData | None = None,
    kind: str = "",
    refusal: Refusal | None = None,
) -> Response:
    """What was typed stays, and the version becomes the present one: it was shown what is new."""
    given = form or FormData()
    with visitor.reading() as sql:
        order = read_orders(sql, [order.id])[order.id]
        news = news_since(sql, order, version_of(given)) if refusal else []
    status = 200 if refusal is None else (422 if refusal.pointer else 409)
    return render(
        visitor,
        "order/edit.html",
        status=status,
        order=order,
        place=f"/orders/{order.number}",
        values=_values(order) | _typed(given),
        kind=kind,
        lines=[line for line in order.lines if open_units(line)] if _open(order) else [],
        fixed_address=_fixed(order),
        may_promise=_open(order) and order.state != OrderState.DELIVERED,
        ended=ENDED if order.state in OVER else "",
        refusal=refusal,
        news=news,
        given=lambda name: text(given, name),
        problem=lambda name: refusal.sentence if refusal and refusal.pointer == f"/{name}" else "",
    )


def _open(order: Order) -> bool:
    return order.state not in OVER


def _fixed(order: Order) -> str:
    packed = any(parcel.state == ShipmentState.PACKED for parcel in order.shipments)
    gone = order.state in (OrderState.SHIPPED, OrderState.DELIVERED)
    return PACKED if packed or gone else ""


def _values(order: Order) -> dict[str, str]:
    address = order.ship_to or Address()
    values = {name: getattr(address, name) or "" for name in ADDRESS}
    values |= {f"units_{line.no}": str(line.ordered - line.cancelled) for line in order.lines}
    return values | {
        "from": order.promised_from or "",
        "to": order.promised_to or "",
        "reason": "",
    }


def _typed(given: FormData) -> dict[str, str]:
    return {name: value for name, value in given.multi_items() if isinstance(value, str)}
