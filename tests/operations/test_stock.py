"""Stock comes, goes, is counted and announced; who waits is served in promise order."""

from datetime import date
from typing import Any

import pytest

from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.domain.waiting import Expected, waiting_for
from purvey.kit.process import Refusal
from purvey.operations import fill_backorders as filling
from purvey.operations.adjust_stock import (
    MAX_UNITS,
    Adjustment,
    Announcement,
    Arrival,
    adjust_stock,
    announce_supplies,
    receive_supplies,
)
from purvey.ports.storage import Level, Supply
from purvey.testing import Clock, Shop


def level(answer: Level | Refusal) -> tuple[int, int]:
    assert isinstance(answer, Level), answer
    return answer.on_hand, answer.reserved


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else "done"


def announced(shop: Shop, units: int, sku: str, **how: Any) -> Supply:
    supply = shop.announce(units, sku, **how)
    assert isinstance(supply, Supply)
    return supply


def arrive(shop: Shop, supply: Supply | str, **how: Any) -> Supply | Refusal:
    id_ = supply if isinstance(supply, str) else supply.id
    return shop.do(receive_supplies, [Arrival(supply_id=id_, **how)])[0]


class TestAdjusting:
    def test_units_come_and_go(self, shop: Shop):
        shop.stock(10, "A")
        assert level(shop.adjust(5, "A")) == (15, 0)
        assert level(shop.adjust(-15, "A", reason="water damage")) == (0, 0)

    def test_the_ledger_says_why_and_who(self, shop: Shop):
        shop.stock(10, "A")
        shop.adjust(-2, "A", reason="water damage")
        rows = shop.rows("select change, reason, actor from movement where shard = :shard")
        assert {tuple(row) for row in rows} == {(10, "count", "test"), (-2, "water damage", "test")}

    def test_what_is_reserved_stays(self, shop: Shop):
        shop.stock(10, "A")
        shop.order((7, "A"))
        refusal = shop.adjust(-4, "A")
        assert isinstance(refusal, Refusal) and "Only 3 units" in refusal.sentence
        assert level(shop.adjust(-3, "A")) == (7, 7)

    @pytest.mark.parametrize(
        ("how", "refusal", "pointer"),
        [
            ({"sku": "?"}, "unknown_sku", "/sku"),
            ({"location": "moon"}, "unknown_location", "/location"),
            ({"change": 0}, "bad_change", "/change"),
            ({"change": -1}, "reserved_stock", "/change"),
            ({"change": MAX_UNITS + 1}, "bad_change", "/change"),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_harms_no_neighbour(
        self, shop: Shop, how: dict[str, Any], refusal: str, pointer: str
    ):
        shop.stock(0, "A")
        good = {"sku": "A", "location": "main", "change": 1, "reason": "count"}
        bad, fine = shop.do(adjust_stock, [Adjustment(**{**good, **how}), Adjustment(**good)])
        assert isinstance(bad, Refusal)
        assert (bad.code, bad.pointer) == (refusal, pointer)
        assert level(fine) == (1, 0)

    def test_one_batch_adds_up(self, shop: Shop):
        shop.stock(0, "A")
        batch = [
            Adjustment(sku="A", location="main", change=n, reason="count") for n in (5, -3, -3, 4)
        ]
        answers = shop.do(adjust_stock, batch)
        assert [code(answer) for answer in answers] == ["done", "done", "reserved_stock", "done"]
        assert shop.available("A") == 6


class TestAnnouncedSupplies:
    @pytest.fixture(autouse=True)
    def product(self, shop: Shop) -> None:
        shop.stock(0, "A", backorder_limit=50)

    def test_who_waits_says_what_is_expected(self, shop: Shop):
        order = shop.order((3, "A"))
        announced(shop, 12, "A", on=date(2030, 5, 3))
        expected = {"A": Expected(12, date(2030, 5, 3))}
        assert waiting_for(order, expected).sentence.endswith("12 expected on 3 May")

    def test_what_arrives_goes_to_who_waits(self, shop: Shop):
        order = shop.order((3, "A"))
        supply = announced(shop, 12, "A")
        after = arrive(shop, supply)
        assert isinstance(after, Supply) and (after.state, after.arrived) == ("arrived", 12)
        shop.ring()
        assert shop.look(order).state == OrderState.RESERVED
        assert shop.available("A") == 9

    def test_a_part_arrives_and_later_the_rest(self, shop: Shop):
        supply = announced(shop, 12, "A")
        after = arrive(shop, supply, quantity=5, complete=False)
        assert isinstance(after, Supply) and after.state == "expected"
        after = arrive(shop, supply)
        assert isinstance(after, Supply) and (after.state, after.arrived) == ("arrived", 12)
        assert shop.available("A") == 12

    def test_less_arrives_and_no_more_will_come(self, shop: Shop):
        after = arrive(shop, announced(shop, 12, "A"), quantity=5)
        assert isinstance(after, Supply) and (after.state, after.arrived) == ("arrived", 5)

    def test_more_arrives_than_was_expected(self, shop: Shop):
        after = arrive(shop, announced(shop, 12, "A"), quantity=15, complete=False)
        assert isinstance(after, Supply) and (after.state, after.arrived) == ("arrived", 15)

    def test_a_delivery_arrives_once(self, shop: Shop):
        supply = announced(shop, 12, "A")
        arrive(shop, supply)
        assert code(arrive(shop, supply)) == "not_allowed"
        assert shop.available("A") == 12

    def test_twice_in_one_batch_as_well(self, shop: Shop):
        arrivals = [Arrival(supply_id=announced(shop, 12, "A").id)] * 2
        assert [code(a) for a in shop.do(receive_supplies, arrivals)] == ["done", "not_allowed"]

    @pytest.mark.parametrize("quantity", [0, -1, MAX_UNITS + 1])
    def test_a_quantity_has_to_make_sense(self, shop: Shop, quantity: int):
        supply = announced(shop, 12, "A")
        assert code(arrive(shop, supply, quantity=quantity)) == "bad_quantity"
        assert code(arrive(shop, "sup_?")) == "not_found"
        assert shop.available("A") == 0

    @pytest.mark.parametrize(
        ("how", "refusal"),
        [({"sku": "?"}, "unknown_sku"), ({"location": "moon"}, "unknown_location")]
        + [({"quantity": n}, "bad_change") for n in (0, -4)],
    )
    def test_an_announcement_has_to_make_sense(self, shop: Shop, how: dict[str, Any], refusal: str):
        wish = {"sku": "A", "location": "main", "quantity": 12, **how}
        assert code(shop.do(announce_supplies, [Announcement(**wish)])[0]) == refusal


class TestWhoIsServedFirst:
    @pytest.fixture(autouse=True)
    def product(self, shop: Shop) -> None:
        shop.stock(0, "A", backorder_limit=1_000)

    def reserved(self, shop: Shop, *orders: Order) -> list[int]:
        return [shop.look(order).lines[0].reserved for order in orders]

    def test_who_was_promised_first(self, shop: Shop, clock: Clock):
        """Not who came first: the second was placed earlier, on a channel that was slow."""
        late = shop.order((3, "A"))
        early = shop.order((3, "A"), placed_at=clock.now.replace(day=1))
        shop.adjust(4, "A")
        shop.ring()
        assert self.reserved(shop, early, late) == [3, 1]

    def test_of_two_promised_for_one_day_who_came_first(self, shop: Shop):
        first, second = shop.order((3, "A")), shop.order((3, "A"))
        shop.adjust(4, "A")
        shop.ring()
        assert self.reserved(shop, first, second) == [3, 1]

    def test_a_new_order_takes_what_nobody_waits_for(self, shop: Shop):
        first = shop.order((3, "A"))
        shop.adjust(5, "A")
        shop.ring()
        assert shop.order((2, "A")).lines[0].reserved == 2
        assert self.reserved(shop, first) == [3]

    def test_filling_twice_changes_nothing(self, shop: Shop):
        order = shop.order((3, "A"))
        shop.adjust(5, "A")
        shop.ring()
        before = shop.look(order)
        shop.report(filling.fill_backorders, ["A"])
        assert shop.look(order) == before

    def test_more_than_one_transaction_can_take(self, shop: Shop, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(filling, "ORDERS_AT_ONCE", 4)
        orders = [shop.order((1, "A")) for _ in range(11)]
        shop.adjust(10, "A")
        shop.ring()
        assert self.reserved(shop, *orders) == [1] * 10 + [0]

    def test_stock_of_one_product_helps_nobody_who_waits_for_another(self, shop: Shop):
        shop.stock(0, "B", backorder_limit=9)
        order = shop.order((1, "B"))
        shop.adjust(5, "A")
        shop.ring()
        assert shop.look(order).state == OrderState.BACKORDERED


class TestProducts:
    def test_replacing_one_keeps_what_is_promised(self, shop: Shop):
        shop.stock(0, "A", backorder_limit=5)
        shop.order((3, "A"))
        product = shop.product("A", price=999, backorder_limit=5)
        assert (product.backordered, product.version, product.price) == (3, 2, 999)

    def test_an_order_keeps_the_price_it_was_taken_at(self, shop: Shop):
        shop.stock(5, "A", price=255)
        order = shop.order((1, "A"))
        shop.product("A", price=999)
        assert shop.look(order).lines[0].unit_price == 255

    def test_a_limit_below_what_is_promised_harms_nobody(self, shop: Shop):
        shop.stock(0, "A", backorder_limit=5)
        order = shop.order((5, "A"))
        shop.product("A", backorder_limit=0)
        shop.adjust(5, "A")
        shop.ring()
        assert shop.look(order).state == OrderState.RESERVED
