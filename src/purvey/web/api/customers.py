"""Customers: found again by e-mail or external id whenever an order comes in."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from purvey.ports.storage import Customer
from purvey.queries.customers import LAST, find_customer, list_customers
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Reply, reads
from purvey.web.api.documented import API, Name, Text, shows
from purvey.web.api.more_answers import CustomerOut
from purvey.web.api.order_json import time_text
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.bodies import StrictRoute
from purvey.web.problems import not_found

router = APIRouter(prefix=f"{API}/customers", tags=["customers"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("customers:read")]


@router.get("", **shows(PageOf[CustomerOut]))
def show_customers(
    *,
    caller: Reader,
    email: Text = None,
    external_id: Text = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    after = read_cursor(cursor, (str,))
    before = str(after[0]) if after else LAST
    with caller.reading() as sql:
        page = list_customers(sql, limit=limit, before=before, email=email, external_id=external_id)
    return list_reply(map(_customer_json, page.items), page.next).response


@router.get("/{customer}", **shows(CustomerOut))
def show_customer(*, customer: Name, caller: Reader) -> Response:
    """As the first order named them."""
    with caller.reading() as sql:
        found = find_customer(sql, customer)
    if found is None:
        raise not_found("customer")
    return Reply(_customer_json(found)).response


def _customer_json(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "email": customer.email,
        "name": customer.name,
        "phone": customer.phone,
        "external_id": customer.external_id,
        "created_at": time_text(customer.created_at),
    }
