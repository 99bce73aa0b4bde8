"""A return as the API shows it."""

from typing import Any

from purvey.domain.money import to_text
from purvey.domain.order import Order, Return, ReturnLine
from purvey.domain.policies import Policies
from purvey.domain.returns import waiting_for_return, worth
from purvey.domain.states import ReturnState
from purvey.queries.returns import allowed_for_return
from purvey.web.api.order_json import maybe_time_text, time_text

Json = dict[str, Any]


def return_json(order: Order, returned: Return, *, policies: Policies) -> Json:
    waits = waiting_for_return(order, returned, policies=policies)
    lines = {line.no: line for line in order.lines}
    refunds = _shares(order, returned, policies)
    return {
        "id": returned.id,
        "order_id": order.id,
        "order_number": str(order.number),
        "order_version": order.version,
        "order_state": order.state,
        "state": returned.state,
        "state_since": time_text(returned.state_since),
        "requested_at": time_text(returned.requested_at),
        "asked_by": returned.asked_by,
        "note": returned.note,
        "late_reason": returned.late_reason,
        "decision": returned.decision,
        "instructions": returned.instructions,
        "send_by": maybe_time_text(returned.send_by),
        "location": returned.location,
        "currency": order.currency,
        "lines": [
            {
                "line": str(line.no),
                "sku": lines[line.no].sku,
                "name": lines[line.no].name,
                **_line(line),
                "refund": to_text(refund, order.currency),
            }
            for line, refund in zip(returned.lines, refunds, strict=True)
        ],
        "refund": refund_json(order, returned, policies=policies),
        "waiting_for": None
        if waits.code is None
        else {"code": waits.code, "sentence": waits.sentence, "since": time_text(waits.since)},
        "allowed": allowed_for_return(order, returned),
    }


def _line(line: ReturnLine) -> Json:
    return {
        "quantity": line.quantity,
        "reason": line.reason,
        "note": line.note,
        "condition": line.condition,
        "disposition": line.disposition,
        "refund_percent": line.percent,
    }


def _shares(order: Order, returned: Return, policies: Policies) -> list[int]:
    if returned.state == ReturnState.INSPECTED:
        return list(worth(order, returned, policies=policies).lines)
    return [line.refund for line in returned.lines]


def refund_json(order: Order, returned: Return, *, policies: Policies) -> Json:
    """What went back when it was settled; inspected: what would go back now."""
    goods, shipping = returned.refund, returned.shipping_refund
    if returned.state == ReturnState.INSPECTED:
        gets = worth(order, returned, policies=policies)
        goods, shipping = gets.refund, gets.shipping
    said = {"goods": goods, "shipping": shipping, "total": goods + shipping}
    return {name: to_text(amount, order.currency) for name, amount in said.items()}
