"""Orders as they are, by the number that the page shows."""

from purvey.domain.order import Order
from purvey.queries.orders import find_order_id, read_orders
from purvey.testing import Shop


def order_of(shop: Shop, number: str) -> Order:
    with shop.house.database.reading(shop.shard) as sql:
        order_id = find_order_id(sql, number)
        assert order_id is not None
        return read_orders(sql, [order_id])[order_id]
