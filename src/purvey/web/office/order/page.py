"""`/orders/{number}`: the whole order on one page; parts of it answer for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.approvals import Approval, ApprovalState
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.domain.waiting import waiting_for
from purvey.kit.process import Refusal
from purvey.ports.order_notes import OrderNote
from purvey.queries.approvals import approvals_of
from purvey.queries.customers import Bought, bought_by
from purvey.queries.history import Event, history_of, latest_history
from purvey.queries.notices import notices_of
from purvey.queries.order_notes import notes_of
from purvey.queries.orders import expected_for, read_orders
from purvey.queries.paging import Page
from purvey.storage.notices import NoticeRow
from purvey.storage.sql import Sql
from purvey.web.office.door import Visitor, page
from purvey.web.office.forms import text
from purvey.web.office.html import render
from purvey.web.office.order.choices import choices
from purvey.web.office.order.found import PATH, is_number, order_at, version_of
from purvey.web.office.order.parts import parcels_of, payments_of, sums_of, ways_to_pay
from purvey.web.office.order.words import happened, who

EVENTS = 100  # of history on one page
BOUGHT = 100  # earlier orders that are looked at
BOUGHT_SHOWN = 5
MESSAGES = 50
NEWS = 10  # of what others did meanwhile
OVER = (OrderState.CANCELLED, OrderState.REJECTED)


@page(PATH, right="orders:read")
def show_order(request: Request, visitor: Visitor) -> Response:
    """By its id it leads to its number. With `HX-Request` the same without the frame."""
    with visitor.reading() as sql:
        order = order_at(sql, request)
        if request.path_params["order"] != str(order.number):
            return RedirectResponse(f"/orders/{order.number}", 302)
        facts = _facts(sql, visitor, order)
    part = bool(request.headers.get("hx-request"))
    return _page(visitor, facts, template="order/part.html" if part else "order/page.html")


@page(PATH + "/history", right="orders:read")
def show_history(request: Request, visitor: Visitor) -> Response:
    """`before`: the version that the page before ended with."""
    given = request.query_params.get("before", "")
    if given and not is_number(given):
        raise HTTPException(404, "There is no such page of the history.")
    with visitor.reading() as sql:
        order = order_at(sql, request)
        before = int(given) if given else None
        events = latest_history(sql, order.id, limit=EVENTS, before=before)
    return render(
        visitor,
        "order/history.html",
        order=order,
        happened=happened(order, events.items),
        older=_older(order, events),
    )


def _older(order: Order, events: Page[Event]) -> str:
    return f"/orders/{order.number}/history?before={events.next[0]}" if events.next else ""


def order_page(
    visitor: Visitor, order_id: str, *, refusal: Refusal, form: FormData | None = None
) -> Response:
    """Why what `form` asked for was not done. What was typed stays."""
    given = form or FormData()
    with visitor.reading() as sql:
        order = read_orders(sql, [order_id])[order_id]
        news = news_since(sql, order, version_of(given))
        facts = _facts(sql, visitor, order)
    status = 422 if refusal.pointer else 409
    return _page(visitor, facts, refusal=refusal, given=given, news=news, status=status)


def news_since(sql: Sql, order: Order, version: int | None) -> list[Any]:
    """What others did since that version, the oldest first."""
    if version is None or version >= order.version:
        return []
    events = history_of(sql, order.id, limit=NEWS, after=version)
    return happened(order, events.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    order: Order
    sentence: str
    since: Any
    events: Page[Event]
    messages: Sequence[NoticeRow]
    bought: Page[Bought]
    approvals: Sequence[Approval]
    notes: Sequence[OrderNote]


def _facts(sql: Sql, visitor: Visitor, order: Order) -> _Facts:
    """The same number of statements, whatever belongs to the order."""
    expected = expected_for(sql, [order], today=visitor.house.today())
    waits = waiting_for(order, expected)
    knows = visitor.may("customers:read")
    buyer = order.customer_id if knows else None
    return _Facts(
        order=order,
        sentence=waits.sentence,
        since=waits.since,
        events=latest_history(sql, order.id, limit=EVENTS),
        messages=notices_of(sql, order.id, limit=MESSAGES).items if knows else (),
        bought=bought_by(sql, buyer, besides=order.id, limit=BOUGHT) if buyer else Page(()),
        approvals=[x for x in approvals_of(sql, order.id) if x.state == ApprovalState.OPEN],
        notes=notes_of(sql, order.id),
    )


def _page(
    visitor: Visitor,
    facts: _Facts,
    *,
    template: str = "order/page.html",
    refusal: Refusal | None = None,
    given: FormData | None = None,
    news: Sequence[Any] = (),
    status: int = 200,
) -> Response:
    order = facts.order
    given = given or FormData()
    past = happened(order, facts.events.items)
    return render(
        visitor,
        template,
        status=status,
        order=order,
        place=f"/orders/{order.number}",
        sentence=facts.sentence,
        since=facts.since,
        choices=choices(order, visitor.may),
        sums=sums_of(order),
        payments=payments_of(order, visitor.may),
        parcels=parcels_of(order, visitor.may),
        ways=ways_to_pay(visitor.house.policies),
        approvals=facts.approvals,
        notes=facts.notes,
        messages=facts.messages[::-1],
        bought=facts.bought.items[:BOUGHT_SHOWN],
        worth=_worth(order, facts.bought),
        happened=past,
        latest=past[0] if past else None,
        older=_older(order, facts.events),
        who=who,
        refusal=refusal,
        opened=_opened(given) if refusal else "",
        given=lambda name: text(given, name),
        news=news,
    )


def _opened(given: FormData) -> str:
    """The form that was sent stays open, with what was typed."""
    return text(given, "choice")


def _worth(order: Order, bought: Page[Bought]) -> tuple[int, int, bool]:
    """How many earlier orders, their worth in this order's currency, and whether there are more."""
    kept = [one for one in bought.items if one.state not in OVER]
    worth = sum(one.total for one in kept if one.currency == order.currency)
    return len(bought.items), worth, bought.next is not None
