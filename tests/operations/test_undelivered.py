"""A parcel that could not be delivered comes back: it is refunded, or it goes out again."""

import pytest

from purvey.domain.amounts import due, secured, total
from purvey.domain.order import Order, Return, Shipment
from purvey.domain.states import OrderState, ReturnState, ShipmentState
from purvey.domain.waiting import waiting_for
from purvey.kit.process import Refusal
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.testing import Shop
from tests.operations.promises import assert_promises
from tests.operations.returning import all_as_new, decide, good, inspect, movements, settle, unasked

BACK, TAKEN = ShipmentState.RETURNED_TO_SENDER, ShipmentState.TAKEN_BACK


@pytest.fixture(autouse=True)
def plenty(shop: Shop) -> None:
    shop.stock(10, "A", price=255, weight_grams=100)


def undelivered(shop: Shop, *lines: tuple[int, str]) -> Order:
    """Sent, paid in full, and not wanted at the door."""
    order = shop.send_off(shop.paid(*lines or ((3, "A"),)))
    shop.gateway_says(order, "captured")
    shop.carrier_says(order.shipments[0], "returned_to_sender")
    return shop.look(order)


def take_in(shop: Shop, order: Order, shipment: Shipment) -> Return:
    here = ReturnedParcel(order_id=order.id, shipment_id=shipment.id, location="main")
    [answer] = shop.do(take_returns, [here])
    return good(answer)


def states(shop: Shop, order: Order) -> tuple[str, list[str]]:
    after = shop.look(order)
    return after.state, [shipment.state for shipment in after.shipments]


def levels(shop: Shop) -> tuple[int, int]:
    [row] = shop.rows("select on_hand, reserved from stock where shard = :shard and sku = 'A'")
    return row.on_hand, row.reserved


class TestItComesBack:
    def test_the_order_says_so_and_what_to_do(self, shop: Shop):
        order = undelivered(shop)
        assert states(shop, order) == ("shipped", [BACK])
        waiting = waiting_for(order)
        assert waiting.code == "returned_parcel"
        assert "send it again, or take it in" in waiting.sentence

    def test_the_customer_is_told_once(self, shop: Shop):
        order = undelivered(shop)
        shop.carrier_says(order.shipments[0], "returned_to_sender")
        assert shop.promised(order).count("notify.not_delivered") == 1

    @pytest.mark.parametrize("before", ["in_transit", "out_for_delivery", "lost"])
    def test_whatever_was_said_before(self, shop: Shop, before: str):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(order.shipments[0], before)
        shop.carrier_says(order.shipments[0], "returned_to_sender")
        assert states(shop, order) == ("shipped", [BACK])

    @pytest.mark.parametrize(("after", "state"), [("delivered", "delivered"), ("lost", "lost")])
    def test_the_carrier_may_think_better_of_it(self, shop: Shop, after: str, state: str):
        order = undelivered(shop)
        shop.carrier_says(order.shipments[0], after)
        assert shop.look(order).shipments[0].state == state

    def test_too_late_it_is_written_down_and_changes_nothing(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        shop.carrier_says(order.shipments[0], "delivered")
        shop.carrier_says(order.shipments[0], "returned_to_sender")
        assert states(shop, order) == ("delivered", ["delivered"])

    def test_a_person_may_close_the_order_with_a_reason(self, shop: Shop):
        order = undelivered(shop)
        answer = shop.decide(order, "close", reason="never came back")
        assert isinstance(answer, Order) and answer.state == "closed"


class TestItIsTakenIn:
    def test_refunded_and_closed(self, shop: Shop):
        order = undelivered(shop)
        returned = take_in(shop, order, order.shipments[0])
        assert [(x.no, x.quantity, x.reason) for x in returned.lines] == [(1, 3, "undeliverable")]
        assert states(shop, order) == ("shipped", [TAKEN])
        assert "inspect and settle" in waiting_for(shop.look(order)).sentence
        good(inspect(shop, returned, all_as_new(returned)))
        settled = good(settle(shop, returned))
        assert states(shop, order) == ("closed", [TAKEN])
        assert settled.credit == total(order) > 0
        assert "payment.return" in shop.promised(order)
        assert levels(shop) == (10, 0)
        assert_promises(shop.house.database, shop.shard)

    def test_what_is_refused_after_all_ends_the_order_too(self, shop: Shop):
        order = undelivered(shop)
        returned = take_in(shop, order, order.shipments[0])
        good(inspect(shop, returned, all_as_new(returned)))
        good(decide(shop, returned, "refuse", reason="broken by the customer"))
        assert states(shop, order) == ("closed", [TAKEN])

    def test_a_parcel_of_which_the_carrier_said_nothing(self, shop: Shop):
        """It stands here: all that was out is back, so nothing is on its way any more."""
        order = shop.send_off(shop.paid((3, "A")))
        good(unasked(shop, order, (1, 3), location="main"))
        assert states(shop, order) == ("shipped", [TAKEN])
        shop.carrier_says(order.shipments[0], "delivered")
        assert states(shop, order) == ("shipped", [TAKEN])

    def test_a_part_of_it_says_nothing_about_the_parcel(self, shop: Shop):
        order = undelivered(shop)
        good(unasked(shop, order, (1, 1), location="main"))
        assert states(shop, order) == ("shipped", [BACK])

    @pytest.mark.parametrize("name", ["shp_nobody", None])
    def test_only_a_parcel_that_is_out(self, shop: Shop, name: str | None):
        order = shop.paid((3, "A")) if name is None else undelivered(shop)
        parcel = name or shop.look(order).shipments[0].id
        here = ReturnedParcel(order_id=order.id, shipment_id=parcel, location="main")
        [answer] = shop.do(take_returns, [here])
        assert isinstance(answer, Refusal) and answer.code == "nothing_out"

    @pytest.mark.parametrize("first", ["settle", "deliver"])
    def test_of_two_parcels_one_is_delivered(self, shop: Shop, first: str):
        shop.location("north")
        shop.stock(10, "N", at="north", price=100)
        order = undelivered(shop, (1, "A"), (2, "N"))
        bad, fine = order.shipments
        returned = take_in(shop, order, bad)
        good(inspect(shop, returned, all_as_new(returned)))
        steps = [
            lambda: good(settle(shop, returned)),
            lambda: shop.carrier_says(fine, "delivered"),
        ]
        for step in steps if first == "settle" else reversed(steps):
            assert shop.look(order).state == "shipped"
            step()
        assert states(shop, order) == ("delivered", [TAKEN, "delivered"])
        assert shop.promised(order).count("order.close") == 1
        assert shop.look(order).returns[0].state == ReturnState.SETTLED


class TestItGoesOutAgain:
    def test_in_another_parcel_with_the_same_goods(self, shop: Shop):
        order = undelivered(shop)
        answer = shop.step(order.shipments[0], "send_again")
        assert isinstance(answer, Order), answer
        assert states(shop, order) == ("fulfilling", ["sent_again", "planned"])
        assert levels(shop) == (10, 3)  # nobody else gets them
        assert (3, "came back") in movements(shop, order)
        assert_promises(shop.house.database, shop.shard)
        shop.send_off(order)
        assert states(shop, order) == ("shipped", ["sent_again", "handed_over"])
        assert levels(shop) == (7, 0)
        shop.carrier_says(shop.look(order).shipments[1], "delivered")
        after = shop.look(order)
        assert (after.state, after.lines[0].shipped) == (OrderState.DELIVERED, 3)
        assert secured(after) == due(after) == total(after)  # paid once
        assert_promises(shop.house.database, shop.shard)

    def test_or_is_cancelled_then(self, shop: Shop):
        order = undelivered(shop)
        shop.step(order.shipments[0], "send_again")
        answer = shop.decide(order, "cancel", reason="moved away")
        assert isinstance(answer, Order) and answer.state == "cancelled"
        assert levels(shop) == (10, 0)

    def test_not_before_the_carrier_said_that_it_comes_back(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        answer = shop.step(order.shipments[0], "send_again")
        assert isinstance(answer, Refusal) and answer.code == "not_allowed"

    def test_not_when_a_return_has_its_goods(self, shop: Shop):
        order = undelivered(shop)
        good(unasked(shop, order, (1, 1), location="main"))
        answer = shop.step(order.shipments[0], "send_again")
        assert isinstance(answer, Refusal) and answer.code == "in_a_return"

    def test_not_when_the_order_is_over(self, shop: Shop):
        order = undelivered(shop)
        shop.decide(order, "close", reason="never came back")
        answer = shop.step(order.shipments[0], "send_again")
        assert isinstance(answer, Refusal) and answer.code == "order_not_ready"

    def test_once(self, shop: Shop):
        order = undelivered(shop)
        assert isinstance(shop.step(order.shipments[0], "send_again"), Order)
        assert isinstance(shop.step(order.shipments[0], "send_again"), Refusal)
        assert levels(shop) == (10, 3)
