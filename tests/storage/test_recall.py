"""What is remembered of orders: what was committed, only while it is so, and no more than fits."""

import pytest

from purvey.domain.order import Order
from purvey.kit.frozen import evolve
from purvey.storage.orders import load_orders, recall_orders
from purvey.storage.recall import Recall, as_read
from purvey.storage.transaction import SqlTransaction
from purvey.testing import Shop
from purvey.wiring import House
from tests.operations.statements import counted


@pytest.fixture
def order(shop: Shop) -> Order:
    shop.stock(9, "MUG")
    shop.stock(9, "CUP")
    return shop.order((1, "MUG"), (2, "CUP"))


def recalled(house: House, shop: Shop, order: Order) -> Order:
    with house.database.reading(shop.shard) as sql:
        return recall_orders(sql, [order.id], lock=False)[order.id]


def test_an_order_that_was_just_written_takes_one_statement(shop: Shop, order: Order):
    with counted(shop.house.database) as sent:
        assert recalled(shop.house, shop, order) == shop.look(order)
    versions = [statement for statement in sent if "select id, version from orders" in statement]
    assert len(versions) == 1
    assert sum("from order_line" in statement for statement in sent) == 1  # by `look`


def test_what_another_process_changed_is_read_again(shop: Shop, order: Order):
    before = recalled(shop.house, shop, order)
    other = House(shop.house.settings, clock=shop.clock)
    Shop(other, shop.clock, shard=shop.shard).decide(order, "cancel", reason="changed my mind")
    other.close()
    after = recalled(shop.house, shop, order)
    assert after.version > before.version
    assert after == shop.look(order)


def test_what_was_rolled_back_is_not_remembered(shop: Shop, order: Order):
    def change_and_fail(tx: SqlTransaction) -> None:
        [found] = tx.orders.load([order.id]).values()
        tx.sql.orders[order.id] = evolve(found, version=found.version + 1, notes="never")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shop.house.database.run(shop.shard, change_and_fail)
    assert recalled(shop.house, shop, order).notes is None


def test_an_order_that_is_not_there_is_not_found(shop: Shop, order: Order):
    with shop.house.database.reading(shop.shard) as sql:
        assert set(recall_orders(sql, [order.id, "ord_none"], lock=False)) == {order.id}


def test_the_oldest_go_first_and_newer_versions_stay(order: Order):
    recall = Recall(limit=2)
    newer = evolve(order, version=order.version + 1)
    recall.keep(1, {"a": newer, "b": order})
    recall.keep(1, {"a": order})  # a slower thread read the older one
    assert recall.find(1, ["a"]) == {"a": newer}
    recall.keep(1, {"c": order})
    recall.keep(2, {"c": order})
    assert set(recall.find(1, ["a", "b", "c"])) == {"c"}


def test_parts_stand_as_they_are_read(shop: Shop, order: Order):
    payment = order.payments[0]
    first = evolve(payment, id="pay_0")
    held = (("shop", 1), ("main", 1), ("attic", 0))
    line = evolve(order.lines[1], held=held)
    mixed = evolve(order, payments=(payment, first), lines=(order.lines[0], line))
    seen = as_read(mixed)
    assert seen.payments == (first, payment)
    assert seen.lines[1].held == (("main", 1), ("shop", 1))
    with shop.house.database.reading(shop.shard) as sql:
        [read] = load_orders(sql, [order.id], lock=False).values()
    assert as_read(read) == read
