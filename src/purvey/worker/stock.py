"""Messages that need nothing from outside: stock to give out, and what becomes due by itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from purvey.operations.fill_backorders import fill_backorders
from purvey.operations.timers import (
    close_orders,
    expire_holds,
    expire_payments,
    expire_returns,
)
from purvey.ports.storage import Message
from purvey.worker.desk import Desk, Told


def fill(desk: Desk, messages: Sequence[Message]) -> None:
    skus = {message.subject_id or "" for message in messages}
    _run(desk, messages, fill_backorders, skus)


def _ring(operation: Callable[..., Any]) -> Callable[[Desk, Sequence[Message]], None]:
    def handler(desk: Desk, messages: Sequence[Message]) -> None:
        _run(desk, messages, operation, {message.order_id or "" for message in messages})

    return handler


def _run(
    desk: Desk, messages: Sequence[Message], operation: Callable[..., Any], about: set[str]
) -> None:
    told: list[Told[None]] = [Told(message) for message in messages]
    desk.record(
        lambda tx, act: operation(tx, about, act=act, also=lambda tx: desk.settle(tx, told))
    )
    desk.count(told)


HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    "stock.fill": fill,
    "hold.expire": _ring(expire_holds),
    "payment.expire": _ring(expire_payments),
    "order.close": _ring(close_orders),
    "return.expire": _ring(expire_returns),
}
