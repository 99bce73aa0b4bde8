"""Goods that came back: each unit once, and no more money for them than they are worth."""

from collections import Counter
from collections.abc import Iterator

from purvey.domain.amounts import credited, total
from purvey.domain.money import to_text
from purvey.domain.returns import OPEN, quantities, taken_back
from purvey.domain.states import ReturnState
from purvey.queries.doctor.case import Case, Wrong

_COMPARE = "Compare with the order's history, then correct the return in the database."


def line_counts_what_its_returns_say(case: Case) -> Iterator[Wrong]:
    back = _settled_units(case)
    for line in case.order.lines:
        if line.returned != back[line.no]:
            yield Wrong(
                f"Line {line.no} ({line.sku}): {line.returned} returned,"
                f" but its returns say {back[line.no]}.",
                f"update order_line set returned = {back[line.no]}"
                f" where order_id = '{case.order.id}' and no = {line.no}",
            )


def no_unit_comes_back_twice(case: Case) -> Iterator[Wrong]:
    """What came back, and what is on its way or being looked at, has left before."""
    back = _settled_units(case)
    for returned in case.order.returns:
        if returned.state in OPEN:
            inspected = returned.state == ReturnState.INSPECTED
            back.update(taken_back(returned) if inspected else quantities(returned.lines))
    for line in case.order.lines:
        if back[line.no] > line.shipped:
            yield Wrong(
                f"Line {line.no} ({line.sku}): {back[line.no]} units came back or are to,"
                f" of {line.shipped} that left.",
                _COMPARE,
            )


def _settled_units(case: Case) -> Counter[int]:
    back = Counter[int]()
    for returned in case.order.returns:
        if returned.state == ReturnState.SETTLED:
            back.update(taken_back(returned))
    return back


def shares_add_up(case: Case) -> Iterator[Wrong]:
    order = case.order
    for returned in order.returns:
        parts = sum(line.refund for line in returned.lines)
        if returned.refund > parts or returned.shipping_refund > order.shipping_total:
            yield Wrong(
                f"Return {returned.id}: {to_text(returned.credit, order.currency)} went back,"
                f" but its lines are worth {to_text(parts, order.currency)} {order.currency}.",
                _COMPARE,
            )
    whole = any(line.cancelled for line in order.lines) or credited(order) <= total(order)
    if not whole:
        yield Wrong(
            f"Its returns are worth {to_text(credited(order), order.currency)},"
            f" the order {to_text(total(order), order.currency)} {order.currency}.",
            _COMPARE,
        )


def only_settled_returns_are_paid_for(case: Case) -> Iterator[Wrong]:
    for returned in case.order.returns:
        if returned.credit and returned.state != ReturnState.SETTLED:
            yield Wrong(
                f"Return {returned.id} is {returned.state}, but money went back for it.",
                _COMPARE,
            )


def approved_returns_expire(case: Case) -> Iterator[Wrong]:
    for returned in case.order.returns:
        waits = returned.state == ReturnState.APPROVED
        if waits and not case.promised("return.expire", subject_id=returned.id):
            yield Wrong(
                f"Return {returned.id} waits for its parcel, and nobody ends that.",
                "Withdraw the return: POST /returns/{id}/withdraw.",
            )
