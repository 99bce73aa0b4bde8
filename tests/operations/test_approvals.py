"""Asked by one, approved by another, bound to what was approved."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from purvey.domain.approvals import Approval, Kind
from purvey.domain.draft import Discount, DraftLine, PaymentChoice
from purvey.domain.effects import Effect
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.kit.process import Refusal
from purvey.operations.approvals import Question, Verdict, ask, decide_approvals
from purvey.operations.hold import ReleaseHold, release_holds
from purvey.operations.move_money import MoneyStep, move_money
from purvey.testing import Clock, Shop

CASH = PaymentChoice(method="cash")


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    """Refunds above 10.00 and prices more than 5.00 below need two people."""
    shop = new_shop(
        refund_approval_above="10.00", price_override_above="5.00", price_differs="take"
    )
    shop.stock(100, "A", price=500)
    return shop


def do(shop: Shop, operation: Callable[..., list[Any]], wish: object, *, actor: str) -> Any:
    [answer] = shop.house.do(operation, [wish], actor=actor, shard=shop.shard)
    return answer


def paid(shop: Shop, payment: PaymentChoice = CASH) -> Order:
    """4 of A: 20.00 and shipping, paid."""
    order = shop.order((4, "A"), payment=payment, channel="phone")
    if payment.method == "cash":
        after = shop.move_money(order, "capture")
        assert isinstance(after, Order), after
        return after
    return shop.gateway_says(shop.gateway_says(order, "authorised"), "captured")


def refund(shop: Shop, order: Order, amount: int, actor: str = "Ann") -> Order | Refusal:
    wish = MoneyStep(payment_id=order.payments[0].id, trigger="refund", amount=amount)
    return do(shop, move_money, wish, actor=actor)


def ask_refund(shop: Shop, order: Order, amount: int | None, actor: str = "Ann") -> Any:
    wish = Question(
        kind=Kind.REFUND, subject_id=order.payments[0].id, amount=amount, reason="broken"
    )
    return do(shop, ask, wish, actor=actor)


def verdict(shop: Shop, approval: Approval, actor: str, *, approve: bool = True) -> Any:
    wish = Verdict(approval_id=approval.id, kind=approval.kind, approve=approve, note="ok")
    return do(shop, decide_approvals, wish, actor=actor)


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


class TestRefunds:
    def test_up_to_the_limit_one_person_is_enough(self, shop: Shop):
        order = paid(shop)
        assert isinstance(refund(shop, order, 1000), Order)

    def test_two_halves_are_a_whole(self, shop: Shop):
        order = paid(shop)
        assert isinstance(refund(shop, order, 600), Order)
        assert code(refund(shop, order, 401)) == "approval_needed"
        assert isinstance(refund(shop, order, 400), Order)

    def test_what_a_gateway_has_not_answered_yet_counts(self, shop: Shop):
        order = paid(shop, PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok"))
        assert isinstance(refund(shop, order, 600), Order)
        assert code(refund(shop, order, 600)) == "approval_needed"

    def test_above_it_another_one_approves_and_it_is_done(self, shop: Shop):
        order = paid(shop)
        assert code(refund(shop, order, 1500)) == "approval_needed"
        approval = ask_refund(shop, order, 1500)
        assert (approval.amount, approval.asked_by) == (1500, "Ann")
        assert shop.look(order) == order  # nothing has happened yet
        assert code(verdict(shop, approval, "Ann")) == "own_approval"
        assert shop.look(order) == order
        decided = verdict(shop, approval, "Bob")
        assert (decided.state, decided.decided_by, decided.note) == ("approved", "Bob", "ok")
        assert shop.look(order).payments[0].refunded == 1500
        [row] = shop.rows(
            "select actor, facts from history where shard = :shard and order_id = :id"
            " and trigger = 'refund'",
            id=order.id,
        )
        assert row.actor == "Ann, approved by Bob"
        assert json.loads(row.facts)["amount"] == 1500

    def test_a_gateway_is_asked_once_it_is_approved(self, shop: Shop):
        order = paid(shop, PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok"))
        approval = ask_refund(shop, order, None)
        assert Effect.REFUND_EXACTLY not in shop.promised(order)
        verdict(shop, approval, "Bob")
        assert shop.promised(order).count(Effect.REFUND_EXACTLY) == 1

    def test_one_decision_counts(self, shop: Shop):
        order = paid(shop)
        approval = ask_refund(shop, order, 1500)
        wish = Verdict(approval_id=approval.id, kind=Kind.REFUND, approve=True)
        first, second = shop.house.do(decide_approvals, [wish, wish], actor="Bob", shard=shop.shard)
        assert isinstance(first, Approval)
        assert code(second) == code(verdict(shop, approval, "Cid")) == "decided_already"
        assert shop.look(order).payments[0].refunded == 1500

    def test_refused_means_that_nothing_happens(self, shop: Shop):
        order = paid(shop)
        approval = ask_refund(shop, order, 1500)
        assert verdict(shop, approval, "Bob", approve=False).state == "refused"
        assert shop.look(order) == order
        assert code(verdict(shop, approval, "Bob")) == "decided_already"

    def test_who_asked_may_take_it_back(self, shop: Shop):
        approval = ask_refund(shop, paid(shop), 1500)
        assert verdict(shop, approval, "Ann", approve=False).state == "refused"

    def test_money_that_moved_since_makes_it_void(self, shop: Shop):
        order = paid(shop)
        approval = ask_refund(shop, order, 1500)
        assert isinstance(refund(shop, order, 100), Order)
        before = shop.look(order)
        assert code(verdict(shop, approval, "Bob")) == "changed_meanwhile"
        assert code(verdict(shop, approval, "Bob")) == "decided_already"
        assert shop.look(order) == before

    def test_two_questions_on_one_payment_are_not_both_done(self, shop: Shop):
        order = paid(shop, PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok"))
        first, second = ask_refund(shop, order, 1500), ask_refund(shop, order, 1600)
        wishes = [
            Verdict(approval_id=x.id, kind=Kind.REFUND, approve=True) for x in (first, second)
        ]
        one, two = shop.house.do(decide_approvals, wishes, actor="Bob", shard=shop.shard)
        assert isinstance(one, Approval) and code(two) == "changed_meanwhile"

    def test_after_a_week_it_is_too_late(self, shop: Shop, clock: Clock):
        order = paid(shop)
        approval = ask_refund(shop, order, 1500)
        clock.forward(days=7)
        assert code(verdict(shop, approval, "Bob")) == "approval_over"
        assert isinstance(ask_refund(shop, order, 1500), Approval)  # and may be asked for again

    @pytest.mark.parametrize(
        ("amount", "expected"),
        [
            (1000, "approval_not_needed"),
            (99_999, "amount_out_of_range"),
            (0, "amount_out_of_range"),
            (-5000, "amount_out_of_range"),
        ],
    )
    def test_what_cannot_be_asked(self, shop: Shop, amount: int, expected: str):
        assert code(ask_refund(shop, paid(shop), amount)) == expected

    def test_the_same_is_asked_once(self, shop: Shop):
        order = paid(shop)
        ask_refund(shop, order, 1500)
        assert code(ask_refund(shop, order, 1500, actor="Cid")) == "asked_already"

    def test_a_question_has_a_reason_and_a_payment(self, shop: Shop):
        order = paid(shop)
        for subject, reason, expected in (
            (order.payments[0].id, "  ", "reason_missing"),
            ("pay_nothing", "broken", "not_found"),
        ):
            wish = Question(kind=Kind.REFUND, subject_id=subject, reason=reason)
            assert code(do(shop, ask, wish, actor="Ann")) == expected

    def test_the_right_for_one_kind_is_none_for_the_other(self, shop: Shop):
        approval = ask_refund(shop, paid(shop), 1500)
        wish = Verdict(approval_id=approval.id, kind=Kind.PRICE, approve=True)
        assert code(do(shop, decide_approvals, wish, actor="Bob")) == "not_found"


def cheap(shop: Shop, price: int = 300, channel: str = "phone", **changes: Any) -> Order:
    """4 of A at another price than 5.00, written by Ann."""
    line = DraftLine(sku="A", quantity=4, unit_price=price)
    draft = shop.draft(lines=(line,), channel=channel, payment=CASH, actor="Ann", **changes)
    return shop.take(draft)


def ask_price(shop: Shop, order: Order, actor: str = "Ann") -> Any:
    wish = Question(kind=Kind.PRICE, subject_id=order.id, reason="a good customer")
    return do(shop, ask, wish, actor=actor)


class TestPrices:
    def test_up_to_the_limit_nobody_is_asked(self, shop: Shop):
        assert cheap(shop, 375).open_holds == ()

    def test_a_program_s_prices_are_its_shop_s(self, shop: Shop):
        assert cheap(shop, channel="web").open_holds == ()

    @pytest.mark.parametrize(
        "order", [{"price": 374}, {"price": 500, "discounts": (Discount(code="X", amount=501),)}]
    )
    def test_above_it_the_order_is_held(self, shop: Shop, order: dict[str, Any]):
        held = cheap(shop, **order)
        assert held.state == OrderState.IN_REVIEW
        assert [hold.type for hold in held.open_holds] == ["price_override"]

    def test_nobody_releases_it_alone(self, shop: Shop):
        order = cheap(shop)
        for hold_id in (None, order.open_holds[0].id):
            wish = ReleaseHold(order_id=order.id, hold_id=hold_id)
            assert code(do(shop, release_holds, wish, actor="Bob")) == "approval_needed"
        assert code(shop.decide(order, "approve")) == "approval_needed"
        assert shop.look(order).state == OrderState.IN_REVIEW

    def test_another_person_approves_and_it_goes_on(self, shop: Shop):
        order = cheap(shop)
        approval = ask_price(shop, order)
        assert approval.amount == 800
        assert code(verdict(shop, approval, "Ann")) == "own_approval"
        verdict(shop, approval, "Bob")
        after = shop.look(order)
        assert after.open_holds == () and after.state == OrderState.RESERVED
        assert after.holds[0].released_by == "Ann, approved by Bob"

    def test_who_wrote_the_price_cannot_approve_it_either(self, shop: Shop):
        approval = ask_price(shop, cheap(shop), actor="Cid")
        assert code(verdict(shop, approval, "Ann")) == "own_approval"
        assert isinstance(verdict(shop, approval, "Bob"), Approval)

    def test_an_order_that_changed_has_to_be_asked_for_again(self, shop: Shop):
        order = cheap(shop)
        approval = ask_price(shop, order)
        after = shop.change(order, cancel={1: 1}, reason="one less")
        assert isinstance(after, Order), after
        assert code(verdict(shop, approval, "Bob")) == "changed_meanwhile"
        assert shop.look(order).open_holds

    def test_an_order_that_is_over_is_not_brought_back(self, shop: Shop):
        order = cheap(shop)
        approval = ask_price(shop, order)
        shop.decide(order, "reject", reason="no")
        assert isinstance(verdict(shop, approval, "Bob"), Refusal)
        assert shop.look(order).state == OrderState.REJECTED

    def test_an_order_without_such_a_hold_needs_no_approval(self, shop: Shop):
        assert code(ask_price(shop, shop.order((1, "A")))) == "approval_not_needed"
