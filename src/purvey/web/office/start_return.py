"""Start a return for a customer who calls, or for a parcel that nobody asked for."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order, Return, Shipment
from purvey.domain.returns import REASONS, is_late, return_until, returnable
from purvey.kit.process import Refusal
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.queries.catalogue import list_locations
from purvey.queries.orders import find_order_id, read_orders
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.returns import PLACE

PATH, RIGHT = "/orders/{order}/return", "returns:write"
MAX_DIGITS = 9


@page(PATH, right=RIGHT)
def show_form(request: Request, visitor: Visitor) -> Response:
    """`parcel`: it came back undelivered, and what was in it stands in the form."""
    order = _order(request, visitor)
    parcel = _parcel_of(order, request.query_params.get("parcel", ""))
    return _form(visitor, order, form=_filled(parcel) if parcel else None)


def _parcel_of(order: Order, parcel_id: str) -> Shipment | None:
    return next((parcel for parcel in order.shipments if parcel.id == parcel_id), None)


def _filled(parcel: Shipment) -> FormData:
    units = [(f"units_{no}", str(units)) for no, units in parcel.lines]
    more = [("reason", "undeliverable"), ("parcel", parcel.id), ("location", parcel.location)]
    return FormData([*units, *more])


def _order(request: Request, visitor: Visitor) -> Order:
    with visitor.reading() as sql:
        order_id = find_order_id(sql, request.path_params["order"][:64])
        if order_id is None:
            raise HTTPException(404, "There is no such order.")
        return read_orders(sql, [order_id])[order_id]


def _form(
    visitor: Visitor, order: Order, *, form: FormData | None = None, problem: str = ""
) -> Response:
    given, house = form or FormData(), visitor.house
    with visitor.reading() as sql:
        places = list_locations(sql)
    out = returnable(order, arrived=False)
    return render(
        visitor,
        "start_return.html",
        status=422 if problem else 200,
        order=order,
        lines=[line for line in order.lines if line.no in out],
        out=out,
        units={no: text(given, f"units_{no}") for no in out},
        given=given,
        reasons=[(reason, reason.replace("_", " ")) for reason in REASONS],
        late=is_late(order, house.policies, now=house.clock()),
        until=return_until(order, house.policies),
        may_be_late=visitor.may("returns:late"),
        places=[("", "not yet"), *((place.code, place.name) for place in places)],
        problem=problem,
    )


@deed(PATH, right=RIGHT)
def start(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: units_1, units_2, ..., reason, note, late_reason, location (if it is here), parcel
    (of ours, if that came back)."""
    order = _order(request, visitor)
    lines = _lines(order, form)
    if lines is None:
        return _form(visitor, order, form=form, problem="Write whole numbers for the units.")
    if not lines:
        return _form(visitor, order, form=form, problem="Write how many of at least one line.")
    answer = _started(visitor, order, form, lines)
    if isinstance(answer, Refusal):
        return _form(visitor, order, form=form, problem=answer.sentence)
    return back(f"{PLACE}/{answer[1].id}", told="The return is started.")


def _started(
    visitor: Visitor, order: Order, form: FormData, lines: list[Wanted]
) -> tuple[Order, Return] | Refusal:
    note, location = text(form, "note")[:1000], text(form, "location")
    if location:
        parcel = ReturnedParcel(
            order_id=order.id,
            shipment_id=text(form, "parcel") or None,
            lines=lines,
            location=location,
            note=note,
        )
        return visitor.do(take_returns, [parcel])[0]
    wish = ReturnWish(
        order_id=order.id,
        lines=lines,
        note=note,
        late_reason=text(form, "late_reason")[:1000],
        may_be_late=visitor.may("returns:late"),
    )
    return visitor.do(request_returns, [wish])[0]


def _lines(order: Order, form: FormData) -> list[Wanted] | None:
    """None when something is no number."""
    reason = text(form, "reason")
    said = {line.no: text(form, f"units_{line.no}").strip() for line in order.lines}
    wanted = {no: units for no, units in said.items() if units.strip("0")}
    if not all(x.isascii() and x.isdigit() and len(x) <= MAX_DIGITS for x in wanted.values()):
        return None
    return [Wanted(no=no, quantity=int(units), reason=reason) for no, units in wanted.items()]
