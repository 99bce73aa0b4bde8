"""Scans count once, waves share nothing, and a short pick keeps all sums."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purvey.domain.draft import Shipping
from purvey.domain.order import Order, Shipment
from purvey.domain.states import ShipmentState
from purvey.domain.warehouse import Wave
from purvey.kit.process import Refusal
from purvey.operations.scan import Counted, Scanned, record_scans
from purvey.operations.short_pick import ShortPick, short_pick
from purvey.operations.waves import WaveWish, make_waves, release_waves
from purvey.testing import Shop
from tests.operations.promises import assert_promises, broken_promises

NUMBERS = count(1)
SHARDS = count(3_000_000)


@pytest.fixture(autouse=True)
def plenty(shop: Shop) -> None:
    shop.stock(10, "A", price=255)
    shop.stock(10, "B", price=100)


def only(shop: Shop, order: Order) -> Shipment:
    (shipment,) = shop.look(order).shipments
    return shipment


def a_scan(shipment: Shipment, code: str, **changes: Any) -> Scanned:
    parts = {"id": f"scan-{next(NUMBERS)}", "shipment_id": shipment.id, "stage": "pick"}
    return Scanned(code=code, **{**parts, **changes})


def scan(shop: Shop, shipment: Shipment, code: str, **changes: Any) -> Counted | Refusal:
    [answer] = shop.do(record_scans, [a_scan(shipment, code, **changes)])
    return answer


def code_of(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else type(answer).__name__


def on_hand(shop: Shop, sku: str, at: str = "main") -> tuple[int, int]:
    query = (
        "select on_hand, reserved from stock"
        " where shard = :shard and sku = :sku and location = :location"
    )
    [row] = shop.rows(query, sku=sku, location=at)
    return row.on_hand, row.reserved


class TestScans:
    def test_a_barcode_means_its_product_whichever_way_it_is_read(self, shop: Shop):
        shop.product("A", price=255, barcode="0012345678905")
        shipment = only(shop, shop.paid((3, "A")))
        for code in ("0012345678905", "012345678905", "00012345678905"):
            assert isinstance(scan(shop, shipment, code), Counted)
        assert code_of(scan(shop, shipment, "4006381333931")) == "wrong_code"

    def test_the_first_starts_the_picking_and_quantities_count_up(self, shop: Shop):
        order = shop.paid((2, "A"), (1, "B"))
        shipment = only(shop, order)
        scans = [a_scan(shipment, code) for code in ("A", "B", " a ")]
        assert shop.do(record_scans, scans) == [
            Counted(shipment.id, 1, "pick", 1, 2),
            Counted(shipment.id, 2, "pick", 1, 1),
            Counted(shipment.id, 1, "pick", 2, 2),
        ]
        assert shop.look(order).state == "fulfilling"
        assert only(shop, order).state == "picking"

    def test_the_same_one_counts_once_however_often_it_comes(self, shop: Shop):
        shipment = only(shop, shop.paid((3, "A")))
        again = a_scan(shipment, "A")
        assert [x.done for x in shop.do(record_scans, [again, again])] == [1, 1]  # type: ignore[union-attr]
        assert [x.done for x in shop.do(record_scans, [again])] == [1]  # type: ignore[union-attr]
        shop.do(record_scans, [a_scan(shipment, "A", units=2)])
        shop.step(shipment, "pack")
        assert shop.do(record_scans, [again]) == [Counted(shipment.id, 1, "pick", 3, 3)]

    def test_what_does_not_belong_into_the_parcel_is_refused(self, shop: Shop):
        order = shop.paid((1, "A"))
        shipment = only(shop, order)
        assert code_of(scan(shop, shipment, "B")) == "wrong_code"
        assert only(shop, order).state == "planned"
        assert code_of(scan(shop, shipment, "A")) == "Counted"
        assert code_of(scan(shop, shipment, "A")) == "too_many_units"
        assert code_of(scan(shop, shipment, "A", stage="eat")) == "bad_stage"
        assert code_of(scan(shop, shipment, "A", units=0)) == "bad_quantity"
        assert code_of(scan(shop, shipment, "A", id="")) == "bad_scan"
        assert code_of(scan(shop, shipment, "A", shipment_id="shp_none")) == "not_found"

    def test_two_lines_of_one_sku_are_filled_one_after_the_other(self, shop: Shop):
        shipment = only(shop, shop.paid((1, "A"), (2, "A")))
        scans = [a_scan(shipment, "A") for _ in range(4)]
        answers = shop.do(record_scans, scans)
        assert [(x.line, x.done) for x in answers[:3]] == [(1, 1), (2, 1), (2, 2)]  # type: ignore[union-attr]
        assert code_of(answers[3]) == "too_many_units"

    def test_goods_of_a_cancelled_order_go_back(self, shop: Shop):
        order = shop.paid((1, "A"))
        shipment = only(shop, order)
        shop.decide(order, "cancel", reason="changed mind")
        answer = scan(shop, shipment, "A")
        assert isinstance(answer, Refusal) and "put the goods back" in answer.sentence

    def test_packing_counts_for_itself_and_a_packed_parcel_takes_no_more(self, shop: Shop):
        shipment = only(shop, shop.paid((2, "A")))
        assert code_of(scan(shop, shipment, "A", stage="pack")) == "not_picking"
        scan(shop, shipment, "A", units=2)
        assert scan(shop, shipment, "A", stage="pack") == Counted(shipment.id, 1, "pack", 1, 2)
        shop.step(shipment, "pack")
        answer = scan(shop, shipment, "A", stage="pack")
        assert isinstance(answer, Refusal) and "packed already" in answer.sentence

    def test_parcels_leave_by_scan_once(self, shop: Shop):
        order = shop.paid((2, "A"))
        shipment = only(shop, order)
        assert code_of(scan(shop, shipment, "", stage="hand_over")) == "not_packed"
        shop.step(shipment, "pick")
        shop.step(shipment, "pack")
        assert code_of(scan(shop, shipment, "", stage="hand_over")) == "label_missing"
        shop.label(shipment, "TRK-1")
        leaves = a_scan(shipment, "TRK-1", stage="hand_over")
        assert (
            shop.do(record_scans, [leaves, leaves])
            == [Counted(shipment.id, 0, "hand_over", 1, 1)] * 2
        )
        assert code_of(scan(shop, shipment, "TRK-1", stage="hand_over")) == "not_packed"
        assert shop.look(order).state == "shipped" and on_hand(shop, "A") == (8, 0)

    def test_keep_the_promises(self, shop: Shop):
        self.test_parcels_leave_by_scan_once(shop)
        assert_promises(shop.house.database)


class TestWaves:
    def test_oldest_promise_first_and_nothing_twice(self, shop: Shop):
        orders = [shop.paid((1, "A")) for _ in range(4)]
        wish = WaveWish(location="main", most=3)
        [first, second, third] = shop.do(make_waves, [wish, wish, wish])
        assert isinstance(first, Wave) and isinstance(second, Wave)
        assert code_of(third) == "nothing_to_pick"
        expected = [only(shop, order).id for order in orders]
        assert members(shop, first) == expected[:3] and members(shop, second) == expected[3:]

    def test_a_released_one_gives_its_parcels_back(self, shop: Shop):
        order = shop.paid((2, "A"))
        [wave] = shop.do(make_waves, [WaveWish(location="main")])
        assert isinstance(wave, Wave)
        assert [code_of(x) for x in shop.do(release_waves, [wave.id, "wav_none"])] == [
            "Wave",
            "not_found",
        ]
        assert members(shop, wave) == []
        [again] = shop.do(make_waves, [WaveWish(location="main")])
        assert isinstance(again, Wave) and members(shop, again) == [only(shop, order).id]

    def test_what_may_not_be_picked_is_left_out(self, shop: Shop):
        shop.order((1, "A"))  # not paid
        shop.location("leeds")
        shop.paid((1, "B"))
        wishes = [
            WaveWish(location="leeds"),
            WaveWish(location="main", method="express"),
            WaveWish(location="moon"),
            WaveWish(location="main", method="balloon"),
            WaveWish(location="main", most=0),
            WaveWish(location="main"),
        ]
        codes = [code_of(x) for x in shop.do(make_waves, wishes)]
        nothing = ["nothing_to_pick"] * 2
        assert codes == [*nothing, "unknown_location", "unknown_method", "bad_most", "Wave"]


def members(shop: Shop, wave: Wave) -> list[str]:
    query = (
        "select shipment_id from wave_shipment"
        " where shard = :shard and wave_id = :wave_id order by tote"
    )
    return [row.shipment_id for row in shop.rows(query, wave_id=wave.id)]


def short(shop: Shop, shipment: Shipment, found: int, **more: Any) -> Order | Refusal:
    wish = ShortPick(**{"shipment_id": shipment.id, "line": 1, "found": found, **more})
    [answer] = shop.do(short_pick, [wish])
    return answer


class TestShortPick:
    def test_the_rest_waits_and_the_parcel_goes(self, shop: Shop):
        order = shop.paid((5, "A"))
        shipment = only(shop, order)
        scan(shop, shipment, "A", units=3)
        after = short(shop, shipment, 3)
        assert isinstance(after, Order) and after.state == "fulfilling"
        assert (after.lines[0].reserved, after.lines[0].backordered) == (3, 2)
        assert on_hand(shop, "A") == (3, 3), "the shelf is empty: its free units left the books"
        query = "select change, reason, order_id from movement where shard = :shard and change < 0"
        [moved] = shop.rows(query)
        assert tuple(moved) == (-7, "short pick: missing", order.id)
        shop.step(shipment, "pack")
        shop.label(shipment)
        shop.step(shipment, "hand_over")
        assert shop.look(order).state == "backordered"
        shop.adjust(2, "A")
        shop.ring()
        assert [s.lines for s in shop.look(order).shipments if s.state == "planned"] == [((1, 2),)]

    def test_another_shelf_gives_what_it_has(self, shop: Shop):
        shop.location("leeds")
        shop.stock(1, "A", at="leeds")
        order = shop.paid((5, "A"))
        shipment = only(shop, order)
        shop.step(shipment, "pick")
        after = short(shop, shipment, 0)
        assert isinstance(after, Order) and after.state == "fulfilling"
        states = {s.location: (s.state, s.lines) for s in after.shipments}
        assert states == {"main": ("cancelled", ((1, 0),)), "leeds": ("planned", ((1, 1),))}
        assert (after.lines[0].reserved, after.lines[0].backordered) == (1, 4)

    def test_damaged_units_are_replaced_from_the_same_shelf(self, shop: Shop):
        order = shop.paid((5, "A"))
        shipment = only(shop, order)
        shop.step(shipment, "pick")
        after = short(shop, shipment, 4, reason="damaged")
        assert isinstance(after, Order) and on_hand(shop, "A") == (9, 5)
        assert sorted(s.lines for s in after.shipments) == [((1, 1),), ((1, 4),)]

    def test_an_order_that_ships_complete_waits_as_a_whole(self, shop: Shop):
        shipping = Shipping(method="standard", complete=True)
        order = shop.paid((5, "A"), (1, "B"), shipping=shipping)
        shipment = only(shop, order)
        shop.step(shipment, "pick")
        after = short(shop, shipment, 3)
        assert isinstance(after, Order) and after.state == "backordered"
        assert [s.state for s in after.shipments] == ["cancelled"]
        assert [line.reserved for line in after.lines] == [3, 1]
        shop.adjust(2, "A")
        shop.ring()
        assert shop.look(order).state == "ready"
        assert_promises(shop.house.database)

    def test_what_cannot_be_is_refused(self, shop: Shop):
        shipment = only(shop, shop.paid((5, "A")))
        assert code_of(short(shop, shipment, 3)) == "not_allowed", "nobody picks it yet"
        scan(shop, shipment, "A", units=2)
        cases = {
            "bad_quantity": {"found": 5},
            "no_such_line": {"line": 9, "found": 0},
            "already_scanned": {"found": 1},
            "bad_reason": {"found": 2, "reason": "tired"},
            "not_found": {"found": 2, "shipment_id": "shp_none"},
        }
        for code, changes in cases.items():
            assert code_of(short(shop, shipment, **{"found": 0, **changes})) == code
        assert on_hand(shop, "A") == (10, 5)


UNITS = st.integers(0, 5)
REASONS = st.sampled_from(["missing", "damaged"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    ordered=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    stock=st.tuples(st.integers(1, 8), st.integers(0, 3)),
    complete=st.booleans(),
    shorts=st.lists(st.tuples(st.integers(0, 3), UNITS, REASONS), min_size=1, max_size=5),
    comes=UNITS,
)
def test_whatever_is_short_quantities_add_up(
    shop: Shop,
    *,
    ordered: list[int],
    stock: tuple[int, int],
    complete: bool,
    shorts: list[tuple[int, int, str]],
    comes: int,
):
    small = Shop(shop.house, shop.clock, shard=next(SHARDS))
    small.open()
    small.location("leeds")
    small.stock(stock[0], "A", backorder_limit=50)
    small.stock(stock[1], "A", at="leeds")
    shipping = Shipping(method="standard", complete=complete)
    orders = [small.paid((units, "A"), shipping=shipping) for units in ordered]
    for which, found, reason in shorts:
        shipments = [s for o in orders for s in small.look(o).shipments if s.state in OPEN]
        if shipments:
            shipment = shipments[which % len(shipments)]
            small.step(shipment, "pick")
            short(small, shipment, found, reason=reason)
            _promised(small)
    if comes:
        small.adjust(comes, "A")
    small.ring()
    _promised(small)
    for order, units in zip(orders, ordered, strict=True):
        [line] = small.look(order).lines
        assert (line.cancelled, line.reserved + line.backordered) == (0, units)


OPEN = (ShipmentState.PLANNED, ShipmentState.PICKING)


def _promised(shop: Shop) -> None:
    with shop.house.database.reading(shop.shard) as sql:
        broken = list(broken_promises(sql))
    assert not broken, "\n".join(broken)
