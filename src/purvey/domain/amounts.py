"""What an order is worth, what is owed for what has shipped, and what has been paid.

The order's discounts, shipping and tax are spread over its units by largest remainder, so that the
parts that ship or are cancelled add up to the whole to the cent, in whichever order they come.
"""

from collections.abc import Sequence

from purvey.domain.money import shares
from purvey.domain.order import Order
from purvey.domain.states import PaymentState


def lines_total(order: Order) -> int:
    return sum([line.unit_price * line.ordered for line in order.lines])


def grand_total(order: Order) -> int:
    """What was agreed for the whole order, cancelled units included."""
    return lines_total(order) + order.shipping_total + order.tax_total - order.discount_total


def total(order: Order) -> int:
    """What the customer is to pay for all that is not cancelled. Nothing left: nothing to pay."""
    units = [line.ordered - line.cancelled for line in order.lines]
    return _worth(order, units) + order.shipping_total if any(units) else 0


def credited(order: Order) -> int:
    """What the order costs less since goods came back."""
    return sum([returned.credit for returned in order.returns]) if order.returns else 0


def due(order: Order) -> int:
    """What the customer is to pay in the end: the total without what came back."""
    return max(0, total(order) - credited(order)) if order.returns else total(order)


def owed(order: Order) -> int:
    """What the customer owes for what has shipped; shipping is owed with the first parcel."""
    units = [line.shipped for line in order.lines]
    if not any(units):
        return 0
    whole = _worth(order, units) + order.shipping_total
    return max(0, whole - credited(order)) if order.returns else whole


def returned_worth(order: Order, no: int, *, units: int, after: int) -> int:
    """The price of some units of a line less their share of the discounts, with their tax, when
    `after` units came back before: all shares of a line add up to the whole line to the cent."""
    goods = [line.unit_price * line.ordered for line in order.lines]
    index = next(i for i, line in enumerate(order.lines) if line.no == no)
    discounts, taxes = shares(order.discount_total, goods), shares(order.tax_total, goods)
    value = goods[index] - discounts[index] + taxes[index]
    ordered = order.lines[index].ordered
    return _part(value, after + units, ordered) - _part(value, after, ordered)


def _worth(order: Order, units: Sequence[int]) -> int:
    """The value of some units of each line with their share of discount and tax."""
    if not order.discount_total and not order.tax_total:
        return sum([line.unit_price * n for line, n in zip(order.lines, units, strict=True)])
    goods = [line.unit_price * line.ordered for line in order.lines]
    discounts = shares(order.discount_total, goods)
    taxes = shares(order.tax_total, goods)
    return sum(
        _part(value - discount + tax, n, line.ordered)
        for line, n, value, discount, tax in zip(
            order.lines, units, goods, discounts, taxes, strict=True
        )
    )


def _part(value: int, units: int, of: int) -> int:
    return shares(value, [units, of - units])[0] if 0 < units < of else value * bool(units)


def secured(order: Order) -> int:
    """Money that is in, held for us by a gateway, or promised on terms."""
    return sum([payment.received + payment.held for payment in order.payments])


def paid(order: Order) -> int:
    """Money that has come in, before refunds."""
    return sum([payment.captured for payment in order.payments])


def refunded(order: Order) -> int:
    return sum([payment.refunded for payment in order.payments])


def unanswered(order: Order) -> bool:
    """Is there a payment of which nobody knows yet whether money moved?"""
    return any(p.state in (PaymentState.REQUESTED, PaymentState.UNKNOWN) for p in order.payments)
