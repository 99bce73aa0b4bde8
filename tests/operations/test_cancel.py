"""Calling orders off: whole or in part, stock and money follow, and never after they have left."""

from collections.abc import Callable
from typing import Any

import pytest

from purvey.domain.amounts import secured, total
from purvey.domain.draft import Address, Finding, Shipping
from purvey.domain.order import Order
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.kit.process import Refusal
from purvey.operations.change import OrderChange, change
from purvey.operations.decide import Decision, decide
from purvey.testing import Shop
from purvey.testing.shop import LEEDS
from purvey.testing.story import CHOICES

Made = Callable[[Shop], Order]


def outcome(answer: Order | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else str(answer.state)


def changed(answer: Order | Refusal) -> Order:
    assert isinstance(answer, Order), answer
    return answer


def in_review(shop: Shop) -> Order:
    return shop.order((3, "A"), findings=(Finding("fraud", "", "Look!", "hold"),))


def backordered(shop: Shop) -> Order:
    return shop.order((3, "B"))


def reserved(shop: Shop) -> Order:
    return shop.order((3, "A"))


def ready(shop: Shop) -> Order:
    return shop.paid((3, "A"))


def picking(shop: Shop) -> Order:
    order = ready(shop)
    shop.step(order.shipments[0], "pick")
    return order


def packed(shop: Shop) -> Order:
    order = picking(shop)
    shop.step(order.shipments[0], "pack")
    shop.label(order.shipments[0])
    return order


def shipped(shop: Shop) -> Order:
    return shop.send_off(ready(shop))


def delivered(shop: Shop) -> Order:
    order = shipped(shop)
    shop.carrier_says(order.shipments[0], "delivered")
    return order


def half_shipped(shop: Shop) -> Order:
    """Three of five have left; two wait for stock."""
    shop.stock(3, "C", backorder_limit=9, price=255)
    return shop.send_off(shop.paid((5, "C")))


@pytest.fixture(autouse=True)
def shelves(shop: Shop) -> None:
    shop.stock(10, "A", price=255)
    shop.stock(0, "B", price=255, backorder_limit=9)


BEFORE_SHIPPING = [in_review, backordered, reserved, ready, picking, packed]


class TestAWholeOrder:
    @pytest.mark.parametrize("made", BEFORE_SHIPPING)
    def test_can_be_called_off_until_it_leaves(self, shop: Shop, made: Made):
        order = made(shop)
        after = changed(shop.decide(order, "cancel", reason="changed mind"))
        assert after.state == OrderState.CANCELLED
        assert [line.cancelled for line in after.lines] == [3]
        assert shop.available("A") == 10
        assert all(x.state == ShipmentState.CANCELLED for x in after.shipments)
        assert "notify.cancelled" in shop.promised(after)
        assert total(after) == 0

    @pytest.mark.parametrize("made", [shipped, delivered])
    def test_not_after_it_has_left(self, shop: Shop, made: Made):
        order = made(shop)
        assert outcome(shop.decide(order, "cancel", reason="x")) == "not_allowed"

    def test_not_after_a_part_has_left(self, shop: Shop):
        answer = shop.decide(half_shipped(shop), "cancel", reason="x")
        assert outcome(answer) == "already_shipped"
        assert isinstance(answer, Refusal) and "return" in answer.sentence

    def test_not_without_a_reason(self, shop: Shop):
        order = reserved(shop)
        assert outcome(shop.decide(order, "cancel", reason="  ")) == "reason_missing"
        assert shop.look(order) == order

    def test_only_once(self, shop: Shop):
        order = reserved(shop)
        decisions = [Decision(order_id=order.id, trigger="cancel", reason="x")] * 2
        assert [outcome(a) for a in shop.do(decide, decisions)] == ["cancelled", "not_allowed"]

    def test_money_that_is_held_is_returned(self, shop: Shop):
        order = ready(shop)
        shop.decide(order, "cancel", reason="x")
        assert "payment.return" in shop.promised(order)

    def test_terms_are_given_up(self, shop: Shop):
        order = shop.order((3, "A"), payment=CHOICES["terms"])
        after = changed(shop.decide(order, "cancel", reason="x"))
        assert (after.payments[0].state, secured(after)) == (PaymentState.VOIDED, 0)

    def test_terms_of_which_a_part_was_paid_are_given_up_too(self, shop: Shop):
        order = shop.order((3, "A"), payment=CHOICES["terms"])
        shop.move_money(order, "capture", amount=100)
        after = changed(shop.decide(order, "cancel", reason="x"))
        assert after.payments[0].held == 0
        assert "payment.return" in shop.promised(order)

    def test_a_label_that_was_bought_is_cancelled(self, shop: Shop):
        order = packed(shop)
        shop.decide(order, "cancel", reason="x")
        assert "label.cancel" in shop.promised(order)

    def test_a_label_that_comes_afterwards_as_well(self, shop: Shop):
        order = picking(shop)
        shop.step(order.shipments[0], "pack")
        shop.decide(order, "cancel", reason="x")
        before = shop.promised(order).count("label.cancel")
        shop.label(order.shipments[0])
        assert shop.promised(order).count("label.cancel") == before + 1

    def test_who_waits_gets_the_stock(self, shop: Shop):
        shop.stock(0, "A", backorder_limit=9)
        first, waiting = shop.order((10, "A")), shop.order((5, "A"))
        shop.decide(first, "cancel", reason="x")
        shop.ring()
        assert shop.look(waiting).state == OrderState.RESERVED

    def test_the_promise_to_who_waited_is_taken_back(self, shop: Shop):
        order = backordered(shop)
        shop.decide(order, "cancel", reason="x")
        assert isinstance(shop.order((9, "B")), Order)

    def test_somebody_was_faster(self, shop: Shop):
        order = reserved(shop)
        stale = Decision(order_id=order.id, trigger="cancel", reason="x", version=order.version)
        shop.gateway_says(order, "authorised")
        (answer,) = shop.do(decide, [stale])
        assert outcome(answer) == "changed_meanwhile"

    def test_an_unknown_order_harms_nobody(self, shop: Shop):
        wishes = [
            Decision(order_id=id_, trigger="cancel", reason="x")
            for id_ in ("ord_?", reserved(shop).id)
        ]
        assert [outcome(a) for a in shop.do(decide, wishes)] == ["not_found", "cancelled"]

    @pytest.mark.parametrize(
        "trigger", ["payment_secured", "close_due", "stock_reserved", "accept", "pay", "dance", ""]
    )
    def test_nobody_decides_what_only_the_world_can_report(self, shop: Shop, trigger: str):
        order = reserved(shop)
        assert outcome(shop.decide(order, trigger, reason="x")) == "not_allowed"
        assert shop.look(order) == order


class TestSomeUnits:
    def drop(self, shop: Shop, order: Order, **how: Any) -> Order | Refusal:
        return shop.change(order, **{"cancel": {1: 1}, "reason": "one too many", **how})

    @pytest.mark.parametrize(
        ("made", "state"),
        [
            (in_review, "in_review"),
            (backordered, "backordered"),
            (reserved, "reserved"),
            (ready, "ready"),
            (half_shipped, "backordered"),
        ],
    )
    def test_can_be_called_off(self, shop: Shop, made: Made, state: str):
        order = shop.look(made(shop))
        after = changed(self.drop(shop, order))
        assert (after.state, after.lines[0].cancelled) == (state, 1)
        assert total(after) == total(order) - 255
        assert shop.look(after) == after

    def test_the_stock_is_free_again(self, shop: Shop):
        self.drop(shop, reserved(shop))
        assert shop.available("A") == 8

    def test_waiting_units_go_first(self, shop: Shop):
        shop.stock(2, "D", backorder_limit=5)
        after = changed(self.drop(shop, shop.order((4, "D"))))
        assert (after.lines[0].reserved, after.lines[0].backordered) == (2, 1)

    def test_then_units_that_no_parcel_has_then_planned_ones(self, shop: Shop):
        after = changed(self.drop(shop, ready(shop), cancel={1: 2}))
        assert (after.lines[0].reserved, after.shipments[0].lines) == (1, ((1, 1),))

    def test_units_that_are_being_picked_stay(self, shop: Shop):
        answer = self.drop(shop, picking(shop))
        assert outcome(answer) == "too_many_units"
        assert isinstance(answer, Refusal) and "at most 0" in answer.sentence

    def test_the_last_ones_of_an_order_that_is_being_shipped_end_it(self, shop: Shop):
        after = changed(self.drop(shop, half_shipped(shop), cancel={1: 2}))
        assert after.state == OrderState.SHIPPED

    def test_or_have_it_delivered(self, shop: Shop):
        order = half_shipped(shop)
        shop.carrier_says(shop.look(order).shipments[0], "delivered")
        after = changed(self.drop(shop, order, cancel={1: 2}))
        assert after.state == OrderState.DELIVERED
        assert "order.close" in shop.promised(order)

    def test_the_missing_ones_of_one_that_ships_complete_set_it_free(self, shop: Shop):
        shop.stock(2, "D", backorder_limit=5)
        order = shop.order((3, "D"), shipping=Shipping(complete=True))
        assert order.state == OrderState.BACKORDERED
        assert changed(self.drop(shop, order)).state == OrderState.RESERVED

    def test_what_was_reserved_of_an_order_that_waits_for_money(self, shop: Shop):
        """The rest waits for stock, and is not forgotten when the money comes first."""
        order = shop.order((1, "A"), (1, "B"))
        assert changed(self.drop(shop, order)).state == OrderState.RESERVED
        assert shop.gateway_says(order, "authorised").state == OrderState.BACKORDERED
        shop.adjust(1, "B")
        shop.ring()
        assert shop.look(order).state == OrderState.READY

    def test_nor_when_the_stock_comes_first(self, shop: Shop):
        order = shop.order((1, "A"), (1, "B"))
        self.drop(shop, order)
        shop.adjust(1, "B")
        shop.ring()
        assert shop.look(order).lines[1].reserved == 1
        assert shop.gateway_says(order, "authorised").state == OrderState.READY

    def test_what_was_planned_of_an_order_that_waits_for_the_rest(self, shop: Shop):
        order = shop.paid((1, "A"), (1, "B"))
        after = changed(self.drop(shop, order))
        assert after.state == OrderState.BACKORDERED
        assert [x.state for x in after.shipments] == [ShipmentState.CANCELLED]

    def test_make_what_came_in_enough(self, shop: Shop):
        order = shop.order((3, "A"), payment=CHOICES["bank_transfer"])
        shop.move_money(order, "capture", amount=total(order) - 255)
        assert changed(self.drop(shop, order)).state == OrderState.READY

    def test_or_too_much(self, shop: Shop):
        order = shop.order((3, "A"), channel="store", payment=CHOICES["cash"])
        self.drop(shop, order)
        assert "payment.return" in shop.promised(order)

    def test_a_transfer_of_what_it_cost_before_is_too_much(self, shop: Shop):
        order = shop.order((3, "A"), payment=CHOICES["bank_transfer"])
        self.drop(shop, order)
        shop.move_money(order, "capture")
        assert shop.look(order).state == OrderState.READY
        assert "payment.return" in shop.promised(order)

    def test_all_of_them_is_a_cancellation(self, shop: Shop):
        after = changed(self.drop(shop, reserved(shop), cancel={1: 3}))
        assert after.state == OrderState.CANCELLED
        assert "notify.cancelled" in shop.promised(after)

    def test_all_that_were_left_as_well(self, shop: Shop):
        order = shop.order((1, "A"), (1, "A"))
        self.drop(shop, order)
        assert changed(self.drop(shop, order, cancel={2: 1})).state == OrderState.CANCELLED

    @pytest.mark.parametrize(
        ("how", "code"),
        [
            ({"cancel": {1: 4}}, "too_many_units"),
            ({"cancel": {1: 0}}, "too_many_units"),
            ({"cancel": {1: -1}}, "too_many_units"),
            ({"cancel": {7: 1}}, "no_such_line"),
            ({"reason": " "}, "reason_missing"),
            ({"version": 1}, "changed_meanwhile"),
        ],
    )
    def test_a_wish_that_makes_no_sense_changes_nothing(
        self, shop: Shop, how: dict[str, Any], code: str
    ):
        order = reserved(shop)
        assert outcome(self.drop(shop, order, **how)) == code
        assert shop.look(order) == order

    @pytest.mark.parametrize("made", [shipped, delivered])
    def test_nothing_is_left_to_call_off(self, shop: Shop, made: Made):
        assert outcome(self.drop(shop, made(shop))) == "too_many_units"

    def test_an_order_that_is_over_is_not_changed(self, shop: Shop):
        order = reserved(shop)
        shop.decide(order, "cancel", reason="x")
        assert outcome(self.drop(shop, order)) == "not_allowed"

    def test_a_bad_wish_harms_no_neighbour(self, shop: Shop):
        wishes = [
            OrderChange(order_id=id_, cancel={1: n}, reason="x")
            for id_, n in (("ord_?", 1), (reserved(shop).id, 9), (reserved(shop).id, 1))
        ]
        assert [outcome(a) for a in shop.do(change, wishes)] == [
            *("not_found", "too_many_units", "reserved")
        ]


class TestAPreview:
    @pytest.mark.parametrize("wish", [{1: 1}, {1: 3}], ids=["a part", "the whole"])
    def test_shows_what_would_be_and_writes_nothing(self, shop: Shop, wish: dict[int, int]):
        order = ready(shop)
        messages = shop.outbox()
        wishes = [OrderChange(order_id=order.id, cancel=wish, reason="x")]
        (shown,) = shop.do(change, wishes, preview=True)
        assert shop.look(order) == order
        assert shop.outbox() == messages
        assert shop.available("A") == 7
        (done,) = shop.do(change, wishes)
        assert (changed(shown).state, changed(shown).lines) == (done.state, done.lines)  # type: ignore[union-attr]


class TestTheAddress:
    YORK = Address(name="Ann", line1="2 Low St", city="York", postal_code="YO1 7HH", country="GB")
    NOWHERE = Address(name="Ann", city="York", country="GB")

    @pytest.mark.parametrize("made", [in_review, backordered, reserved, ready, picking])
    def test_can_be_corrected_until_it_is_packed(self, shop: Shop, made: Made):
        order = made(shop)
        after = changed(shop.change(order, ship_to=self.YORK))
        assert shop.look(after).ship_to == self.YORK
        assert after.version > order.version

    @pytest.mark.parametrize("made", [packed, shipped, delivered])
    def test_not_afterwards(self, shop: Shop, made: Made):
        assert outcome(shop.change(made(shop), ship_to=self.YORK)) == "already_packed"

    def test_the_rest_may_go_elsewhere(self, shop: Shop):
        after = changed(shop.change(half_shipped(shop), ship_to=self.YORK))
        assert after.ship_to == self.YORK

    def test_is_looked_at_again(self, shop: Shop):
        order = ready(shop)
        after = changed(shop.change(order, ship_to=self.NOWHERE))
        assert {hold.blocks for hold in after.open_holds} == {("fulfil",)}
        assert outcome(shop.step(order.shipments[0], "pick")) == "held"

    def test_of_an_order_in_review_is_looked_at_before_it_is_accepted(self, shop: Shop):
        order = in_review(shop)
        after = changed(shop.change(order, ship_to=self.NOWHERE))
        assert {hold.blocks for hold in after.open_holds} == {("accept",)}

    def test_that_is_right_now_is_all_that_it_waited_for(self, shop: Shop):
        finding = Finding("address_incomplete", "/ship_to/line1", "No street.", "hold")
        order = shop.order((3, "A"), ship_to=self.NOWHERE, findings=(finding,))
        assert order.state == OrderState.IN_REVIEW
        assert outcome(shop.change(order, ship_to=LEEDS)) == "reserved"

    def test_that_is_right_now_ends_the_hold(self, shop: Shop):
        order = ready(shop)
        shop.change(order, ship_to=self.NOWHERE)
        after = changed(shop.change(order, ship_to=LEEDS))
        assert not after.open_holds
        assert outcome(shop.step(order.shipments[0], "pick")) == "fulfilling"
