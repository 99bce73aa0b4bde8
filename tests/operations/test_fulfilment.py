"""From the shelf to the door: parcels, partial and complete, and what moves with them."""

import pytest

from purvey.domain.amounts import owed, total
from purvey.domain.draft import Shipping
from purvey.domain.order import Order, Shipment
from purvey.domain.states import OrderState, ShipmentState
from purvey.domain.waiting import waiting_for
from purvey.kit.process import Refusal
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.testing import Clock, Shop

FULFILLING, SHIPPED, DELIVERED = OrderState.FULFILLING, OrderState.SHIPPED, OrderState.DELIVERED


@pytest.fixture(autouse=True)
def plenty(shop: Shop) -> None:
    shop.stock(10, "A", price=255, weight_grams=100)


def outcome(answer: Order | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else str(answer.state)


def only(order: Order) -> Shipment:
    (shipment,) = order.shipments
    return shipment


def movements(shop: Shop, sku: str) -> list[tuple[int, str, str | None]]:
    query = "select change, reason, order_id from movement where shard = :shard and sku = :sku"
    return sorted(tuple(row) for row in shop.rows(query, sku=sku))


def on_hand(shop: Shop, sku: str) -> tuple[int, int]:
    query = "select on_hand, reserved from stock where shard = :shard and sku = :sku"
    (row,) = shop.rows(query, sku=sku)
    return row.on_hand, row.reserved


class TestOneParcel:
    def test_goes_step_by_step(self, shop: Shop):
        shipment = only(shop.paid((3, "A")))
        states = [outcome(shop.step(shipment, "pick")), outcome(shop.step(shipment, "pack"))]
        shop.label(shipment)
        states.append(outcome(shop.step(shipment, "hand_over")))
        states.append(outcome(shop.step(shipment, "deliver")))
        assert states == [FULFILLING, FULFILLING, SHIPPED, DELIVERED]

    @pytest.mark.parametrize("step", ["pack", "hand_over", "deliver"])
    def test_no_step_can_be_skipped(self, shop: Shop, step: str):
        assert outcome(shop.step(only(shop.paid((3, "A"))), step)) == "not_allowed"

    def test_does_not_leave_without_a_label(self, shop: Shop):
        shipment = only(shop.paid((3, "A")))
        shop.step(shipment, "pick")
        shop.step(shipment, "pack")
        assert outcome(shop.step(shipment, "hand_over")) == "label_missing"

    def test_what_is_collected_at_the_counter_needs_none_and_is_delivered(self, shop: Shop):
        shipment = only(shop.paid((3, "A"), shipping=Shipping(method="pickup")))
        shop.step(shipment, "pick")
        shop.step(shipment, "pack")
        assert outcome(shop.step(shipment, "hand_over")) == DELIVERED

    def test_the_stock_leaves_with_it(self, shop: Shop):
        order = shop.paid((3, "A"))
        assert on_hand(shop, "A") == (10, 3)
        shop.send_off(order)
        assert on_hand(shop, "A") == (7, 0)
        assert movements(shop, "A") == [(-3, "shipped", order.id), (10, "count", None)]

    def test_the_customer_and_the_gateway_hear_of_it(self, shop: Shop):
        order = shop.paid((3, "A"))
        before = shop.promised(order)
        shop.send_off(order)
        assert {"notify.shipped", "payment.capture", "shipment.track"} <= set(shop.promised(order))
        assert not {"notify.shipped", "payment.capture"} & set(before)

    def test_delivered_it_closes_after_the_return_window(self, shop: Shop, clock: Clock):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(only(order), "delivered")
        clock.forward(days=13)
        shop.ring()
        assert shop.look(order).state == DELIVERED
        clock.forward(days=2)
        shop.ring()
        assert shop.look(order).state == OrderState.CLOSED

    def test_or_when_a_person_says_so(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(only(order), "delivered")
        assert outcome(shop.decide(order, "close")) == OrderState.CLOSED


class TestWhatCarriersSay:
    def test_delivered_before_anybody_heard_of_its_departure(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(only(order), "delivered")
        shop.carrier_says(only(order), "in_transit")
        after = shop.look(order)
        assert (after.state, only(after).state) == (DELIVERED, ShipmentState.DELIVERED)

    def test_delivered_twice_is_told_once(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        for _ in range(2):
            shop.carrier_says(only(order), "delivered")
        promised = shop.promised(order)
        assert promised.count("notify.delivered") == promised.count("order.close") == 1

    def test_a_lost_parcel_is_said_and_a_person_closes(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(only(order), "lost")
        after = shop.look(order)
        assert waiting_for(after).code == "lost_parcel"
        assert outcome(shop.decide(order, "close")) == "reason_missing"
        assert outcome(shop.decide(order, "close", reason="refunded")) == OrderState.CLOSED

    def test_a_lost_parcel_that_turns_up_is_delivered(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(only(order), "lost")
        shop.carrier_says(only(order), "delivered")
        after = shop.look(order)
        assert (after.state, only(after).state) == (DELIVERED, ShipmentState.DELIVERED)

    def test_nobody_closes_an_order_that_is_on_its_way(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        assert outcome(shop.decide(order, "close", reason="impatient")) == "on_the_way"

    def test_the_same_label_twice_is_one(self, shop: Shop):
        shipment = only(shop.paid((3, "A")))
        shop.step(shipment, "pick")
        order = shop.step(shipment, "pack")
        assert isinstance(order, Order)
        shop.label(shipment, number="TRK1")
        before = shop.look(order)
        shop.label(shipment, number="TRK1")
        assert shop.look(order) == before
        assert only(before).tracking_number == "TRK1"
        assert len(shop.rows("select 1 from document where shard = :shard")) == 1


class TestSeveralPlaces:
    @pytest.fixture
    def order(self, shop: Shop) -> Order:
        """Ten from one place, two from another."""
        shop.stock(2, "B")
        shop.location("north")
        shop.adjust(5, "A", at="north")
        shop.adjust(-8, "A")
        return shop.paid((7, "A"), (2, "B"))

    def test_one_parcel_from_each(self, order: Order):
        parcels = {x.location: x.lines for x in order.shipments}
        assert parcels == {"main": ((1, 2), (2, 2)), "north": ((1, 5),)}

    def test_the_order_is_shipped_with_the_last(self, shop: Shop, order: Order):
        first, second = order.shipments
        self.send(shop, first)
        assert shop.look(order).state == FULFILLING
        assert waiting_for(shop.look(order)).code == "pick"
        self.send(shop, second)
        assert shop.look(order).state == SHIPPED

    def test_and_delivered_with_the_last(self, shop: Shop, order: Order):
        first, second = shop.send_off(order).shipments
        shop.carrier_says(second, "delivered")
        assert shop.look(order).state == SHIPPED
        shop.carrier_says(first, "delivered")
        assert shop.look(order).state == DELIVERED

    def test_one_that_arrives_before_the_other_has_left(self, shop: Shop, order: Order):
        first, second = order.shipments
        self.send(shop, first)
        shop.carrier_says(first, "delivered")
        self.send(shop, second)
        assert shop.look(order).state == SHIPPED
        shop.carrier_says(second, "delivered")
        assert shop.look(order).state == DELIVERED

    def test_each_is_owed_when_it_leaves(self, shop: Shop, order: Order):
        assert owed(order) == 0
        self.send(shop, order.shipments[0])
        assert owed(shop.look(order)) == 4 * 255 + 395
        assert owed(shop.send_off(order)) == total(order)

    def send(self, shop: Shop, shipment: Shipment) -> None:
        shop.step(shipment, "pick")
        shop.step(shipment, "pack")
        shop.label(shipment)
        assert isinstance(shop.step(shipment, "hand_over"), Order)


class TestInParts:
    """Two of five are there; three wait for stock."""

    @pytest.fixture(autouse=True)
    def short(self, shop: Shop) -> None:
        shop.stock(2, "B", price=255, backorder_limit=20)

    def test_what_is_there_goes_first(self, shop: Shop):
        order = shop.paid((5, "B"))
        assert only(order).lines == ((1, 2),)
        after = shop.send_off(order)
        assert (after.state, waiting_for(after).code) == (OrderState.BACKORDERED, "stock")

    def test_the_rest_follows_when_it_comes(self, shop: Shop):
        order = shop.send_off(shop.paid((5, "B")))
        shop.adjust(3, "B")
        shop.ring()
        after = shop.look(order)
        assert (after.state, [x.state for x in after.shipments]) == (
            "ready",
            ["handed_over", "planned"],
        )
        after = shop.send_off(after)
        assert (after.state, owed(after)) == (SHIPPED, total(order))

    def test_all_is_delivered_in_the_end(self, shop: Shop, clock: Clock):
        order = shop.send_off(shop.paid((5, "B")))
        shop.adjust(3, "B")
        shop.ring()
        for shipment in shop.send_off(order).shipments:
            shop.carrier_says(shipment, "delivered")
        assert shop.look(order).state == DELIVERED
        clock.forward(days=15)
        shop.ring()
        assert shop.look(order).state == OrderState.CLOSED

    def test_stock_that_comes_while_the_first_part_is_packed_is_not_given_to_others(
        self, shop: Shop
    ):
        """It was promised first, so it is served first, whatever state it is in."""
        order = shop.paid((5, "B"))
        shop.step(only(order), "pick")
        later = shop.order((2, "B"))
        shop.adjust(3, "B")
        shop.ring()
        assert (shop.look(order).lines[0].backordered, shop.look(later).lines[0].reserved) == (0, 0)
        after = shop.send_off(order)
        assert [x.lines for x in after.shipments] == [((1, 2),), ((1, 3),)]
        assert after.state == FULFILLING

    def test_stock_that_comes_before_the_money_is_for_it_too(self, shop: Shop):
        order = shop.order((5, "B"))
        shop.adjust(3, "B")
        shop.ring()
        assert only(shop.gateway_says(order, "authorised")).lines == ((1, 5),)

    def test_complete_means_that_nothing_leaves_before_all_can(self, shop: Shop):
        order = shop.order((5, "B"), shipping=Shipping(complete=True))
        assert (order.state, order.lines[0].reserved) == (OrderState.BACKORDERED, 2)
        shop.adjust(2, "B")
        shop.ring()
        assert shop.look(order).state == OrderState.BACKORDERED
        shop.adjust(1, "B")
        shop.ring()
        assert shop.look(order).state == OrderState.RESERVED
        assert only(shop.gateway_says(order, "authorised")).lines == ((1, 5),)

    def test_a_cycle_for_each_delivery(self, shop: Shop):
        order = shop.send_off(shop.paid((5, "B")))
        for _ in range(3):
            shop.adjust(1, "B")
            shop.ring()
            order = shop.send_off(order)
        assert (order.state, len(order.shipments)) == (SHIPPED, 4)
        assert owed(order) == total(order)


class TestManyAtOnce:
    def test_several_steps_of_one_parcel_in_one_batch(self, shop: Shop):
        shipment = only(shop.paid((3, "A")))
        steps = [ShipmentStep(shipment_id=shipment.id, trigger=t) for t in ("pick", "pack", "pack")]
        assert [outcome(a) for a in shop.do(fulfil, steps)] == [
            *(FULFILLING, FULFILLING, "not_allowed")
        ]

    def test_an_unknown_parcel_harms_nobody(self, shop: Shop):
        ids = ("shp_?", only(shop.paid((3, "A"))).id)
        steps = [ShipmentStep(shipment_id=id_, trigger="pick") for id_ in ids]
        assert [outcome(a) for a in shop.do(fulfil, steps)] == ["not_found", FULFILLING]

    @pytest.mark.parametrize("trigger", ["called_off", "lost", "delivered", "label_bought", "eat"])
    def test_nobody_asks_for_what_only_the_world_can_report(self, shop: Shop, trigger: str):
        order = shop.paid((3, "A"))
        assert outcome(shop.step(only(order), trigger)) == "not_allowed"
        assert shop.look(order) == order


def test_a_cancelled_parcel_is_not_picked(shop: Shop):
    order = shop.paid((3, "A"))
    shop.decide(order, "cancel", reason="x")
    assert outcome(shop.step(only(order), "pick")) == "not_allowed"
