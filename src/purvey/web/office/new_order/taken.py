"""An order that was just taken: its number, what it waits for, and at the counter the hand-over."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.amounts import due, paid
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.domain.waiting import waiting_for
from purvey.kit.process import Refusal
from purvey.operations.hand_out import STEPS, hand_out
from purvey.queries.orders import expected_for, find_order_id, read_orders
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.html import back, render
from purvey.web.office.new_order.page import FOLDER
from purvey.web.office.new_order.receipt import change_of

TAKEN = "/orders/{order}/taken"
STORE, COLLECTED = "store", "pickup"


@page(TAKEN, right="orders:read")
def show_taken(request: Request, visitor: Visitor) -> Response:
    return _taken(visitor, order_named(request, visitor))


def order_named(request: Request, visitor: Visitor) -> Order:
    """Raises HTTPException (404)."""
    with visitor.reading() as sql:
        order_id = find_order_id(sql, request.path_params["order"][:64])
        found = read_orders(sql, [order_id]).get(order_id) if order_id else None
    if found is None:
        raise HTTPException(404, "There is no such order.")
    return found


def _taken(visitor: Visitor, order: Order, *, problem: str = "") -> Response:
    with visitor.reading() as sql:
        expected = expected_for(sql, [order], today=visitor.house.today())
    waiting = waiting_for(order, expected)
    at_counter = order.channel == STORE and order.shipping_method == COLLECTED
    return render(
        visitor,
        FOLDER + "taken.html",
        status=409 if problem else 200,
        order=order,
        waiting=waiting,
        at_counter=at_counter,
        ready=at_counter and can_be_handed_out(order) and visitor.may("shipments:write"),
        gone=order.state in (OrderState.DELIVERED, OrderState.CLOSED),
        total=due(order),
        paid=paid(order),
        change=change_of(order),
        holds=order.open_holds,
        problem=problem,
    )


def can_be_handed_out(order: Order) -> bool:
    return any(x.method == COLLECTED and x.state in STEPS for x in order.shipments)


@deed("/orders/{order}/hand-out", right="shipments:write")
def hand_over(request: Request, visitor: Visitor, form: FormData) -> Response:
    """At the counter: the customer takes it along."""
    order = order_named(request, visitor)
    [answer] = visitor.do(hand_out, [order.id])
    if isinstance(answer, Refusal):
        return _taken(visitor, order_named(request, visitor), problem=answer.sentence)
    return back(f"/orders/{order.number}/taken", told="Handed over.")
