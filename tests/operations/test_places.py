"""Locations and shipping methods are made, changed and closed; nothing that is promised is lost."""

from typing import Any

import pytest

from purvey.domain.draft import Shipping
from purvey.kit.process import Refusal
from purvey.operations.put_places import Put, change_locations, change_methods
from purvey.ports.storage import Location, ShippingMethod
from purvey.queries.catalogue import list_locations, list_methods, list_stock
from purvey.queries.journal import read_journal
from purvey.testing import Shop

SHED = Location(code="shed", name="The shed", priority=5, address="2 Low Road, Leeds")
DRONE = ShippingMethod(
    code="drone", name="By drone", price=1250, currency="GBP", days_from=0, days_to=1
)


def put(shop: Shop, place: Any, version: int | None = None) -> Any:
    change = change_locations if isinstance(place, Location) else change_methods
    (answer,) = shop.do(change, [Put(place=place, version=version)])
    return answer


def location(shop: Shop, code: str) -> Location:
    with shop.house.database.reading(shop.shard) as sql:
        return next(place for place in list_locations(sql) if place.code == code)


def method(shop: Shop, code: str) -> ShippingMethod:
    with shop.house.database.reading(shop.shard) as sql:
        return next(one for one in list_methods(sql) if one.code == code)


def like(place: Any, **changes: Any) -> Any:
    from purvey.kit.frozen import evolve

    return evolve(place, **changes)


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else "done"


def test_a_location_is_made_and_changed_and_the_journal_tells(shop: Shop):
    assert put(shop, SHED, 0) == SHED
    assert location(shop, "shed") == SHED
    after = put(shop, like(SHED, priority=0, address=""), 1)
    assert (after.priority, after.address, after.version) == (0, "", 2)
    with shop.house.database.reading(shop.shard) as sql:
        changed, made = read_journal(sql, limit=2)
    assert (made.deed, made.subject) == ("made the location", "shed")
    assert changed.detail == "priority: 5 to 0, address: 2 Low Road, Leeds to "


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (like(SHED, code="a b"), "/code"),
        (like(SHED, code=""), "/code"),
        (like(SHED, name=" "), "/name"),
        (like(SHED, name="x\ny"), "/name"),
        (like(SHED, address="x" * 301), "/address"),
        (like(SHED, priority=-1001), "/priority"),
        (like(DRONE, price=-1), "/price"),
        (like(DRONE, days_from=3), "/days_to"),
        (like(DRONE, days_to=366), "/days_to"),
        (like(DRONE, code="ü"), "/code"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(shop: Shop, wish: Any, field: str):
    refusal = put(shop, wish, 0)
    assert isinstance(refusal, Refusal)
    assert [part.pointer for part in refusal.more or (refusal,)] == [field]
    assert [x.code for x in (location(shop, "main"),)] == ["main"]


def test_nobody_overwrites_what_they_have_not_seen(shop: Shop):
    put(shop, SHED, 0)
    assert code(put(shop, SHED, 0)) == "taken"
    put(shop, like(SHED, name="Mine"), 1)
    assert code(put(shop, like(SHED, name="Theirs"), 1)) == "changed_meanwhile"
    assert code(put(shop, like(SHED, code="gone"), 1)) == "not_found"
    assert location(shop, "shed").name == "Mine"


def test_from_a_closed_location_nothing_more_is_promised(shop: Shop):
    put(shop, SHED, 0)
    shop.stock(5, "CUP", at="shed", backorder_limit=9)
    before = shop.paid((1, "CUP"))
    put(shop, like(SHED, active=False), 1)
    order = shop.paid((1, "CUP"))
    assert [line.backordered for line in order.lines] == [1]
    with shop.house.database.reading(shop.shard) as sql:
        [level] = list_stock(sql, limit=9, sku="CUP").items
    assert (level.on_hand, level.available) == (5, 0)
    assert shop.send_off(before).state == "shipped"  # what was reserved there still leaves
    put(shop, like(SHED, active=True), 2)
    shop.ring()
    assert [line.reserved for line in shop.look(order).lines] == [1]


def test_the_last_open_one_stays_open(shop: Shop):
    main = location(shop, "main")
    assert code(put(shop, like(main, active=False), main.version)) == "last_one"
    both = [Put(place=like(SHED, active=False), version=0), Put(place=like(main, active=False))]
    assert [code(answer) for answer in shop.do(change_locations, both)] == ["done", "last_one"]


def test_orders_are_taken_by_the_methods_that_are_in_use(shop: Shop):
    shop.stock(9, "CUP")
    assert put(shop, DRONE, 0) == DRONE
    order = shop.order((1, "CUP"), shipping=Shipping(method="drone"))
    assert order.shipping_total == 1250
    put(shop, like(DRONE, active=False), 1)
    (answer,) = shop.receive(shop.draft((1, "CUP"), shipping=Shipping(method="drone")))
    assert code(answer) == "unknown_shipping_method"
    assert isinstance(answer, Refusal) and "drone" not in answer.sentence
    assert shop.look(order).shipping_method == "drone"
    put(shop, like(method(shop, "standard"), price=100), 1)
    assert shop.order((1, "CUP")).shipping_total == 100
    assert shop.look(order).shipping_total == 1250
