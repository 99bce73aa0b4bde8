"""Customers: found while typing, and one of them with all that there is between us."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.waiting import waiting_for
from purvey.ports.customers import Customer
from purvey.queries.customer_page import END, happenings, notes_of, open_orders_of, value_of
from purvey.queries.customers import LAST, find_customer, list_customers
from purvey.queries.finding import suggest_customers
from purvey.queries.orders import expected_for
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import render

PLACE, ONE = "/customers", "/customers/{customer}"
READ, WRITE = "customers:read", "customers:write"
ROWS, MAX_Q, OPEN, ORDERS = 50, 200, 20, 10


@page(PLACE, right=READ)
def show_customers(request: Request, visitor: Visitor) -> Response:
    """`q`: the beginning of a name, an e-mail address, a phone number or an external id; `before`:
    the id that the page before ended with. With `HX-Request` the list alone."""
    query = request.query_params
    q, following, more = query.get("q", "")[:MAX_Q].strip(), "", False
    with visitor.reading() as sql:
        if q:
            found = suggest_customers(sql, q, most=ROWS)
            more = len(found) == ROWS
        else:
            listed = list_customers(sql, limit=ROWS, before=query.get("before", "")[:64] or LAST)
            found = list(listed.items)
            following = f"{PLACE}?before={listed.next[0]}" if listed.next else ""
    part = "customers/rows.html" if request.headers.get("hx-request") else "customers/list.html"
    return render(visitor, part, q=q, rows=found, following=following, more=more)


@page(ONE, right=READ)
def show_customer(request: Request, visitor: Visitor) -> Response:
    """`before`: the order that the timeline's page before ended with."""
    before = request.query_params.get("before", "")[:64]
    return customer_page(visitor, request.path_params["customer"], before=before)


def customer_page(
    visitor: Visitor,
    customer_id: str,
    *,
    before: str = "",
    status: int = 200,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    """`given` stands in the forms until it fits."""
    with visitor.reading() as sql:
        customer = the_customer(find_customer(sql, customer_id))
        timeline = happenings(sql, customer_id, orders=ORDERS, before=before or END)
        orders = open_orders_of(sql, customer_id, limit=OPEN)
        expected = expected_for(sql, orders, today=visitor.house.today())
        values: dict[str, Any] = {
            "customer": customer,
            "value": value_of(sql, customer_id),
            "notes": notes_of(sql, customer_id),
            "waiting": [(order, waiting_for(order, expected).sentence) for order in orders],
            "timeline": timeline.items,
        }
    path = f"{PLACE}/{customer_id}"
    kept = {x: getattr(customer, x) or "" for x in ("name", "email", "phone")}
    return render(
        visitor,
        "customers/one.html",
        status=status,
        path=path,
        older=f"{path}?before={timeline.next[0]}#timeline" if timeline.next else "",
        may_write=visitor.may(WRITE) and customer.erased_at is None,
        given={**kept, "reason": "", "text": "", **(given or {})},
        problems=problems or {},
        **values,
    )


def the_customer(found: Customer | None) -> Customer:
    if found is None:
        raise HTTPException(404, "There is no such customer.")
    return found
