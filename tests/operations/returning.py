"""Plain words for goods that come back."""

from collections.abc import Sequence
from typing import Any

from purvey.domain.order import Order, Return
from purvey.kit.process import Refusal
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.testing import Shop

Answer = tuple[Order, Return] | Refusal
Line = tuple[int, int]  # line number, units


def delivered(shop: Shop, *lines: tuple[int, str], **changes: Any) -> Order:
    """Paid, sent, arrived, and the money is in."""
    order = shop.send_off(shop.paid(*lines, **changes))
    for shipment in order.shipments:
        shop.carrier_says(shipment, "delivered")
    shop.gateway_says(order, "captured")
    return shop.look(order)


def ask(shop: Shop, order: Order, *lines: Line, reason: str = "other", **more: Any) -> Answer:
    wanted = [Wanted(no=no, quantity=units, reason=reason) for no, units in lines]
    [answer] = shop.do(request_returns, [ReturnWish(order_id=order.id, lines=wanted, **more)])
    return answer


def asked(shop: Shop, order: Order, *lines: Line, **more: Any) -> Return:
    return good(ask(shop, order, *lines, **more))


def good(answer: Answer) -> Return:
    assert not isinstance(answer, Refusal), answer
    return answer[1]


def code(answer: Answer) -> str:
    return answer.code if isinstance(answer, Refusal) else str(answer[1].state)


def decide(shop: Shop, returned: Return, trigger: str, **more: Any) -> Answer:
    wish = ReturnDecision(return_id=returned.id, trigger=trigger, **more)
    [answer] = shop.do(decide_returns, [wish])
    return answer


def comes_back(shop: Shop, returned: Return, *, at: str | None = "main") -> Answer:
    [answer] = shop.do(take_returns, [ReturnedParcel(return_id=returned.id, location=at)])
    return answer


def unasked(shop: Shop, order: Order, *lines: Line, **more: Any) -> Answer:
    wanted = [Wanted(no=no, quantity=units) for no, units in lines]
    parcel = ReturnedParcel(order_id=order.id, lines=wanted, **more)
    [answer] = shop.do(take_returns, [parcel])
    return answer


def inspect(shop: Shop, returned: Return, found: Sequence[Found], **more: Any) -> Answer:
    wish = Inspection(return_id=returned.id, lines=found, **more)
    [answer] = shop.do(inspect_returns, [wish])
    return answer


def all_as_new(returned: Return) -> list[Found]:
    return [
        Found(no=x.no, quantity=x.quantity, condition="as_new", disposition="restock")
        for x in returned.lines
    ]


def settle(shop: Shop, returned: Return, **more: Any) -> Answer:
    [answer] = shop.do(settle_returns, [SettleReturn(return_id=returned.id, **more)])
    return answer


def inspected(shop: Shop, order: Order, *lines: Line, **more: Any) -> Return:
    """Asked for, approved, here and as good as new."""
    returned = asked(shop, order, *lines, **more)
    good(decide(shop, returned, "approve"))
    good(comes_back(shop, returned))
    return good(inspect(shop, returned, all_as_new(returned)))


def settled(shop: Shop, order: Order, *lines: Line, **more: Any) -> Return:
    return good(settle(shop, inspected(shop, order, *lines), **more))


def on_hand(shop: Shop, sku: str, place: str = "main") -> int:
    query = "select on_hand from stock where shard = :shard and sku = :sku and location = :place"
    return sum(row.on_hand for row in shop.rows(query, sku=sku, place=place))


def movements(shop: Shop, order: Order) -> list[tuple[int, str]]:
    query = "select change, reason from movement where shard = :shard and order_id = :id"
    return sorted((row.change, row.reason) for row in shop.rows(query, id=order.id))
