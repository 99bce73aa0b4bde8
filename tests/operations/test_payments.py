"""Money: every way to pay, answers that come late, twice or never, and what people do by hand."""

from typing import Any

import pytest

from purvey.domain.amounts import secured, total
from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.domain.states import OrderState, PaymentState
from purvey.kit.process import Refusal
from purvey.operations.move_money import MoneyStep, PayAgain, move_money, pay_again
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.testing import Clock, Shop
from purvey.testing.story import CHOICES

RESERVED, READY, CANCELLED = OrderState.RESERVED, OrderState.READY, OrderState.CANCELLED
BANK, CASH, TERMS = CHOICES["bank_transfer"], CHOICES["cash"], CHOICES["terms"]


@pytest.fixture(autouse=True)
def plenty(shop: Shop) -> None:
    shop.stock(50, "A", price=255, backorder_limit=50)


def done(answer: Order | Refusal) -> Order:
    assert isinstance(answer, Order), answer
    return answer


def refused(answer: Order | Refusal) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def new_promises(shop: Shop, order: Order, before: list[str]) -> list[str]:
    after = shop.promised(order)
    for effect in before:
        after.remove(effect)
    return after


class TestAtReceipt:
    def test_cash_at_the_counter_is_in(self, shop: Shop):
        order = shop.order((1, "A"), channel="store", payment=CASH)
        payment = order.payments[0]
        assert (order.state, payment.state) == (READY, PaymentState.CAPTURED)
        assert payment.received == total(order)
        assert shop.promised(order) == ["notify.confirmation"]

    def test_cash_elsewhere_is_waited_for(self, shop: Shop):
        order = shop.order((1, "A"), channel="phone", payment=CASH)
        assert (order.state, shop.payment(order).state) == (RESERVED, PaymentState.REQUESTED)

    def test_terms_are_a_promise_that_we_accept(self, shop: Shop):
        order = shop.order((1, "A"), payment=TERMS)
        payment = order.payments[0]
        assert (order.state, payment.held, payment.received) == (READY, total(order), 0)
        assert (payment.terms, payment.purchase_order) == ("net30", "PO-9")

    def test_a_bank_transfer_is_waited_for_until_a_day(self, shop: Shop, clock: Clock):
        order = shop.order((1, "A"), payment=BANK)
        expires_at = shop.payment(order).expires_at
        assert order.state == RESERVED and expires_at is not None
        assert (expires_at - clock.now).days == 7
        assert "payment.expire" in shop.promised(order)

    def test_the_gateway_is_asked_once(self, shop: Shop):
        order = shop.order((1, "A"))
        assert shop.promised(order).count("payment.secure") == 1

    def test_who_waits_for_stock_is_not_charged_yet(self, shop: Shop):
        shop.stock(0, "B", backorder_limit=5)
        order = shop.order((1, "B"))
        assert "payment.secure" not in shop.promised(order)
        shop.adjust(5, "B")
        shop.ring()
        assert "payment.secure" in shop.promised(order)


class TestTheGatewayAnswers:
    def test_authorised(self, shop: Shop):
        order = shop.paid((1, "A"))
        assert (order.state, shop.payment(order).state) == (READY, PaymentState.AUTHORISED)
        assert secured(order) == total(order)

    def test_authorised_for_less_is_not_enough(self, shop: Shop):
        order = shop.order((1, "A"))
        after = shop.gateway_says(order, "authorised", amount=total(order) - 1)
        assert after.state == RESERVED

    def test_captured_at_once(self, shop: Shop):
        order = shop.gateway_says(shop.order((1, "A")), "captured")
        assert (order.state, shop.payment(order).received) == (READY, total(order))

    def test_declined_is_told_to_the_customer_who_has_three_days(self, shop: Shop, clock: Clock):
        order = shop.order((1, "A"))
        order = shop.gateway_says(order, "declined", reason="Card expired")
        payment = shop.payment(order)
        assert (order.state, payment.state) == (RESERVED, PaymentState.DECLINED)
        assert payment.reason == "Card expired"
        assert payment.expires_at is not None and (payment.expires_at - clock.now).days == 3
        assert {"notify.payment_problem", "payment.expire"} <= set(shop.promised(order))

    def test_declined_told_twice_is_one_refusal(self, shop: Shop):
        """The answer and the webhook, or the webhook twice."""
        order = shop.order((1, "A"))
        for _ in range(2):
            shop.gateway_says(order, "declined", reason="Card expired")
        assert shop.promised(order).count("notify.payment_problem") == 1

    def test_a_stale_refusal_does_not_frighten_who_has_paid(self, shop: Shop):
        order = shop.order((1, "A"))
        shop.gateway_says(order, "authorised", amount=1)
        shop.gateway_says(order, "declined", reason="old news")
        assert shop.payment(order).state == PaymentState.AUTHORISED
        assert "notify.payment_problem" not in shop.promised(order)

    def test_needs_the_customer_is_waited_for_and_on_record(self, shop: Shop):
        order = shop.order((1, "A"))
        after = shop.gateway_says(order, "needs_customer")
        assert after.version > order.version
        assert shop.payment(after).reason == "needs_customer"
        assert "payment.expire" in shop.promised(after)
        assert shop.gateway_says(after, "authorised").state == READY

    def test_a_lost_answer_makes_it_unknown_and_the_gateway_is_asked(self, shop: Shop):
        order = shop.gateway_says(shop.order((1, "A")), "unknown", reason="time-out")
        assert shop.payment(order).state == PaymentState.UNKNOWN
        assert "payment.ask" in shop.promised(order)

    def test_what_was_unknown_and_had_happened_is_authorised(self, shop: Shop):
        order = shop.gateway_says(shop.order((1, "A")), "unknown")
        assert shop.gateway_says(order, "authorised").state == READY

    def test_what_the_gateway_never_heard_of_is_asked_for_again(self, shop: Shop):
        order = shop.gateway_says(shop.order((1, "A")), "unknown")
        order = shop.gateway_says(order, "unheard_of")
        assert shop.payment(order).state == PaymentState.REQUESTED
        assert shop.promised(order).count("payment.secure") == 2

    def test_a_payment_that_we_do_not_know_is_nobodys(self, shop: Shop):
        report = PaymentReport(payment_id="pay_?", kind="authorised", key="k", amount=1)
        assert shop.do(record_payments, [report]) == [None]


def told(order: Order, kind: str, *, key: str = "k1", amount: int = 0) -> PaymentReport:
    return PaymentReport(payment_id=order.payments[0].id, kind=kind, key=key, amount=amount)


class TestTheSameNewsTwice:
    """An answer and a webhook about one movement go under one key."""

    @pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "two batches"])
    @pytest.mark.parametrize("kind", ["authorised", "captured"])
    def test_counts_once(self, shop: Shop, kind: str, at_once: bool):
        order = shop.order((1, "A"))
        news = [told(order, kind, amount=total(order))] * 2
        for batch in [news] if at_once else [[one] for one in news]:
            shop.do(record_payments, batch)
        assert secured(shop.look(order)) == total(order)

    @pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "two batches"])
    def test_a_time_out_and_the_webhook_that_says_what_happened(self, shop: Shop, at_once: bool):
        """Both go under the key of the call; the money must not be lost sight of."""
        order = shop.order((1, "A"))
        news = [told(order, "unknown"), told(order, "authorised", amount=total(order))]
        for batch in [news] if at_once else [[one] for one in news]:
            shop.do(record_payments, batch)
        assert shop.look(order).state == READY

    def test_the_webhook_may_be_faster_than_the_answer(self, shop: Shop):
        order = shop.order((1, "A"))
        news = [told(order, "authorised", amount=total(order)), told(order, "unknown")]
        shop.do(record_payments, news)
        assert shop.payment(order).state == PaymentState.AUTHORISED

    def test_a_capture_told_before_its_authorisation(self, shop: Shop):
        order = shop.order((1, "A"))
        amount = total(order)
        shop.do(record_payments, [told(order, "captured", key="c", amount=amount)])
        shop.do(record_payments, [told(order, "authorised", key="a", amount=amount)])
        after = shop.look(order)
        assert (after.state, secured(after)) == (READY, amount)

    def test_a_refund_told_before_its_capture_harms_nobody(self, shop: Shop):
        """Somebody refunds in the gateway's own pages, and its webhooks overtake each other."""
        order, neighbour = shop.paid((1, "A")), shop.order((1, "A"))
        amount = total(order)
        early = told(order, "refunded", key="r", amount=amount)
        shop.do(record_payments, [early, told(neighbour, "authorised", amount=amount)])
        assert shop.look(neighbour).state == READY
        shop.do(record_payments, [told(order, "captured", key="c", amount=amount)])
        payment = shop.payment(order)
        assert (payment.captured, payment.refunded, payment.received) == (amount, amount, 0)


class TestMoneyThatComesTooLate:
    @pytest.mark.parametrize("kind", ["authorised", "captured"])
    def test_after_the_cancellation_it_is_returned(self, shop: Shop, kind: str):
        order = shop.order((1, "A"))
        shop.decide(order, "cancel", reason="changed mind")
        before = shop.promised(order)
        after = shop.gateway_says(order, kind)
        assert after.state == CANCELLED
        assert "payment.return" in new_promises(shop, order, before)

    def test_also_what_was_unknown(self, shop: Shop):
        order = shop.gateway_says(shop.order((1, "A")), "unknown")
        shop.decide(order, "cancel", reason="changed mind")
        before = shop.promised(order)
        shop.gateway_says(order, "authorised")
        assert "payment.return" in new_promises(shop, order, before)

    def test_who_cancels_before_the_gateway_answers_is_not_waited_for(self, shop: Shop):
        order = shop.order((1, "A"))
        shop.decide(order, "cancel", reason="changed mind")
        assert shop.payment(order).state == PaymentState.VOIDED
        assert shop.gateway_says(order, "declined").state == CANCELLED
        assert "notify.payment_problem" not in shop.promised(order)

    def test_a_second_payment_is_returned(self, shop: Shop):
        """Declined, paid in cash, and then the card went through after all."""
        order = shop.order((1, "A"), channel="store")
        first = order.payments[0]
        shop.gateway_says(order, "declined", reason="no")
        assert done(shop.pay_again(order, CASH)).state == READY
        before = shop.promised(order)
        report = PaymentReport(
            payment_id=first.id, kind="authorised", key="late", amount=first.amount
        )
        shop.do(record_payments, [report])
        assert new_promises(shop, order, before) == ["payment.return"]


class TestAnotherWayToPay:
    def declined(self, shop: Shop, **changes: Any) -> Order:
        return shop.gateway_says(shop.order((1, "A"), **changes), "declined", reason="no")

    @pytest.mark.parametrize(
        ("choice", "state", "promise"),
        [
            (CHOICES["gateway"], RESERVED, "payment.secure"),
            (BANK, RESERVED, "payment.expire"),
            (TERMS, READY, None),
        ],
        ids=["another card", "a bank transfer", "terms"],
    )
    def test_after_a_refusal(
        self, shop: Shop, choice: PaymentChoice, state: OrderState, promise: str | None
    ):
        order = self.declined(shop)
        before = shop.promised(order)
        after = done(shop.pay_again(order, choice))
        assert after.state == state
        assert new_promises(shop, order, before) == ([promise] if promise else [])
        assert shop.payment(order).amount == total(order)

    def test_instead_of_a_transfer_that_does_not_come(self, shop: Shop):
        order = shop.order((1, "A"), payment=BANK)
        after = done(shop.pay_again(order))
        assert [p.state for p in after.payments] == [PaymentState.VOIDED, PaymentState.REQUESTED]

    def test_only_what_is_missing(self, shop: Shop):
        order = shop.order((1, "A"), payment=BANK)
        done(shop.move_money(order, "capture", amount=200))
        done(shop.pay_again(order))
        assert shop.payment(order).amount == total(order) - 200
        assert shop.gateway_says(order, "authorised").state == READY

    @pytest.mark.parametrize("news", [None, "unknown"])
    def test_not_while_the_gateway_has_not_answered(self, shop: Shop, news: str | None):
        """A second payment could charge twice."""
        order = shop.order((1, "A"))
        if news:
            shop.gateway_says(order, news)
        assert refused(shop.pay_again(order)) == "payment_pending"

    def test_instead_of_a_yes_to_the_bank_that_does_not_come(self, shop: Shop):
        order = shop.gateway_says(shop.order((1, "A")), "needs_customer", url="https://b.example")
        after = done(shop.pay_again(order))
        assert [p.state for p in after.payments] == [PaymentState.VOIDED, PaymentState.REQUESTED]
        assert "payment.call_off" in shop.promised(order)

    def test_not_when_nothing_is_to_be_paid(self, shop: Shop):
        assert refused(shop.pay_again(shop.paid((1, "A")))) == "not_allowed"

    def test_an_unknown_order_harms_nobody(self, shop: Shop):
        order = self.declined(shop)
        wishes = [PayAgain(order_id=id_, choice=TERMS) for id_ in ("ord_?", order.id)]
        nobody, known = shop.do(pay_again, wishes)
        assert refused(nobody) == "not_found" and done(known).state == READY

    def test_nobody_can_ask_the_gateway_twice_by_asking_to_pay(self, shop: Shop):
        order = shop.order((1, "A"))
        assert refused(shop.decide(order, "pay")) == "not_allowed"
        assert shop.promised(order).count("payment.secure") == 1


class TestByHand:
    def test_a_transfer_comes_in(self, shop: Shop):
        order = shop.order((1, "A"), payment=BANK)
        after = done(shop.move_money(order, "capture"))
        assert (after.state, shop.payment(order).received) == (READY, total(order))

    def test_a_part_of_it_comes_in(self, shop: Shop):
        order = shop.order((1, "A"), payment=BANK)
        assert done(shop.move_money(order, "capture", amount=200)).state == RESERVED
        assert done(shop.move_money(order, "capture", amount=total(order) - 200)).state == READY

    def test_an_invoice_is_paid_after_the_goods_have_left(self, shop: Shop):
        order = shop.send_off(shop.order((1, "A"), payment=TERMS))
        after = done(shop.move_money(order, "capture"))
        assert shop.payment(order).received == total(order)
        assert after.state == OrderState.SHIPPED

    @pytest.mark.parametrize("amount", [0, -5, 10_000])
    def test_not_more_than_is_due_and_not_less_than_something(self, shop: Shop, amount: int):
        order = shop.order((1, "A"), payment=BANK)
        assert refused(shop.move_money(order, "capture", amount=amount)) == "amount_out_of_range"
        assert shop.look(order) == order

    def test_a_refund_of_a_part_and_of_the_rest(self, shop: Shop):
        order = shop.order((1, "A"), channel="store", payment=CASH)
        done(shop.move_money(order, "refund", amount=100))
        done(shop.move_money(order, "refund"))
        assert (shop.payment(order).state, shop.payment(order).received) == ("refunded", 0)

    def test_not_more_back_than_came_in(self, shop: Shop):
        order = shop.order((1, "A"), channel="store", payment=CASH)
        answer = shop.move_money(order, "refund", amount=total(order) + 1)
        assert refused(answer) == "amount_out_of_range"

    def test_what_the_order_needs_is_not_let_go(self, shop: Shop):
        order = shop.order((1, "A"), payment=TERMS)
        assert refused(shop.move_money(order, "void")) == "still_needed"

    @pytest.mark.parametrize("amount", [None, 5, -5])
    def test_what_is_held_is_let_go_of_as_a_whole(self, shop: Shop, amount: int | None):
        """Whatever the amount in the request says. Most of the order was paid and then dropped."""
        order = shop.order((5, "A"), payment=BANK)
        shop.move_money(order, "capture", amount=1000)
        done(shop.pay_again(order, TERMS))
        done(shop.change(order, cancel={1: 4}, reason="too many"))
        done(shop.move_money(order, "void", amount=amount))
        assert (shop.payment(order).state, shop.payment(order).held) == (PaymentState.VOIDED, 0)

    @pytest.mark.parametrize("trigger", ["payment_captured", "payment_voided", "steal", ""])
    def test_only_what_people_can_ask_for(self, shop: Shop, trigger: str):
        order = shop.order((1, "A"), payment=BANK)
        assert refused(shop.move_money(order, trigger)) == "not_allowed"
        assert shop.look(order) == order

    def test_an_unknown_payment_harms_nobody(self, shop: Shop):
        order = shop.order((1, "A"), payment=BANK)
        steps = [
            MoneyStep(payment_id=id_, trigger="capture") for id_ in ("pay_?", order.payments[0].id)
        ]
        nobody, known = shop.do(move_money, steps)
        assert refused(nobody) == "not_found" and done(known).state == READY


class TestThroughTheGateway:
    """What a person asks for is promised with its amount, and booked when the gateway answers."""

    @pytest.mark.parametrize(
        ("news", "trigger", "promise"),
        [
            ("authorised", "capture", "payment.capture_exactly"),
            ("captured", "refund", "payment.refund_exactly"),
        ],
    )
    def test_is_promised_to_the_penny(self, shop: Shop, news: str, trigger: str, promise: str):
        order = shop.gateway_says(shop.order((1, "A")), news)
        before = shop.payment(order)
        done(shop.move_money(order, trigger, amount=100))
        (message,) = [m for m in shop.outbox() if m.effect == promise]
        assert (message.payload, message.subject_id) == ('{"amount": 100}', before.id)
        assert shop.payment(order) == before

    def test_a_hold_that_is_not_needed_can_be_let_go(self, shop: Shop):
        order = shop.paid((1, "A"))
        assert refused(shop.move_money(order, "void")) == "still_needed"
        shop.decide(order, "cancel", reason="x")
        done(shop.move_money(order, "void"))
        assert "payment.void_exactly" in shop.promised(order)

    @pytest.mark.parametrize("trigger", ["capture", "void"])
    def test_nobody_takes_a_gateways_money_by_hand(self, shop: Shop, trigger: str):
        order = shop.order((1, "A"))
        assert refused(shop.move_money(order, trigger)) in ("gateway_payment", "not_allowed")


class TestOverdue:
    def test_a_transfer_that_does_not_come_frees_the_stock(self, shop: Shop, clock: Clock):
        order = shop.order((3, "A"), payment=BANK)
        assert shop.available("A") == 47
        clock.forward(days=8)
        shop.ring()
        assert shop.look(order).state == CANCELLED
        assert shop.available("A") == 50
        assert "notify.cancelled" in shop.promised(order)

    def test_not_a_day_too_early(self, shop: Shop, clock: Clock):
        order = shop.order((3, "A"), payment=BANK)
        clock.forward(days=6)
        shop.ring()
        assert shop.look(order).state == RESERVED

    def test_a_part_that_came_in_is_returned(self, shop: Shop, clock: Clock):
        order = shop.order((3, "A"), payment=BANK)
        shop.move_money(order, "capture", amount=100)
        clock.forward(days=8)
        shop.ring()
        assert shop.look(order).state == CANCELLED
        assert "payment.return" in shop.promised(order)

    def test_who_has_paid_is_not_overdue(self, shop: Shop, clock: Clock):
        order = shop.order((3, "A"), payment=BANK)
        shop.move_money(order, "capture")
        clock.forward(days=8)
        shop.ring()
        assert shop.look(order).state == READY

    def test_another_way_to_pay_has_its_own_time(self, shop: Shop, clock: Clock):
        order = shop.gateway_says(shop.order((1, "A")), "declined", reason="no")
        clock.forward(days=2)
        shop.pay_again(order, BANK)
        clock.forward(days=2)
        shop.ring()
        assert shop.look(order).state == RESERVED
        clock.forward(days=6)
        shop.ring()
        assert shop.look(order).state == CANCELLED


class TestTooLate:
    """Money and parcels that come when nobody waits for them any more."""

    def test_a_transfer_after_the_order_was_cancelled_is_booked_and_to_be_given_back(
        self, shop: Shop
    ):
        order = shop.order((1, "A"), payment=BANK)
        done(shop.decide(order, "cancel", reason="changed my mind"))
        after = done(shop.move_money(order, "capture"))
        assert (after.state, shop.payment(order).captured) == (CANCELLED, 650)
        assert "payment.return" in shop.promised(order)
        done(shop.move_money(order, "refund"))
        assert shop.payment(order).received == 0

    def test_a_transfer_beside_a_card_is_surplus(self, shop: Shop):
        order = shop.order((1, "A"), payment=BANK)
        transfer = shop.payment(order)
        done(shop.pay_again(order))
        shop.gateway_says(order, "authorised")
        step = MoneyStep(payment_id=transfer.id, trigger="capture")
        [after] = shop.house.do(move_money, [step], actor="Ann", shard=shop.shard)
        assert done(after).state == READY
        assert "payment.return" in shop.promised(order)
