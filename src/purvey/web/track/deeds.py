"""What customers may do themselves: cancel, correct the address, send back. Asked twice each time.

The same operations as for the shop's people, with the same checks; history names the customer.
"""

from collections.abc import Sequence
from dataclasses import fields

from starlette.responses import Response
from starlette.routing import Route

from purvey.domain.draft import Address
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.change import OrderChange, change
from purvey.operations.decide import Decision, decide
from purvey.web.plain_route import PlainRoute
from purvey.web.track.returning import ask_for_return, withdraw_return
from purvey.web.track.shown import may_cancel, may_readdress
from purvey.web.track.tracking import Visit, in_a_thread, tracking_page
from purvey.web.track.words import countries

ACTOR = "customer"
CANCELLED_BY_CUSTOMER = "Cancelled by the customer on the tracking page"
CHANGED_BY_CUSTOMER = "Changed by the customer on the tracking page"
FIELDS = tuple(field.name for field in fields(Address))
NEEDED = ("name", "line1", "city", "country")
MAX_LENGTH = 200


def cancel(visit: Visit, order: Order) -> Response:
    if not may_cancel(order):
        return visit.back("too_late")
    if not visit.is_sent:
        return visit.page("track_cancel.html", order)
    wish = Decision(
        order_id=order.id, trigger="cancel", reason=CANCELLED_BY_CUSTOMER, version=order.version
    )
    (answer,) = visit.house.do(decide, [wish], actor=ACTOR)
    return visit.back("too_late" if isinstance(answer, Refusal) else "done_cancelled")


def readdress(visit: Visit, order: Order) -> Response:
    """Three pages: the fields; what they come to; done."""
    if not may_readdress(order):
        return visit.back("too_late")
    given = {name: _text(visit, name) for name in FIELDS}
    faults = _faults(visit, given) if visit.is_sent else {}
    if not visit.is_sent or faults or visit.form.get("step") == "again":
        if not visit.is_sent and order.ship_to:
            given["country"] = order.ship_to.country or ""
        return _fields(visit, order, given, faults)
    wish = OrderChange(
        order_id=order.id,
        ship_to=Address(**{name: value or None for name, value in given.items()}),
        reason=CHANGED_BY_CUSTOMER,
        version=order.version,
    )
    sure = visit.form.get("step") == "confirm"
    (answer,) = visit.house.do(change, [wish], actor=ACTOR, preview=not sure)
    if isinstance(answer, Refusal):
        return visit.back("too_late")
    if sure:
        return visit.back("done_address")
    return _confirm(visit, order, answer, given)


def _confirm(visit: Visit, order: Order, after: Order, given: dict[str, str]) -> Response:
    known = {hold.id for hold in order.holds}
    doubt = any(hold.id not in known for hold in after.holds)
    names = dict(countries(visit.language(order)))
    lines = [
        names.get(value, value) if name == "country" else value for name, value in given.items()
    ]
    shown = [line for line in lines if line]
    return visit.page("track_address_confirm.html", order, given=given, lines=shown, doubt=doubt)


def _fields(visit: Visit, order: Order, given: dict[str, str], faults: dict[str, str]) -> Response:
    return visit.page(
        "track_address.html",
        order,
        status=422 if faults else 200,
        given=given,
        faults=faults,
        needed=NEEDED,
        countries=countries(visit.language(order)),
    )


def _text(visit: Visit, name: str) -> str:
    value = visit.form.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _faults(visit: Visit, given: dict[str, str]) -> dict[str, str]:
    """The word that says what is wrong, by field."""
    faults = {name: "field_missing" for name in NEEDED if not given[name]}
    codes = {code for code, _ in countries("en")}
    if given["country"] and given["country"] not in codes:
        faults["country"] = "field_missing"
    long = [n for n, x in given.items() if len(x) > MAX_LENGTH or not x.isprintable()]
    return faults | dict.fromkeys(long, "field_long")


def track_routes() -> Sequence[Route]:
    both = ["GET", "POST"]
    return [
        PlainRoute("/track/{token}", tracking_page),
        PlainRoute("/track/{token}/cancel", in_a_thread(cancel), methods=both),
        PlainRoute("/track/{token}/address", in_a_thread(readdress), methods=both),
        PlainRoute("/track/{token}/return", in_a_thread(ask_for_return), methods=both),
        PlainRoute(
            "/track/{token}/returns/{returned}/withdraw",
            in_a_thread(withdraw_return),
            methods=both,
        ),
    ]
