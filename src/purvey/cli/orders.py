"""`purvey orders`: find orders, look at one, cancel one."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from cyclopts import App

from purvey.cli.opening import ACTOR, existing
from purvey.cli.output import AsCsv, AsJson, say, show_csv, show_json, show_table
from purvey.cli.problem import Problem
from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.queries.order_filters import OrderWish
    from purvey.wiring import House

ORDERS = App(name="orders", help="Place, list, show and cancel orders.")
ORDERS.command("purvey.cli.place_orders:place", name="place")
COLUMNS = ("number", "state", "channel", "placed_at", "customer", ">total", "", "waiting for")
CSV_COLUMNS = (*COLUMNS[:6], "currency", "waiting_for", "id")
MAX_LISTED = 100_000


@ORDERS.command(name="list")
def list_all(
    *,
    state: str | None = None,
    waiting_for: str | None = None,
    channel: str | None = None,
    customer: str | None = None,
    sku: str | None = None,
    q: str | None = None,
    limit: int = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Orders, newest first.

    Parameters
    ----------
    waiting_for
        What they wait for: review, stock, payment, bank_transfer, pick, delivery ...
    customer
        E-mail, external id, id or whole name.
    q
        Any of these, or a number, id, external id, sku or tracking number.
    limit
        How many at most.
    """
    from purvey.queries.order_filters import OrderWish

    _check(state, limit)
    wish = OrderWish(
        state=state, waiting_for=waiting_for, channel=channel, customer=customer, sku=sku, q=q
    )
    with existing() as house:
        found = islice(_search(house, wish), limit)
        if as_json:
            show_json({"items": list(found)})
        elif as_csv:
            show_csv(CSV_COLUMNS, map(_csv_cells, found))
        else:
            show_table(COLUMNS, map(_cells, found))


def _check(state: str | None, limit: int) -> None:
    from purvey.domain.states import OrderState

    if state is not None and state not in set(OrderState):
        raise Problem(f"--state: write one of {', '.join(OrderState)}.")
    if not 1 <= limit <= MAX_LISTED:
        raise Problem(f"--limit: write a number from 1 to {MAX_LISTED:,}.")


def _search(house: "House", wish: "OrderWish") -> Iterator[dict[str, Any]]:
    """Page by page; each order as the API shows it."""
    from purvey.queries.order_search import search_orders
    from purvey.queries.paging import MAX_PAGE
    from purvey.wiring import DEFAULT_SHARD

    after = None
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            page = search_orders(sql, wish, limit=MAX_PAGE, after=after)
        yield from as_shown(house, page.items)
        if page.next is None:
            return
        after = page.next


def as_shown(house: "House", ids: Sequence[str]) -> list[dict[str, Any]]:
    """Each order as the API shows it."""
    from purvey.queries.orders import expected_for, read_orders
    from purvey.storage.address import noted_address
    from purvey.web.api.order_json import order_json
    from purvey.wiring import DEFAULT_SHARD

    with house.database.reading(DEFAULT_SHARD) as sql:
        orders = read_orders(sql, ids)
        expected = expected_for(sql, orders.values(), today=house.today())
        site = house.settings.public_url and house.settings.web_address
        site = site or noted_address(sql) or house.settings.web_address
    return [order_json(orders[id_], site=site, expected=expected) for id_ in ids]


def _cells(order: dict[str, Any]) -> list[object]:
    customer = order["customer"]
    return [
        order["number"],
        order["state"],
        order["channel"],
        order["placed_at"],
        customer["name"] or customer["email"] or customer["external_id"],
        order["totals"]["total"],
        order["currency"],
        order["waiting_for"]["sentence"] if order["waiting_for"] else "",
    ]


def _csv_cells(order: dict[str, Any]) -> list[object]:
    code = order["waiting_for"]["code"] if order["waiting_for"] else ""
    return [*_cells(order)[:-1], code, order["id"]]


@ORDERS.command
def show(order: str, *, as_json: AsJson = False) -> None:
    """One order with all that happened to it.

    Parameters
    ----------
    order
        Its number or id.
    """
    from purvey.cli.order_page import show_page

    with existing() as house:
        [found] = as_shown(house, [_id_of(house, order)])
        events = list(_events(house, found["id"]))
    if as_json:
        show_json({**found, "history": events})
    else:
        show_page(found, events)


@ORDERS.command
def cancel(order: str, *, reason: str, as_json: AsJson = False) -> None:
    """Cancel a whole order that has not left the building; stock and money go back by themselves.

    Parameters
    ----------
    order
        Its number or id.
    reason
        Why; it stands in the order's history.
    """
    from purvey.operations.decide import Decision, decide

    with existing() as house:
        order_id = _id_of(house, order)
        wish = Decision(order_id=order_id, trigger="cancel", reason=reason)
        [answer] = house.do(decide, [wish], actor=ACTOR)
        if isinstance(answer, Refusal):
            raise Problem(answer.sentence)
        [after] = as_shown(house, [order_id])
    if as_json:
        show_json(after)
    else:
        say(f"Order {after['number']} is {after['state']}.")


def _id_of(house: "House", name: str) -> str:
    from purvey.queries.orders import find_order_id
    from purvey.wiring import DEFAULT_SHARD

    with house.database.reading(DEFAULT_SHARD) as sql:
        found = find_order_id(sql, name)
    if found is None:
        raise Problem(f'There is no order "{name}": see `purvey orders list`.')
    return found


def _events(house: "House", order_id: str) -> Iterator[dict[str, Any]]:
    from purvey.queries.history import history_of
    from purvey.queries.paging import MAX_PAGE
    from purvey.web.api.order_json import time_text
    from purvey.wiring import DEFAULT_SHARD

    after = 0
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            page = history_of(sql, order_id, limit=MAX_PAGE, after=after)
        for event in page.items:
            yield {
                "version": event.version,
                "at": time_text(event.at),
                "process": event.process,
                "subject_id": event.subject_id,
                "trigger": event.trigger,
                "source": event.source,
                "target": event.target,
                "actor": event.actor,
                "reason": event.reason,
            }
        if page.next is None:
            return
        after = int(page.next[0])
