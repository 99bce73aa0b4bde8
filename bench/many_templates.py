"""The orders that a year of orders is copied from: taken by the engine itself, then abridged.

Most are paid by transfer, sent and closed; one in a hundred still waits for its money. A template's
history is shortened to what carries it from its first state to its last.
"""

from typing import NamedTuple

from bench import shop
from purvey.domain.order import Order
from purvey.operations.move_money import MoneyStep, move_money
from purvey.operations.receive import Received
from purvey.storage.orders import load_orders
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.run import Worker

CLOSED, WAITING = 396, 4
ACTOR = "bench"


class Step(NamedTuple):
    """A row of history."""

    process: str
    subject_id: str
    trigger: str
    source: str
    target: str


class Template(NamedTuple):
    order: Order
    steps: tuple[Step, ...]


class Templates(NamedTuple):
    closed: list[Template]
    waiting: list[Template]

    @property
    def all(self) -> list[Template]:
        return [*self.closed, *self.waiting]


def templates(house: House) -> Templates:
    """`house` has stock and `shop.AT_ONCE`."""
    maker = shop.Orders("template", payment=shop.BY_TRANSFER)
    answers = house.receive(maker.take(CLOSED + WAITING), actor=ACTOR)
    received = [answer.order for answer in answers if isinstance(answer, Received)]
    paid, waiting = received[:CLOSED], received[CLOSED:]
    wishes = [MoneyStep(payment_id=x.payments[0].id, trigger="capture") for x in paid]
    house.do(move_money, wishes, actor=ACTOR)
    Worker(house).run(until_idle=True)
    return Templates(
        closed=[Template(order, _to_the_end(order)) for order in _read(house, paid)],
        waiting=[Template(order, _to_the_money(order)) for order in _read(house, waiting)],
    )


def _read(house: House, orders: list[Order]) -> list[Order]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return list(load_orders(sql, [order.id for order in orders], lock=False).values())


def _to_the_end(order: Order) -> tuple[Step, ...]:
    assert order.state == "closed", order.state
    [payment], [shipment] = order.payments, order.shipments
    return (
        Step("order", order.id, "receive", "", "received"),
        Step("payment", payment.id, "capture", "requested", "captured"),
        Step("shipment", shipment.id, "delivered", "planned", "delivered"),
        Step("order", order.id, "close_due", "received", "closed"),
    )


def _to_the_money(order: Order) -> tuple[Step, ...]:
    assert order.state == "reserved", order.state
    return (
        Step("order", order.id, "receive", "", "received"),
        Step("order", order.id, "stock_reserved", "received", "reserved"),
    )
