"""What somebody wrote into the forms of a change: fewer units, another address, another day."""

from dataclasses import fields
from datetime import date

from starlette.datastructures import FormData

from purvey.domain.draft import Address
from purvey.domain.order import Line, Order
from purvey.kit.process import Refusal
from purvey.operations.change import OrderChange
from purvey.operations.promise_anew import NewPromise
from purvey.web.office.forms import text
from purvey.web.office.order.found import is_number, version_of

ADDRESS = tuple(field.name for field in fields(Address))
MOST, MOST_REASON = 200, 1000
NOTHING = Refusal("nothing_to_change", "Nothing is different from how it is.", pointer="/change")


def lines_wanted(order: Order, form: FormData) -> OrderChange | Refusal:
    """Fields: units_1, units_2, ... (how many are still wanted), reason, version."""
    cancel: dict[int, int] = {}
    for line in order.lines:
        fewer = _fewer(line, text(form, f"units_{line.no}").strip())
        if isinstance(fewer, Refusal):
            return fewer
        if fewer:
            cancel[line.no] = fewer
    if not cancel:
        return NOTHING
    reason = text(form, "reason").strip()[:MOST_REASON]
    return OrderChange(order_id=order.id, cancel=cancel, reason=reason, version=version_of(form))


def _fewer(line: Line, given: str) -> int | Refusal:
    """Units to cancel. A field that was not sent changes nothing."""
    wanted = line.ordered - line.cancelled
    if not given:
        return 0
    pointer = f"/units_{line.no}"
    if not is_number(given):
        sentence = f"{line.name}: write a whole number from 0 to {wanted}."
        return Refusal("bad_quantity", sentence, pointer=pointer)
    if int(given) > wanted:
        sentence = f"{line.name}: write at most {wanted}. Take a new order for what comes on top."
        return Refusal("only_fewer", sentence, pointer=pointer)
    return wanted - int(given)


def address_wanted(order: Order, form: FormData) -> OrderChange | Refusal:
    """Fields: the parts of an address, version."""
    parts = {name: text(form, name).strip()[:MOST] or None for name in ADDRESS}
    if not any(parts.values()):
        return Refusal("missing", "Write the address.", pointer="/line1")
    country = parts["country"]
    parts["country"] = country.upper() if country else None
    address = Address(**parts)
    if address == order.ship_to:
        return NOTHING
    return OrderChange(order_id=order.id, ship_to=address, version=version_of(form))


def promise_wanted(order: Order, form: FormData) -> NewPromise | Refusal:
    """Fields: from, to (ISO days), reason, version."""
    first, last = _day(text(form, "from")), _day(text(form, "to"))
    if first is None or last is None:
        pointer = "/from" if first is None else "/to"
        return Refusal("bad_day", "Write a day like 2026-12-24.", pointer=pointer)
    if (first.isoformat(), last.isoformat()) == (order.promised_from, order.promised_to):
        return NOTHING
    return NewPromise(
        order_id=order.id,
        first=first,
        last=last,
        reason=text(form, "reason").strip()[:MOST_REASON],
        version=version_of(form),
    )


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return None
