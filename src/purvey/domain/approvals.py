"""What one person asks for and another approves: refunds and prices above the shop's limits.

An approval is bound to its content: the exact amounts and lines that were looked at. When they
change, it is void. Who asked, and who made the price, cannot approve it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from purvey.domain.amounts import refunded
from purvey.domain.money import to_text
from purvey.domain.order import Hold, Order, Payment, Return
from purvey.domain.policies import Policies
from purvey.kit.process import Refusal

GOOD_FOR = timedelta(days=7)  # then it has to be asked for again
PRICE_HOLD = "price_override"  # the type of a hold that only an approval releases


class Kind(StrEnum):
    REFUND = "refund"
    PRICE = "price"
    RETURN = "return"


# The right with which one approves; a program whose key has it needs nobody else.
RIGHTS: Mapping[Kind, str] = {
    Kind.REFUND: "refunds:approve",
    Kind.PRICE: "prices:approve",
    Kind.RETURN: "refunds:approve",
}


class ApprovalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    VOID = "void"  # what was asked for is another thing now, or too old


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`subject_id`: the payment, the return, or the order whose prices are meant. `amount`: the
    refund, or what the prices are below the catalogue's."""

    id: str
    kind: Kind
    order_id: str
    subject_id: str
    content: str
    amount: int
    currency: str
    reason: str
    asked_by: str
    asked_at: datetime
    ends_at: datetime
    state: ApprovalState = ApprovalState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None

    @property
    def hash(self) -> str:
        return sha256(self.content.encode()).hexdigest()


def refund_content(order: Order, payment: Payment, *, amount: int, under_way: int) -> str:
    said = {
        "payment": payment.id,
        "amount": amount,
        "currency": order.currency,
        "captured": payment.captured,
        "refunded": payment.refunded,
        "under_way": under_way,
    }
    return _canonical(said)


def price_content(order: Order) -> str:
    lines = [[x.no, x.sku, x.ordered - x.cancelled, x.unit_price] for x in order.lines]
    said = {
        "order": order.id,
        "currency": order.currency,
        "lines": lines,
        "discounts": order.discount_total,
        "shipping": order.shipping_total,
        "holds": sorted(hold.id for hold in price_holds(order)),
    }
    return _canonical(said)


def return_content(order: Order, returned: Return, *, amount: int) -> str:
    """What was found in the return, and what goes back for it."""
    found = [[x.no, x.quantity, x.condition, x.disposition, x.percent] for x in returned.lines]
    said = {
        "return": returned.id,
        "state": returned.state,
        "amount": amount,
        "currency": order.currency,
        "found": found,
    }
    return _canonical(said)


def _canonical(said: Mapping[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def price_holds(order: Order) -> tuple[Hold, ...]:
    return tuple(hold for hold in order.open_holds if hold.type == PRICE_HOLD)


def below(order: Order, prices: Mapping[str, int]) -> int:
    """What the order's lines cost less than the catalogue says, and its discounts."""
    lines = ((x, prices.get(x.sku, 0) - x.unit_price) for x in order.lines)
    cheaper = sum(max(0, less) * (line.ordered - line.cancelled) for line, less in lines)
    return cheaper + order.discount_total


def refund_is_large(order: Order, policies: Policies, *, amount: int, under_way: int) -> bool:
    """All that goes back on one order counts together, or two halves would pass. `under_way` is
    what a gateway was asked to give back and has not answered yet."""
    limit = policies.refund_approval_above
    return limit is not None and refunded(order) + under_way + amount > limit


def approval_needed(kind: Kind, order: Order, *, limit: int | None) -> Refusal:
    above = f"above {to_text(limit, order.currency)} {order.currency} " if limit is not None else ""
    what = {
        Kind.REFUND: f"Refunds {above}on one order need another person's approval: ask for it.",
        Kind.PRICE: f"Prices {above}below the catalogue's need another person's approval.",
        Kind.RETURN: f"Refunds {above}on one order need another person's approval: ask for it.",
    }[kind]
    return Refusal("approval_needed", what)
