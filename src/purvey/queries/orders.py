"""Whole orders as they are now, and what is on its way for those that wait for stock."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.domain.waiting import Expected
from purvey.ports.storage import Supply
from purvey.storage.orders import load_orders
from purvey.storage.sql import Sql
from purvey.storage.stock import SqlStock

MAX_DIGITS = 18  # of a number that fits into a column


def find_order_id(sql: Sql, name: str) -> str | None:
    """An order answers to its id and to its number."""
    if name.isascii() and name.isdigit():
        if len(name) > MAX_DIGITS:
            return None
        query = "select id from orders where shard = :shard and number = :number"
        found = sql.scalar(query, number=int(name))
    else:
        found = sql.scalar("select id from orders where shard = :shard and id = :id", id=name)
    return None if found is None else str(found)


def find_by_track_token(sql: Sql, token: str) -> str | None:
    query = "select id from orders where shard = :shard and track_token = :token"
    found = sql.scalar(query, token=token)
    return None if found is None else str(found)


def read_orders(sql: Sql, ids: Collection[str]) -> Mapping[str, Order]:
    return load_orders(sql, ids, lock=False)


def expected_for(sql: Sql, orders: Iterable[Order], *, today: date) -> Mapping[str, Expected]:
    """By sku, the next announced delivery of what these orders wait for. `today`: the shop's."""
    waiting = [order for order in orders if order.state == OrderState.BACKORDERED]
    skus = {line.sku for order in waiting for line in order.lines if line.backordered}
    if not skus:
        return {}
    expected: dict[str, Expected] = {}
    for supply in sorted(SqlStock(sql).expected(skus), key=_soonest_first):
        left, day = supply.expected - supply.arrived, supply.expected_on
        is_late = day is not None and day < today
        expected.setdefault(supply.sku, Expected(left, day, is_late))
    return expected


def _soonest_first(supply: Supply) -> tuple[bool, str, str]:
    day = supply.expected_on.isoformat() if supply.expected_on else ""
    return (not day, day, supply.id)


def latest_number(sql: Sql) -> int | None:
    """The number of the order that was received last."""
    number: int | None = sql.scalar("select max(number) from orders where shard = :shard")
    return number
