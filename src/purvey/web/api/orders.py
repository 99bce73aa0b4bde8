"""Orders as lists and one by one, with their history."""

from typing import Annotated

from fastapi import APIRouter, Response

from purvey.domain.states import OrderState
from purvey.queries.history import event_json, history_of
from purvey.queries.order_filters import OrderWish
from purvey.queries.order_search import BadCursor, search_orders
from purvey.queries.orders import expected_for, read_orders
from purvey.web.api.answers import EventOut, OrderOut, PageOf
from purvey.web.api.caller import Caller, Reply, reads
from purvey.web.api.documented import API, Name, Text, Word, shows
from purvey.web.api.moments import Moment, read_moment
from purvey.web.api.order_json import order_json
from purvey.web.api.order_reply import order_content, order_id_of
from purvey.web.api.order_shapes import Channel
from purvey.web.api.pages import USUAL, Cursor, Limit, bad_cursor, list_reply, read_cursor
from purvey.web.bodies import StrictRoute

router = APIRouter(prefix=f"{API}/orders", tags=["orders"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("orders:read")]


@router.get("", **shows(PageOf[OrderOut]))
def list_orders(
    *,
    caller: Reader,
    state: OrderState | None = None,
    channel: Channel | None = None,
    customer: Text = None,
    sku: Text = None,
    q: Text = None,
    placed_from: Moment = None,
    placed_to: Moment = None,
    waiting_for: Word = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Newest first. `customer`: id, e-mail, external id or whole name. `q`: one of these, or a
    number, id, external id, sku or tracking number. A day as `placed_to` counts as a whole.

    Go on while there is a `next_cursor`: where filters have little in common, a page may be short.
    """
    wish = OrderWish(
        state=state,
        waiting_for=waiting_for,
        channel=channel,
        customer=customer,
        sku=sku,
        q=q,
        placed_from=read_moment(placed_from, "placed_from"),
        placed_to=read_moment(placed_to, "placed_to", whole_day=True),
    )
    after = read_cursor(cursor, (str, str), (str, int, str))
    with caller.reading() as sql:
        try:
            page = search_orders(sql, wish, limit=limit, after=after)
        except BadCursor:
            raise bad_cursor() from None
        orders = read_orders(sql, page.items)
        expected = expected_for(sql, orders.values(), today=caller.house.today())
    site = caller.house.settings.web_address
    shown = [order_json(orders[id_], site=site, expected=expected) for id_ in page.items]
    return list_reply(shown, page.next).response


@router.get("/{order}", **shows(OrderOut))
def show_order(*, order: Name, caller: Reader) -> Response:
    """By id or number. The ETag is its version."""
    with caller.reading() as sql:
        order_id = order_id_of(sql, order)
        found = read_orders(sql, [order_id])[order_id]
        return Reply(order_content(caller, sql, order=found)).response


@router.get("/{order}/history", **shows(PageOf[EventOut]))
def show_history(
    *, order: Name, caller: Reader, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """All that happened to it and to its payments and shipments, oldest first."""
    after = read_cursor(cursor, (int,))
    with caller.reading() as sql:
        order_id = order_id_of(sql, order)
        version = int(after[0]) if after else 0
        page = history_of(sql, order_id, limit=limit, after=version)
    return list_reply(map(event_json, page.items), page.next).response
