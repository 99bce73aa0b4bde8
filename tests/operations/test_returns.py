"""Goods come back: who may, until when, what becomes of them, and what the customer gets."""

import pytest

from purvey.domain.amounts import due, refunded, total
from purvey.domain.draft import Discount, PaymentChoice, Shipping
from purvey.domain.order import Order
from purvey.domain.returns import returnable, waiting_for_return
from purvey.domain.states import OrderState, ReturnState
from purvey.kit.process import Refusal
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.operations.inspect_returns import Found
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.testing import Clock, Shop
from tests.operations.returning import (
    all_as_new,
    ask,
    asked,
    code,
    comes_back,
    decide,
    delivered,
    good,
    inspect,
    inspected,
    movements,
    on_hand,
    settle,
    settled,
    unasked,
)


@pytest.fixture(autouse=True)
def plenty(shop: Shop) -> None:
    shop.stock(20, "A", price=255)
    shop.stock(20, "B", price=1000)


def sentence(shop: Shop, order: Order) -> str:
    order = shop.look(order)
    [returned] = order.returns
    return waiting_for_return(order, returned, policies=shop.house.policies).sentence


class TestTheWholeWay:
    def test_step_by_step(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 2))
        steps = [
            code(decide(shop, returned, "approve")),
            code(comes_back(shop, returned)),
            code(inspect(shop, returned, all_as_new(returned))),
            code(settle(shop, returned)),
        ]
        assert steps == ["approved", "received", "inspected", "settled"]
        [line] = shop.look(order).lines
        assert (line.shipped, line.returned) == (3, 2)

    def test_stock_is_on_its_shelf_with_the_reason(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        assert on_hand(shop, "A") == 17
        settled(shop, order, (1, 2))
        assert on_hand(shop, "A") == 19
        assert movements(shop, order) == [(-3, "shipped"), (2, "returned")]

    def test_exactly_the_share_goes_back(self, shop: Shop):
        order = delivered(shop, (3, "A"), (1, "B"))
        returned = settled(shop, order, (1, 2))
        assert (returned.refund, returned.shipping_refund) == (510, 0)
        assert "payment.return" in shop.promised(order)
        after = shop.gateway_says(order, "refunded", amount=510)
        assert (refunded(after), due(after)) == (510, total(after) - 510)

    def test_it_is_told_in_one_sentence_who_waits_for_what(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 2))
        told = [sentence(shop, order)]
        decide(shop, returned, "approve")
        told.append(sentence(shop, order))
        comes_back(shop, returned)
        told.append(sentence(shop, order))
        inspect(shop, returned, all_as_new(returned))
        told.append(sentence(shop, order))
        day = f"{shop.clock.now:%-d %B}"
        assert told[0] == f"Waiting for a person to approve or refuse it since {day}"
        assert told[1].startswith("Waiting for the customer to send it back until ")
        assert told[2] == f"Waiting to be inspected in main since {day}"
        assert told[3] == "Inspected; waiting to be settled: 5.10 GBP go back to the customer"

    def test_the_customer_hears_of_each_step(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = inspected(shop, order, (1, 1))
        told = {name for name in shop.promised(order) if name.startswith("notify.return_")}
        assert told == {
            "notify.return_requested",
            "notify.return_approved",
            "notify.return_received",
        }
        settle(shop, returned)

    def test_a_closed_order_can_still_come_back(self, shop: Shop, clock: Clock):
        order = delivered(shop, (3, "A"))
        clock.forward(days=15)
        shop.ring()
        assert shop.look(order).state == OrderState.CLOSED
        settled(shop, order, (1, 3))
        assert shop.look(order).state == OrderState.CLOSED

    def test_what_comes_back_goes_to_who_waits_for_it(self, shop: Shop):
        shop.stock(1, "C", backorder_limit=5)
        order = delivered(shop, (1, "C"))
        waiting = shop.order((1, "C"))
        assert waiting.state == OrderState.BACKORDERED
        settled(shop, order, (1, 1))
        shop.ring()
        assert shop.look(waiting).state == OrderState.RESERVED


class TestWhoMayReturnWhat:
    def test_nothing_that_has_not_been_delivered(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        assert code(ask(shop, order, (1, 1))) == "not_delivered"

    def test_what_was_handed_over_at_the_counter_at_once(self, shop: Shop):
        order = shop.paid((2, "A"), shipping=Shipping(method="pickup"))
        for step in ("pick", "pack", "hand_over"):
            shop.do(fulfil, [ShipmentStep(shipment_id=order.shipments[0].id, trigger=step)])
        assert code(ask(shop, order, (1, 2))) == "requested"

    def test_not_more_than_was_sent(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        answer = ask(shop, order, (1, 4))
        assert isinstance(answer, Refusal)
        assert (answer.code, answer.pointer) == ("too_many_units", "/lines/0/quantity")

    def test_not_what_another_return_has_claimed(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        asked(shop, order, (1, 2))
        assert code(ask(shop, order, (1, 2))) == "too_many_units"
        assert code(ask(shop, order, (1, 1))) == "requested"

    def test_a_refused_one_claims_nothing_any_more(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        first = asked(shop, order, (1, 3))
        assert code(decide(shop, first, "refuse", reason="worn")) == "refused"
        assert code(ask(shop, order, (1, 3))) == "requested"

    def test_not_twice(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        settled(shop, order, (1, 3))
        assert returnable(shop.look(order)) == {}
        assert code(ask(shop, order, (1, 1))) == "too_many_units"

    @pytest.mark.parametrize(
        ("lines", "reason", "refusal"),
        [
            ([], "other", "no_lines"),
            ([(7, 1)], "other", "no_such_line"),
            ([(1, 1), (1, 1)], "other", "line_twice"),
            ([(1, 0)], "other", "bad_quantity"),
            ([(1, 1)], "because", "bad_reason"),
        ],
    )
    def test_bad_wishes_are_told_what_would_be_right(
        self, shop: Shop, lines: list[tuple[int, int]], reason: str, refusal: str
    ):
        order = delivered(shop, (3, "A"))
        answer = ask(shop, order, *lines, reason=reason)
        assert isinstance(answer, Refusal) and answer.code == refusal
        assert answer.pointer.startswith("/lines") and answer.sentence.endswith(".")
        assert shop.look(order) == order

    def test_an_unknown_order(self, shop: Shop):
        wish = ReturnWish(order_id="ord_none", lines=[Wanted(no=1, quantity=1)])
        [answer] = shop.do(request_returns, [wish])
        assert code(answer) == "not_found"

    def test_a_preview_writes_nothing(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        wish = ReturnWish(order_id=order.id, lines=[Wanted(no=1, quantity=1)])
        [answer] = shop.do(request_returns, [wish], preview=True)
        assert code(answer) == "requested" and shop.look(order) == order


class TestTime:
    def test_until_the_shops_time_is_over(self, shop: Shop, clock: Clock):
        order = delivered(shop, (3, "A"))
        clock.forward(days=30)
        assert code(ask(shop, order, (1, 1))) == "requested"
        clock.forward(minutes=1)
        assert code(ask(shop, order, (1, 1))) == "too_late"

    def test_a_manager_says_why_it_is_taken_back_later(self, shop: Shop, clock: Clock):
        order = delivered(shop, (3, "A"))
        clock.forward(days=31)
        assert code(ask(shop, order, (1, 1), may_be_late=True)) == "late_reason_missing"
        returned = asked(shop, order, (1, 1), may_be_late=True, late_reason="was in hospital")
        assert returned.late_reason == "was in hospital"
        [row] = shop.rows(
            "select facts from history where shard = :shard and \"trigger\" = 'request'"
        )
        assert "was in hospital" in row.facts

    def test_goods_that_are_never_sent_expire(self, shop: Shop, clock: Clock):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        decide(shop, returned, "approve")
        clock.forward(days=13)
        shop.ring()
        assert shop.look(order).returns[0].state == ReturnState.APPROVED
        clock.forward(days=2)
        shop.ring()
        assert shop.look(order).returns[0].state == ReturnState.EXPIRED
        assert code(ask(shop, order, (1, 3))) == "requested"

    def test_goods_that_are_here_do_not_expire(self, shop: Shop, clock: Clock):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        decide(shop, returned, "approve")
        comes_back(shop, returned)
        clock.forward(days=20)
        shop.ring()
        assert shop.look(order).returns[0].state == ReturnState.RECEIVED


class TestDeciding:
    def test_a_refusal_needs_a_reason_and_tells_it(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        assert code(decide(shop, returned, "refuse")) == "reason_missing"
        after = good(decide(shop, returned, "refuse", reason="It was made for you."))
        assert after.decision == "It was made for you."
        [message] = [m for m in shop.outbox() if m.effect == "notify.return_refused"]
        assert "It was made for you." in message.payload

    def test_an_approval_says_how_to_send_it_back(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        after = good(decide(shop, returned, "approve", instructions="To the mill."))
        assert after.instructions == "To the mill." and after.send_by is not None

    def test_the_customer_may_keep_it(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        assert code(decide(shop, returned, "withdraw")) == "withdrawn"
        assert code(decide(shop, returned, "approve")) == "not_allowed"

    def test_not_what_nobody_can_ask_for(self, shop: Shop):
        returned = asked(shop, delivered(shop, (3, "A")), (1, 1))
        assert code(decide(shop, returned, "settle")) == "not_allowed"

    def test_whoever_is_late_is_told(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        assert code(decide(shop, returned, "approve", version=order.version)) == "changed_meanwhile"


class TestParcels:
    def test_one_that_nobody_expected_is_a_new_return(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = good(unasked(shop, order, (1, 2), location="main"))
        assert (returned.state, returned.location) == (ReturnState.RECEIVED, "main")

    def test_without_more_words_it_is_all_that_is_out(self, shop: Shop):
        order = delivered(shop, (3, "A"), (1, "B"))
        settled(shop, order, (1, 1))
        returned = good(unasked(shop, order))
        assert [(x.no, x.quantity) for x in returned.lines] == [(1, 2), (2, 1)]

    def test_one_that_could_not_be_delivered_comes_back(self, shop: Shop):
        order = shop.send_off(shop.paid((3, "A")))
        assert code(unasked(shop, order)) == "received"

    def test_nothing_is_out_of_an_order_that_never_left(self, shop: Shop):
        assert code(unasked(shop, shop.paid((3, "A")))) == "nothing_out"

    def test_nobody_knows_whose_it_is(self, shop: Shop):
        [answer] = shop.do(take_returns, [ReturnedParcel(return_id="ret_none")])
        assert code(answer) == "not_found"

    def test_told_twice_it_is_here_once(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        assert code(comes_back(shop, returned)) == "received"
        assert code(comes_back(shop, returned)) == "received"
        settle(shop, good(inspect(shop, returned, all_as_new(returned))))
        assert code(comes_back(shop, returned)) == "settled"

    @pytest.mark.parametrize("end", ["refuse", "withdraw", "expire"])
    def test_one_that_comes_when_nobody_waits_any_more_is_taken_in(
        self, shop: Shop, clock: Clock, end: str
    ):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        if end == "expire":
            decide(shop, returned, "approve")
            clock.forward(days=15)
            shop.ring()
        else:
            decide(shop, returned, end, reason="no")
        assert code(comes_back(shop, returned)) == "received"

    def test_unless_its_units_came_back_another_way(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 3))
        decide(shop, returned, "withdraw")
        settled(shop, order, (1, 1))
        assert code(comes_back(shop, returned)) == "withdrawn"

    def test_a_place_that_there_is_not(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 1))
        answer = comes_back(shop, returned, at="moon")
        assert isinstance(answer, Refusal)
        assert (answer.code, answer.pointer) == ("unknown_location", "/location")


def found(quantity: int, condition: str, disposition: str, **more: int) -> Found:
    return Found(
        no=1,
        quantity=quantity,
        condition=condition,
        disposition=disposition,
        **more,
    )


class TestInspecting:
    def test_each_unit_becomes_what_it_is_fit_for(self, shop: Shop):
        order = delivered(shop, (4, "A"))
        returned = inspected(shop, order, (1, 4))
        told = [
            found(1, "as_new", "restock"),
            found(1, "damaged", "scrap"),
            found(1, "opened", "send_back"),
            found(1, "missing", "nothing"),
        ]
        good(inspect(shop, returned, told))
        after = good(settle(shop, returned))
        assert after.refund == 510
        assert [line.refund for line in after.lines] == [255, 255, 0, 0]
        assert shop.look(order).lines[0].returned == 2
        moved = [(-4, "shipped"), (-1, "scrapped"), (1, "returned"), (1, "returned")]
        assert movements(shop, order) == moved
        assert on_hand(shop, "A") == 17

    def test_what_was_sent_back_or_missing_may_come_again(self, shop: Shop):
        order = delivered(shop, (4, "A"))
        returned = inspected(shop, order, (1, 4))
        told = [found(3, "as_new", "restock"), found(1, "missing", "nothing")]
        good(inspect(shop, returned, told))
        settle(shop, returned)
        assert code(ask(shop, order, (1, 1))) == "requested"

    def test_worn_goods_are_worth_less(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = inspected(shop, order, (1, 1))
        good(inspect(shop, returned, [found(1, "opened", "restock", percent=50)]))
        assert good(settle(shop, returned)).refund == 128

    def test_the_last_word_counts(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = inspected(shop, order, (1, 2))
        good(inspect(shop, returned, [found(1, "as_new", "restock"), found(1, "damaged", "scrap")]))
        good(inspect(shop, returned, [found(2, "damaged", "scrap")]))
        [kept] = shop.look(order).returns
        assert [(x.quantity, x.disposition) for x in kept.lines] == [(2, "scrap")]

    @pytest.mark.parametrize(
        ("told", "refusal"),
        [
            ([found(1, "as_new", "restock")], "units_do_not_add_up"),
            ([found(3, "as_new", "restock")], "units_do_not_add_up"),
            ([], "units_do_not_add_up"),
            ([found(0, "as_new", "restock")], "bad_quantity"),
            ([found(2, "fine", "restock")], "bad_condition"),
            ([found(2, "as_new", "eaten")], "bad_disposition"),
            ([found(2, "missing", "restock")], "bad_disposition"),
            ([found(2, "as_new", "nothing")], "bad_disposition"),
            ([found(2, "as_new", "restock", percent=101)], "bad_percent"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, shop: Shop, told: list[Found], refusal: str):
        order = delivered(shop, (3, "A"))
        returned = asked(shop, order, (1, 2))
        comes_back(shop, returned)
        before = shop.look(order)
        assert code(inspect(shop, returned, told)) == refusal
        assert shop.look(order) == before

    def test_not_before_it_is_here(self, shop: Shop):
        returned = asked(shop, delivered(shop, (3, "A")), (1, 2))
        assert code(inspect(shop, returned, all_as_new(returned))) == "not_allowed"


class TestSettling:
    def test_not_before_it_was_looked_at(self, shop: Shop):
        returned = asked(shop, delivered(shop, (3, "A")), (1, 2))
        comes_back(shop, returned)
        assert code(settle(shop, returned)) == "not_allowed"

    def test_not_when_nothing_is_taken_back(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = inspected(shop, order, (1, 1))
        good(inspect(shop, returned, [found(1, "damaged", "send_back")]))
        assert code(settle(shop, returned)) == "nothing_taken_back"
        assert code(decide(shop, returned, "refuse", reason="broken by you")) == "refused"

    def test_the_sum_that_was_shown_is_the_sum_that_goes_back(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = inspected(shop, order, (1, 2))
        assert code(settle(shop, returned, amount=500)) == "changed_meanwhile"
        assert code(settle(shop, returned, amount=510)) == "settled"

    def test_twice_is_once(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        returned = inspected(shop, order, (1, 2))
        assert code(settle(shop, returned)) == "settled"
        assert code(settle(shop, returned)) == "not_allowed"
        assert on_hand(shop, "A") == 19

    def test_the_shipping_goes_back_with_the_last_of_it(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        assert settled(shop, order, (1, 2)).shipping_refund == 0
        assert settled(shop, order, (1, 1)).shipping_refund == order.shipping_total > 0
        assert due(shop.look(order)) == 0

    def test_or_never_where_the_shop_says_so(self, new_shop):
        shop = new_shop(return_shipping="never")
        shop.stock(20, "A", price=255)
        assert settled(shop, delivered(shop, (3, "A")), (1, 3)).shipping_refund == 0

    def test_the_shares_of_a_discount_add_up_to_the_penny(self, shop: Shop):
        order = delivered(shop, (3, "A"), (1, "B"), discounts=(Discount(code="X", amount=100),))
        parts = [settled(shop, order, (1, 1)).refund for _ in range(3)]
        last = settled(shop, order, (2, 1))
        assert sum(parts) + last.refund + last.shipping_refund == total(order)

    def test_an_earlier_goodwill_refund_stays_what_it_was(self, shop: Shop):
        order = delivered(shop, (3, "A"), (1, "B"))
        shop.gateway_says(order, "refunded", amount=200)
        assert settled(shop, order, (1, 1)).refund == 255
        assert due(shop.look(order)) == total(order) - 455

    def test_never_more_than_there_is(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        shop.gateway_says(order, "refunded", amount=total(order) - 100)
        assert settled(shop, order, (1, 3)).refund == 100

    def test_what_is_returned_is_not_captured_with_the_next_parcel(self, shop: Shop):
        """Two parcels: the first comes back before the second one leaves."""
        shop.stock(0, "C", price=500, backorder_limit=5)
        order = shop.gateway_says(shop.order((2, "A"), (1, "C")), "authorised")
        order = shop.send_off(order)
        shop.carrier_says(order.shipments[0], "delivered")
        shop.gateway_says(order, "captured", amount=510 + order.shipping_total)
        settled(shop, order, (1, 2))
        after = shop.look(order)
        assert due(after) == total(after) - 510
        shop.adjust(1, "C")
        shop.ring()
        assert shop.look(order).state == OrderState.READY

    def test_cash_goes_back_by_hand_and_is_booked(self, shop: Shop):
        cash = PaymentChoice(method="cash")
        order = shop.order((2, "A"), shipping=Shipping(method="pickup"), payment=cash)
        shop.move_money(order, "capture")
        [parcel] = shop.look(order).shipments
        for step in ("pick", "pack", "hand_over"):
            shop.do(fulfil, [ShipmentStep(shipment_id=parcel.id, trigger=step)])
        settled(shop, order, (1, 1), paid_out=True)
        after = shop.look(order)
        assert refunded(after) == 255 and after.payments[0].received == due(after)

    def test_who_pays_later_pays_for_what_was_kept(self, shop: Shop):
        terms = PaymentChoice(method="terms", terms="net30")
        order = shop.send_off(shop.order((3, "A"), payment=terms))
        shop.carrier_says(order.shipments[0], "delivered")
        settled(shop, order, (1, 1))
        kept = total(order) - 255
        assert due(shop.look(order)) == kept
        shop.move_money(order, "capture", amount=kept)
        assert shop.promised(order).count("payment.return") == 1  # of the settlement
        shop.move_money(order, "capture")  # and then the rest, by mistake
        assert shop.promised(order).count("payment.return") == 2


class TestHistory:
    def test_every_step_stands_in_the_orders_chain(self, shop: Shop):
        order = delivered(shop, (3, "A"))
        settled(shop, order, (1, 1))
        rows = shop.rows(
            'select "trigger", source, target from history where shard = :shard'
            " and process = 'return' order by version"
        )
        assert [tuple(row) for row in rows] == [
            ("request", "", "requested"),
            ("approve", "requested", "approved"),
            ("parcel_returned", "approved", "received"),
            ("inspect", "received", "inspected"),
            ("settle", "inspected", "settled"),
        ]
