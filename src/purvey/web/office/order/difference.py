"""What a change does to an order, in sentences: shown before it is confirmed. Pure."""

from collections.abc import Iterator

from purvey.domain.amounts import due, secured
from purvey.domain.order import Line, Order, Shipment
from purvey.domain.states import OrderState, ShipmentState
from purvey.operations.promise_anew import is_told
from purvey.web.office.showing import day, money, words

OVER = (OrderState.CANCELLED, OrderState.REJECTED)


def effects(before: Order, after: Order) -> list[str]:
    return [
        *_state(before, after),
        *_lines(before, after),
        *_money(before, after),
        *_address(before, after),
        *_holds(before, after),
        *_parcels(before, after),
        *_promise(before, after),
    ]


def _state(before: Order, after: Order) -> Iterator[str]:
    if after.state in OVER and before.state not in OVER:
        yield "The whole order is cancelled, and the customer is told."
    elif after.state != before.state:
        yield f"The order is {words(after.state)} then; now it is {words(before.state)}."


def _lines(before: Order, after: Order) -> Iterator[str]:
    for old, new in zip(before.lines, after.lines, strict=True):
        if new.cancelled > old.cancelled:
            yield f"{new.cancelled - old.cancelled} × {new.name} cancelled{_stock(old, new)}."


def _stock(old: Line, new: Line) -> str:
    back, waited = old.reserved - new.reserved, old.backordered - new.backordered
    parts = [f"{back} go back to stock"] if back > 0 else []
    parts += [f"{waited} are not waited for any more"] if waited > 0 else []
    return f": {', '.join(parts)}" if parts else ""


def _money(before: Order, after: Order) -> Iterator[str]:
    currency = after.currency
    old, new = due(before), due(after)
    if old != new:
        yield f"The total changes from {money(old, currency)} to {money(new, currency)}."
    too_much = secured(after) - new
    if too_much > max(0, secured(before) - old):
        yield f"{money(too_much, currency)} that is paid or held too much goes back."


def _address(before: Order, after: Order) -> Iterator[str]:
    if after.ship_to != before.ship_to:
        yield f"It goes to {_line(after)} instead of {_line(before)}."


def _line(order: Order) -> str:
    address = order.ship_to
    if address is None:
        return "no address"
    parts = (address.name, address.company, address.line1, address.line2, address.city)
    place = (address.region, address.postal_code, address.country)
    return ", ".join(part for part in (*parts, *place) if part)


def _holds(before: Order, after: Order) -> Iterator[str]:
    old = {hold.id: hold for hold in before.open_holds}
    new = {hold.id: hold for hold in after.open_holds}
    for id_, hold in old.items():
        if id_ not in new:
            yield f"This hold is released: {hold.reason}"
    for id_, hold in new.items():
        if id_ not in old:
            yield f"It is put on hold: {hold.reason}"


def _parcels(before: Order, after: Order) -> Iterator[str]:
    old = {parcel.id: parcel for parcel in before.shipments}
    numbers = {parcel.id: no for no, parcel in enumerate(before.shipments, 1)}
    for parcel in after.shipments:
        known = old.get(parcel.id)
        if known is None:
            yield f"A new parcel is planned in {parcel.location}."
        elif parcel.state == ShipmentState.CANCELLED != known.state:
            yield f"Parcel {numbers[parcel.id]} is called off."
        elif _units(parcel) != _units(known):
            units = f"{_units(parcel)} instead of {_units(known)}"
            yield f"Parcel {numbers[parcel.id]} has {units} units."


def _units(parcel: Shipment) -> int:
    return sum(units for _, units in parcel.lines)


def _promise(before: Order, after: Order) -> Iterator[str]:
    if (after.promised_from, after.promised_to) == (before.promised_from, before.promised_to):
        return
    yield f"Promised for {_days(after)} instead of {_days(before)}."
    if is_told(before, last=after.promised_to or ""):
        yield "The customer is told that it comes later."
    else:
        yield "The customer is not told: it comes no later than promised."


def _days(order: Order) -> str:
    days = dict.fromkeys((order.promised_from, order.promised_to))
    return " to ".join(day(one) for one in days if one) or "no day"
