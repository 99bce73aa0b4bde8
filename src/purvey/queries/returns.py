"""Returns as a list: how many there are in each state, and what may be asked of one now."""

from collections.abc import Mapping

from purvey.domain.guards import ReturnOf
from purvey.domain.order import Order, Return
from purvey.kit.process import Facts, Refusal
from purvey.lifecycle import RETURN
from purvey.storage.sql import Sql

ASSUMED: Facts = {"reason": "?"}  # who asks will say why
ARRIVES = "parcel_returned"  # a report, but people tell it
FOUND_LATER = frozenset({"inspect"})  # what its guard asks for comes with the request


def allowed_for_return(order: Order, returned: Return) -> list[str]:
    """The last words of `POST /returns/{id}/...`, and the names of the back office's buttons."""
    subject = ReturnOf(order, returned)
    found = [
        name
        for name in RETURN.allowed(returned.state)
        if name in FOUND_LATER or not isinstance(RETURN.decide(subject, name, ASSUMED), Refusal)
    ]
    step = RETURN.decide(subject, ARRIVES, ASSUMED)
    if not isinstance(step, Refusal) and step.target != returned.state:
        found.append(ARRIVES)
    return found


def count_returns(sql: Sql) -> Mapping[str, int]:
    """By state; states without any are left out."""
    rows = sql.rows("select state, count(*) as n from returns where shard = :shard group by state")
    return {row.state: row.n for row in rows}
