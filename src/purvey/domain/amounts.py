"""What an order is worth, what is owed for what has shipped, and what has been paid.

The order's discounts, shipping and tax are spread over its units by largest remainder, so that the
parts that ship or are cancelled add up to the whole to the cent, in whichever order they come.
"""

from collections.abc import Callable

from purvey.domain.money import shares
from purvey.domain.order import Line, Order
from purvey.domain.states import PaymentState


def lines_total(order: Order) -> int:
    return sum(line.unit_price * line.ordered for line in order.lines)


def grand_total(order: Order) -> int:
    """What was agreed for the whole order, cancelled units included."""
    return lines_total(order) + order.shipping_total + order.tax_total - order.discount_total


def total(order: Order) -> int:
    """What the customer is to pay for all that is not cancelled. Nothing left: nothing to pay."""
    if all(line.cancelled == line.ordered for line in order.lines):
        return 0
    return _worth(order, lambda line: line.ordered - line.cancelled) + order.shipping_total


def owed(order: Order) -> int:
    """What the customer owes for what has shipped; shipping is owed with the first parcel."""
    if not any(line.shipped for line in order.lines):
        return 0
    return _worth(order, lambda line: line.shipped) + order.shipping_total


def _worth(order: Order, units: Callable[[Line], int]) -> int:
    """The value of some units of each line with their share of discount and tax."""
    if not order.discount_total and not order.tax_total:
        return sum(line.unit_price * units(line) for line in order.lines)
    goods = [line.unit_price * line.ordered for line in order.lines]
    discounts = shares(order.discount_total, goods)
    taxes = shares(order.tax_total, goods)
    return sum(
        _part(value - discount + tax, units(line), line.ordered)
        for line, value, discount, tax in zip(order.lines, goods, discounts, taxes, strict=True)
    )


def _part(value: int, units: int, of: int) -> int:
    return shares(value, [units, of - units])[0] if 0 < units < of else value * bool(units)


def secured(order: Order) -> int:
    """Money that is in, held for us by a gateway, or promised on terms."""
    return sum(payment.received + payment.held for payment in order.payments)


def paid(order: Order) -> int:
    """Money that has come in, before refunds."""
    return sum(payment.captured for payment in order.payments)


def refunded(order: Order) -> int:
    return sum(payment.refunded for payment in order.payments)


def unanswered(order: Order) -> bool:
    """Is there a payment of which nobody knows yet whether money moved?"""
    return any(p.state in (PaymentState.REQUESTED, PaymentState.UNKNOWN) for p in order.payments)
