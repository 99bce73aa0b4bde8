"""From received to closed with the real worker, and what is told on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from purvey.domain.draft import Address, Shipping
from purvey.operations.adjust_stock import Arrival, receive_supplies
from purvey.operations.change import OrderChange, change
from purvey.ports.storage import Supply
from purvey.testing import Shop
from purvey.wiring import House

Work = Callable[..., None]


def test_an_order_goes_from_received_to_closed(shop: Shop, work: Work, warehouse: Work):
    shop.stock(10, "CUP")
    order = shop.order((2, "CUP"))
    work()
    warehouse(order)
    work(minutes=5)
    work(minutes=5)
    done = shop.look(order)
    assert (done.state, done.shipments[0].state) == ("closed", "delivered")
    assert told(shop) == ["confirmation", "delivered", "shipped"]


def told(shop: Shop) -> list[str]:
    rows = shop.rows("select template from notice where shard = :shard order by template")
    return [row.template for row in rows]


def test_collected_at_the_counter_is_delivered_at_once(shop: Shop, work: Work, warehouse: Work):
    shop.stock(10, "CUP")
    order = shop.order((1, "CUP"), shipping=Shipping(method="pickup"), ship_to=None)
    work()
    warehouse(order)
    work()
    assert shop.look(order).state in ("delivered", "closed")


def test_a_supply_fills_backorders_in_promise_order(shop: Shop, house: House, work: Work):
    shop.stock(0, "CUP", backorder_limit=100)
    first, second = shop.order((3, "CUP")), shop.order((3, "CUP"))
    supply = shop.announce(4, "CUP", on=date(2030, 1, 12))
    assert isinstance(supply, Supply)
    arrival = Arrival(supply_id=supply.id)
    house.do(receive_supplies, [arrival], actor="clerk", shard=shop.shard)
    work()
    assert [line.reserved for line in shop.look(first).lines] == [3]
    assert [line.reserved for line in shop.look(second).lines] == [1]


def test_a_parcel_that_the_carrier_refuses_holds_the_order(shop: Shop, work: Work):
    shop.stock(10, "ANVIL", weight_grams=40_000)
    order = shop.order((1, "ANVIL"))
    work()
    for trigger in ("pick", "pack"):
        shop.step(shop.look(order).shipments[0], trigger)
    work()
    (hold,) = shop.look(order).open_holds
    assert hold.type == "label"


def test_a_lost_parcel_waits_for_a_person(shop: Shop, work: Work, warehouse: Work):
    shop.stock(10, "CUP")
    address = Address(
        name="LOST", line1="1 High Street", city="Leeds", postal_code="LS1 4DT", country="GB"
    )
    order = shop.order((1, "CUP"), ship_to=address)
    work()
    warehouse(order)
    work(minutes=5)
    assert shop.look(order).shipments[0].state == "lost"
    assert shop.look(order).state == "shipped"


def test_a_parcel_that_comes_back_waits_for_a_person_and_goes_out_again(
    shop: Shop, work: Work, warehouse: Work
):
    shop.stock(10, "CUP")
    address = Address(
        name="RETURNED", line1="1 High Street", city="Leeds", postal_code="LS1 4DT", country="GB"
    )
    order = shop.order((1, "CUP"), ship_to=address)
    work()
    warehouse(order)
    work(minutes=5)
    after = shop.look(order)
    assert (after.shipments[0].state, after.state) == ("returned_to_sender", "shipped")
    assert not [message for message in shop.outbox() if message.effect == "shipment.track"]
    shop.step(after.shipments[0], "send_again")
    shop.do(change, [OrderChange(order_id=order.id, ship_to=replace(address, name="Ann Lee"))])
    warehouse(shop.look(order))
    work(minutes=5)
    again = shop.look(order)
    assert [x.state for x in again.shipments] == ["sent_again", "delivered"]
    assert again.shipments[1].tracking_number != again.shipments[0].tracking_number
    assert again.state == "closed"


def test_the_feed_has_every_row_once_in_order_without_gaps(shop: Shop, work: Work):
    shop.stock(100, "CUP")
    orders = [shop.order((1, "CUP")) for _ in range(5)]
    work()
    rows = shop.rows(
        "select position, order_id, version from history where shard = :shard order by position"
    )
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    for order in orders:
        versions = [row.version for row in rows if row.order_id == order.id]
        assert versions == sorted(versions)


@pytest.mark.parametrize("handler", ["payment.secure", "notify.confirmation"])
def test_one_bad_message_does_not_keep_the_others(
    shop: Shop, work: Work, handler: str, monkeypatch
):
    from purvey.worker import run

    shop.stock(10, "CUP")
    bad, good = shop.order((1, "CUP")), shop.order((1, "CUP"))
    real = run.HANDLERS[handler]

    def break_on_bad(desk, messages):
        if any(message.order_id == bad.id for message in messages):
            raise ZeroDivisionError
        real(desk, messages)

    monkeypatch.setitem(run.HANDLERS, handler, break_on_bad)
    work()
    left = {message.order_id for message in shop.outbox() if message.effect == handler}
    assert left == {bad.id}
    assert good.id not in left
