"""Goods that come back: which may, until when, what for, and what the customer gets for them. Pure.

A unit can be returned once: what was returned before, and what other open returns have claimed, is
not there any more. Units that are sent back to the customer, or did not come, do not count.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from purvey.domain.amounts import due, returned_worth, secured
from purvey.domain.money import shares, to_text
from purvey.domain.order import Order, Return, ReturnLine
from purvey.domain.policies import Policies
from purvey.domain.states import ReturnState, ShipmentState
from purvey.domain.waiting import Waiting
from purvey.kit.process import Refusal

REASONS = (
    "changed_mind",
    "damaged",
    "defective",
    "wrong_item",
    "not_as_described",
    "late",
    "undeliverable",
    "other",
)
CONDITIONS = ("as_new", "opened", "damaged", "missing")
RESTOCK, SCRAP, SEND_BACK, NOTHING = "restock", "scrap", "send_back", "nothing"
DISPOSITIONS = (RESTOCK, SCRAP, SEND_BACK, NOTHING)
TAKEN_BACK = (RESTOCK, SCRAP)
MISSING = "missing"  # did not come: there is nothing that could become of it

OPEN = (ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.RECEIVED, ReturnState.INSPECTED)
LEFT = frozenset(ShipmentState) - {
    ShipmentState.PLANNED,
    ShipmentState.PICKING,
    ShipmentState.PACKED,
    ShipmentState.CANCELLED,
    ShipmentState.SENT_AGAIN,
}


def find_return(order: Order, return_id: str) -> Return:
    return next(returned for returned in order.returns if returned.id == return_id)


def returnable(order: Order, *, arrived: bool = True, besides: str = "") -> Mapping[int, int]:
    """Units by line that may still come back: of what has arrived, or of all that has left.

    `besides`: a return that is not counted, since it is the one that asks.
    """
    states = {ShipmentState.DELIVERED} if arrived else LEFT
    out = Counter[int]()
    for shipment in order.shipments:
        if shipment.state in states:
            out.update(dict(shipment.lines))
    for returned in order.returns:
        if returned.state in OPEN and returned.id != besides:
            out.subtract(_claimed(returned))
    for line in order.lines:
        out[line.no] = min(out[line.no], line.shipped) - line.returned
    return {no: units for no, units in out.items() if units > 0}


def _claimed(returned: Return) -> Counter[int]:
    claimed = Counter[int]()
    for line in returned.lines:
        if line.disposition in (None, *TAKEN_BACK):
            claimed[line.no] += line.quantity
    return claimed


def taken_back(returned: Return) -> Counter[int]:
    """Units by line that are ours again."""
    taken = Counter[int]()
    for line in returned.lines:
        if line.disposition in TAKEN_BACK:
            taken[line.no] += line.quantity
    return taken


def quantities(lines: Iterable[ReturnLine]) -> Mapping[int, int]:
    """Units by line of the order."""
    found = Counter[int]()
    for line in lines:
        found[line.no] += line.quantity
    return found


def last_arrival(order: Order) -> datetime | None:
    """When the last parcel that arrived did: a right to withdraw begins with the last one."""
    arrived = (x.state_since for x in order.shipments if x.state == ShipmentState.DELIVERED)
    return max(arrived, default=None)


def return_until(order: Order, policies: Policies) -> datetime | None:
    arrival = last_arrival(order)
    return None if arrival is None else arrival + timedelta(days=policies.return_days)


def is_late(order: Order, policies: Policies, *, now: datetime) -> bool:
    until = return_until(order, policies)
    return until is not None and now > until


def too_many(wanted: Mapping[int, int], most: Mapping[int, int]) -> Refusal | None:
    """The first line of which more is wanted than there is, with its place in the request."""
    for index, (no, units) in enumerate(wanted.items()):
        if units > most.get(no, 0):
            sentence = f"Of line {no} at most {most.get(no, 0)} units can come back now."
            return Refusal("too_many_units", sentence, pointer=f"/lines/{index}/quantity")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the customer gets for a return: the share of each of its lines, and of the shipping.

    `refund` is what really goes back for the goods: not more than there is. `given_before` was
    given back on the order already, beyond what was due.
    """

    lines: Sequence[int]
    refund: int
    shipping: int
    given_before: int

    @property
    def total(self) -> int:
        return self.refund + self.shipping


def worth(order: Order, returned: Return, *, policies: Policies, under_way: int = 0) -> Worth:
    """`under_way`: what gateways were asked to give back on the order and have not answered yet."""
    parts = _line_shares(order, returned)
    shipping = order.shipping_total if _is_the_rest(order, returned, policies) else 0
    left = due(order)
    given_before = min(left, max(0, left - secured(order) + under_way))
    refund = min(sum(parts), left - given_before)
    return Worth(
        lines=parts,
        refund=refund,
        shipping=min(shipping, left - given_before - refund),
        given_before=given_before,
    )


def _line_shares(order: Order, returned: Return) -> list[int]:
    before = {line.no: line.returned for line in order.lines}
    parts = []
    for line in returned.lines:
        part = 0
        if line.disposition in TAKEN_BACK:
            whole = returned_worth(order, line.no, units=line.quantity, after=before[line.no])
            part = shares(whole, [line.percent, 100 - line.percent])[0]
            before[line.no] += line.quantity
        parts.append(part)
    return parts


def _is_the_rest(order: Order, returned: Return, policies: Policies) -> bool:
    """Is everything back with it? Then the way there is paid back, too, if the shop does that."""
    taken = taken_back(returned)
    whole = all(x.returned + taken[x.no] == x.ordered - x.cancelled for x in order.lines)
    return whole and bool(taken) and policies.return_shipping == "whole_order"


def waiting_for_return(order: Order, returned: Return, *, policies: Policies) -> Waiting:
    """Who or what a return waits for, in one sentence."""
    since = returned.state_since
    match returned.state:
        case ReturnState.REQUESTED:
            sentence = "Waiting for a person to approve or refuse it"
            return Waiting("decision", since, f"{sentence} since {since:%-d %B}")
        case ReturnState.APPROVED:
            until = f" until {returned.send_by:%-d %B}" if returned.send_by else ""
            sentence = f"Waiting for the customer to send it back{until}"
            return Waiting("parcel", since, sentence)
        case ReturnState.RECEIVED:
            where = f" in {returned.location}" if returned.location else ""
            sentence = f"Waiting to be inspected{where} since {since:%-d %B}"
            return Waiting("inspection", since, sentence)
        case ReturnState.INSPECTED:
            return Waiting("settlement", since, _settlement(order, returned, policies))
        case _:
            return Waiting(None, since)


def _settlement(order: Order, returned: Return, policies: Policies) -> str:
    if not taken_back(returned):
        return "Inspected; nothing is taken back: waiting to be refused with a reason"
    amount = to_text(worth(order, returned, policies=policies).total, order.currency)
    return f"Inspected; waiting to be settled: {amount} {order.currency} go back to the customer"
