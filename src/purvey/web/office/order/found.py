"""Which order an address means, and which version of it a form was made from."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from purvey.domain.order import Order
from purvey.queries.orders import find_order_id, read_orders
from purvey.storage.sql import Sql
from purvey.web.office.forms import text

PATH = "/orders/{order}"
MAX_DIGITS = 9  # of a version, of units
MAX_NAME = 64  # of an order in an address


def order_at(sql: Sql, request: Request) -> Order:
    """By number or id. Raises HTTPException (404)."""
    order_id = find_order_id(sql, request.path_params["order"][:MAX_NAME])
    if order_id is None:
        raise HTTPException(404, "There is no such order.")
    return read_orders(sql, [order_id])[order_id]


def version_of(form: FormData) -> int | None:
    """The version that the form was made from."""
    given = text(form, "version")
    return int(given) if is_number(given) else None


def is_number(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) <= MAX_DIGITS
