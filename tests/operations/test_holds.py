"""Holds: who must look, what waits for that, and what happens when nobody does."""

from collections.abc import Callable

import pytest

from purvey.domain.draft import Draft, DraftLine, Finding
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.kit.process import Refusal
from purvey.operations.hold import MAX_HOLDS, PlaceHold, ReleaseHold, place_holds, release_holds
from purvey.testing import Clock, Shop
from purvey.testing.story import CHOICES

IN_REVIEW, READY, RESERVED = OrderState.IN_REVIEW, OrderState.READY, OrderState.RESERVED


@pytest.fixture(autouse=True)
def plenty(shop: Shop) -> None:
    shop.stock(10, "A", price=255)


def suspicious(shop: Shop, units: int = 3, *findings: str) -> Draft:
    """A draft with a finding that a person must see, for each name."""
    found = tuple(
        Finding(code, "", f"Look at the {code}.", "hold") for code in findings or ("fraud",)
    )
    return shop.draft((units, "A"), findings=found)


def held(shop: Shop, units: int = 3, *findings: str) -> Order:
    order = shop.take(suspicious(shop, units, *findings))
    assert order.state == IN_REVIEW
    return order


def place(
    shop: Shop, order: Order, reason: str = "Look!", **how: tuple[str, ...]
) -> Order | Refusal:
    return shop.do(place_holds, [PlaceHold(order_id=order.id, reason=reason, **how)])[0]


def release(shop: Shop, order: Order, hold_id: str | None = None) -> Order | Refusal:
    return shop.do(release_holds, [ReleaseHold(order_id=order.id, hold_id=hold_id, reason="ok")])[0]


def code(answer: Order | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else answer.state


class TestAHeldOrder:
    def test_keeps_its_stock(self, shop: Shop):
        order = held(shop, 3)
        assert order.lines[0].reserved == 3
        assert shop.available("A") == 7

    def test_is_neither_confirmed_nor_charged(self, shop: Shop):
        assert shop.promised(held(shop)) == ["hold.expire"]

    def test_says_why_and_until_when(self, shop: Shop, clock: Clock):
        (hold,) = held(shop).open_holds
        assert (hold.reason, hold.blocks) == ("Look at the fraud.", ("accept",))
        assert hold.until is not None and (hold.until - clock.now).days == 3

    def test_has_a_hold_for_each_finding(self, shop: Shop):
        assert [hold.reason for hold in held(shop, 1, "price", "address").open_holds] == [
            "Look at the price.",
            "Look at the address.",
        ]

    def test_approved_goes_on_to_payment(self, shop: Shop):
        order = shop.decide(held(shop), "approve")
        assert code(order) == RESERVED
        assert isinstance(order, Order) and not order.open_holds
        assert {"notify.confirmation", "payment.secure"} <= set(shop.promised(order))

    def test_rejected_gives_everything_back(self, shop: Shop):
        order = shop.decide(held(shop), "reject", reason="fraud")
        assert code(order) == "rejected"
        assert shop.available("A") == 10

    def test_is_not_rejected_without_a_reason(self, shop: Shop):
        assert code(shop.decide(held(shop), "reject")) == "reason_missing"

    def test_that_was_paid_at_the_counter_and_rejected_gets_its_money_back(self, shop: Shop):
        finding = Finding("fraud", "", "Look!", "hold")
        draft = shop.draft((1, "A"), channel="store", payment=CHOICES["cash"], findings=(finding,))
        order = shop.take(draft)
        shop.decide(order, "reject", reason="fraud")
        assert "payment.return" in shop.promised(order)

    def test_that_was_paid_at_the_counter_is_ready_once_approved(self, shop: Shop):
        finding = Finding("fraud", "", "Look!", "hold")
        draft = shop.draft((1, "A"), channel="store", payment=CHOICES["cash"], findings=(finding,))
        assert code(shop.decide(shop.take(draft), "approve")) == READY


class TestReleasing:
    def test_one_of_two_is_not_enough(self, shop: Shop):
        order = held(shop, 1, "price", "address")
        first, second = order.open_holds
        assert code(release(shop, order, first.id)) == IN_REVIEW
        assert code(release(shop, order, second.id)) == RESERVED

    def test_all_at_once(self, shop: Shop):
        assert code(release(shop, held(shop, 1, "price", "address"))) == RESERVED

    def test_what_is_not_held(self, shop: Shop):
        assert code(release(shop, shop.order((1, "A")))) == "no_such_hold"
        assert code(release(shop, held(shop), "hld_?")) == "no_such_hold"

    def test_an_unknown_order_harms_nobody(self, shop: Shop):
        wishes = [ReleaseHold(order_id="ord_?"), ReleaseHold(order_id=held(shop).id)]
        assert [code(answer) for answer in shop.do(release_holds, wishes)] == [
            "not_found",
            RESERVED,
        ]

    def test_the_release_is_on_record(self, shop: Shop):
        order = held(shop)
        release(shop, order)
        hold = shop.look(order).holds[0]
        assert (hold.released_by, hold.released_at) == ("test", shop.clock.now)


class TestByHand:
    def test_nothing_is_picked_while_it_stands(self, shop: Shop):
        order = shop.paid((1, "A"))
        place(shop, order)
        assert code(shop.step(order.shipments[0], "pick")) == "held"
        release(shop, order)
        assert code(shop.step(order.shipments[0], "pick")) == OrderState.FULFILLING

    @pytest.mark.parametrize("done", [["pick"], ["pick", "pack"]], ids=["picked", "packed"])
    def test_it_stops_a_parcel_half_way(self, shop: Shop, done: list[str]):
        order = shop.paid((1, "A"))
        for step in done:
            shop.step(order.shipments[0], step)
        place(shop, order)
        next_step = "hand_over" if "pack" in done else "pack"
        assert code(shop.step(order.shipments[0], next_step)) == "held"

    def test_money_still_comes_in(self, shop: Shop):
        order = shop.order((1, "A"))
        place(shop, order)
        assert shop.gateway_says(order, "authorised").state == READY

    @pytest.mark.parametrize(
        ("wish", "refusal"),
        [
            ({"reason": " "}, "reason_missing"),
            ({"blocks": ("dance",)}, "unknown_step"),
            ({"blocks": ()}, "unknown_step"),
        ],
    )
    def test_a_hold_has_to_make_sense(self, shop: Shop, wish: dict[str, object], refusal: str):
        order = shop.order((1, "A"))
        assert code(place(shop, order, **wish)) == refusal  # type: ignore[arg-type]
        assert shop.look(order) == order

    def test_an_order_that_is_over_cannot_be_held(self, shop: Shop):
        order = shop.order((1, "A"))
        shop.decide(order, "cancel", reason="x")
        assert code(place(shop, order)) == "not_allowed"

    def test_there_is_a_limit(self, shop: Shop):
        order = shop.order((1, "A"))
        wishes = [PlaceHold(order_id=order.id, reason=str(n)) for n in range(MAX_HOLDS + 1)]
        answers = shop.do(place_holds, wishes)
        assert [code(answer) for answer in answers] == [RESERVED] * MAX_HOLDS + ["too_many_holds"]

    def test_an_unknown_order_harms_nobody(self, shop: Shop):
        order = shop.order((1, "A"))
        wishes = [PlaceHold(order_id=id_, reason="x") for id_ in ("ord_?", order.id)]
        assert [code(answer) for answer in shop.do(place_holds, wishes)] == ["not_found", RESERVED]

    def test_one_more_hold_on_an_order_in_review(self, shop: Shop):
        order = held(shop)
        place(shop, order, blocks=("accept",))
        assert code(release(shop, order, order.open_holds[0].id)) == IN_REVIEW


class TestNobodyLooks:
    def test_after_three_days_the_stock_is_free_for_others(self, shop: Shop, clock: Clock):
        order = held(shop, 8)
        clock.forward(hours=71)
        shop.ring()
        assert shop.available("A") == 2
        clock.forward(hours=2)
        shop.ring()
        assert shop.available("A") == 10
        assert shop.look(order).state == IN_REVIEW

    def test_what_is_gone_by_then_is_not_promised(self, shop: Shop, clock: Clock):
        order = held(shop, 8)
        clock.forward(days=4)
        shop.ring()
        shop.order((5, "A"))
        before = shop.look(order)
        refusal = shop.decide(order, "approve")
        assert isinstance(refusal, Refusal)
        assert refusal.code == "out_of_stock"
        assert "5 are left" in refusal.sentence
        assert shop.look(order) == before

    def test_approved_later_it_takes_what_is_there_then(self, shop: Shop, clock: Clock):
        order = held(shop, 8)
        clock.forward(days=4)
        shop.ring()
        shop.order((5, "A"))
        shop.product("A", backorder_limit=3)
        after = shop.decide(order, "approve")
        assert isinstance(after, Order)
        assert (after.lines[0].reserved, after.lines[0].backordered) == (5, 3)

    def test_those_who_wait_get_it(self, shop: Shop, clock: Clock):
        shop.stock(0, "A", backorder_limit=9)
        held(shop, 10)
        waiting = shop.order((4, "A"))
        assert waiting.state == OrderState.BACKORDERED
        clock.forward(days=4)
        shop.ring()
        assert shop.look(waiting).state == RESERVED

    def test_or_the_order_is_over(self, new_shop: Callable[..., Shop], clock: Clock):
        shop = new_shop(hold_expiry="cancel")
        shop.stock(10, "A")
        order = held(shop, 8)
        clock.forward(days=4)
        shop.ring()
        assert shop.look(order).state == OrderState.REJECTED
        assert shop.available("A") == 10

    def test_what_was_decided_in_time_is_left_alone(self, shop: Shop, clock: Clock):
        order = shop.decide(held(shop, 8), "approve")
        assert isinstance(order, Order)
        clock.forward(hours=73)
        shop.ring()
        assert shop.available("A") == 2

    def test_ringing_twice_changes_nothing(self, shop: Shop, clock: Clock):
        order = held(shop, 8)
        clock.forward(days=4)
        shop.ring()
        before = shop.look(order)
        shop.ring()
        assert shop.look(order) == before


def test_what_is_too_much_for_one_line_is_held(new_shop: Callable[..., Shop]):
    shop = new_shop(amount_limit="10.00")
    shop.stock(100, "A", price=255)
    order = shop.take(shop.draft(lines=(DraftLine(sku="A", quantity=9),)))
    assert order.state == IN_REVIEW and "10.00 GBP" in order.open_holds[0].reason
