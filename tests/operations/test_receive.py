"""Receiving: one commit takes many orders, each decided by itself, none of them twice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from purvey.domain.amounts import total
from purvey.domain.draft import Contact, Discount, DraftLine, Finding, PaymentChoice, Shipping
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.kit.process import Refusal
from purvey.operations.receive import Received
from purvey.storage.sql import Sql
from purvey.testing import Clock, Shop

STORE_CASH: dict[str, Any] = {"channel": "store", "payment": PaymentChoice(method="cash")}


def count(shop: Shop, table: str) -> int:
    with shop.house.database.reading(shop.shard) as sql:
        return int(sql.scalar(f"select count(*) from {table} where shard = :shard"))


def taken(answer: Received | Refusal) -> Order:
    assert isinstance(answer, Received), answer
    return answer.order


def refused(answer: Received | Refusal) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


class TestAGoodOrder:
    def test_is_reserved_in_the_same_commit(self, shop: Shop):
        shop.stock(5, "A")
        order = shop.order((3, "A"))
        assert order.state == OrderState.RESERVED
        assert order.lines[0].held == (("main", 3),)
        assert shop.look(order) == order

    def test_has_a_number_that_people_can_read(self, shop: Shop):
        shop.stock(5, "A")
        first, second = shop.order((1, "A")), shop.order((1, "A"))
        assert (first.number, second.number) == (1001, 1002)

    def test_tells_the_customer_and_asks_the_gateway(self, shop: Shop):
        shop.stock(5, "A")
        assert shop.promised(shop.order((3, "A"))) == ["notify.confirmation", "payment.secure"]

    def test_takes_price_and_name_of_the_catalogue(self, shop: Shop):
        shop.stock(5, "A", price=255, name="A heart", weight_grams=120)
        line = shop.order((3, "A")).lines[0]
        assert (line.unit_price, line.name, line.weight_grams) == (255, "A heart", 120)

    def test_keeps_a_name_of_its_own(self, shop: Shop):
        shop.stock(5, "A")
        line = DraftLine(sku="A", quantity=1, name="Engraved: Ann")
        assert shop.take(shop.draft(lines=(line,))).lines[0].name == "Engraved: Ann"

    def test_costs_its_lines_and_shipping_less_the_discount(self, shop: Shop):
        shop.stock(5, "A", price=255)
        order = shop.order((3, "A"), discounts=(Discount(code="SPRING", amount=65),))
        assert total(order) == 3 * 255 + 395 - 65

    def test_a_shipping_price_of_its_own_is_kept(self, shop: Shop):
        shop.stock(5, "A")
        order = shop.order((1, "A"), shipping=Shipping(method="express", price=0))
        assert (order.shipping_method, order.shipping_total) == ("express", 0)

    def test_is_promised_in_working_days(self, shop: Shop):
        """Monday, and three to five days."""
        shop.stock(5, "A")
        order = shop.order((1, "A"))
        assert (order.promised_from, order.promised_to) == ("2030-01-10", "2030-01-14")

    def test_comes_back_as_it_was_written(self, shop: Shop, clock: Clock):
        shop.stock(5, "A")
        order = shop.order(
            (1, "A"),
            external_id="SHOP-1",
            requested_delivery_date="2030-02-01",
            notes="Ring twice",
            metadata={"gift": True, "für": ["Zoë"]},
            discounts=(Discount(code="X", amount=5),),
            placed_at=clock.now - timedelta(days=3, microseconds=1),
        )
        assert shop.look(order) == order

    def test_with_nothing_to_pay_is_ready_at_once(self, shop: Shop):
        shop.stock(5, "A", price=0)
        order = shop.order((1, "A"), shipping=Shipping(method="pickup"))
        assert (order.state, order.payments) == (OrderState.READY, ())

    def test_the_same_sku_twice_is_two_lines_and_one_reservation(self, shop: Shop):
        shop.stock(5, "A")
        order = shop.order((2, "A"), (3, "A"))
        assert [line.reserved for line in order.lines] == [2, 3]

    def test_remembers_who_brought_it(self, shop: Shop):
        shop.stock(5, "A")
        answers = shop.receive(shop.draft((1, "A"), actor="api:webshop"), shop.draft((1, "A")))
        assert [who(shop, taken(answer)) for answer in answers] == ["api:webshop", "api:test"]


def who(shop: Shop, order: Order) -> str:
    with shop.house.database.reading(shop.shard) as sql:
        return str(_first(sql, "history", "actor", order_id=order.id, version=1))


def _first(sql: Sql, table: str, column: str, **where: Any) -> Any:
    condition = " and ".join(f"{name} = :{name}" for name in where)
    return sql.scalar(f"select {column} from {table} where shard = :shard and {condition}", **where)


class TestTheSameOrderTwice:
    @pytest.fixture(autouse=True)
    def plenty(self, shop: Shop) -> None:
        shop.stock(50, "A")

    def test_the_same_key_answers_as_the_first_time(self, shop: Shop):
        draft = shop.draft((1, "A"), idempotency_key="k1")
        (first,), (second,) = shop.receive(draft), shop.receive(draft)
        assert second == Received(taken(first), created=True, replayed=True)
        assert count(shop, "orders") == 1

    def test_also_after_the_order_has_moved_on(self, shop: Shop):
        draft = shop.draft((1, "A"), idempotency_key="k1")
        order = shop.gateway_says(shop.take(draft), "authorised")
        assert taken(*shop.receive(draft)) == order

    def test_the_same_key_within_one_batch(self, shop: Shop):
        draft = shop.draft((1, "A"), idempotency_key="k1")
        first, second = shop.receive(draft, draft)
        assert second == Received(taken(first), created=True, replayed=True)
        assert count(shop, "orders") == 1

    @pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "two batches"])
    def test_the_same_key_for_another_content_is_refused(self, shop: Shop, at_once: bool):
        first = shop.draft((1, "A"), idempotency_key="k1")
        other = shop.draft((2, "A"), idempotency_key="k1")
        answers = (
            shop.receive(first, other) if at_once else [*shop.receive(first), *shop.receive(other)]
        )
        assert isinstance(answers[0], Received)
        assert refused(answers[1]).code == "idempotency_key_reused"

    @pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "two batches"])
    def test_the_same_external_id_answers_with_the_order(self, shop: Shop, at_once: bool):
        draft = shop.draft((1, "A"), external_id="SHOP-1")
        first, second = (
            shop.receive(draft, draft) if at_once else [*shop.receive(draft), *shop.receive(draft)]
        )
        assert second == Received(taken(first), created=False, replayed=False)

    @pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "two batches"])
    def test_the_same_external_id_for_another_content_is_refused(self, shop: Shop, at_once: bool):
        first = shop.draft((1, "A"), external_id="SHOP-1")
        other = shop.draft((2, "A"), external_id="SHOP-1")
        answers = (
            shop.receive(first, other) if at_once else [*shop.receive(first), *shop.receive(other)]
        )
        assert refused(answers[1]).code == "external_id_reused"
        assert refused(answers[1]).pointer == "/external_id"

    def test_the_same_external_id_on_two_channels_is_two_orders(self, shop: Shop):
        shop.receive(shop.draft((1, "A"), external_id="1"))
        shop.receive(shop.draft((1, "A"), external_id="1", channel="phone"))
        assert count(shop, "orders") == 2

    def test_a_refused_order_may_come_again_under_its_key(self, shop: Shop):
        draft = shop.draft((99, "A"), idempotency_key="k1", external_id="SHOP-1")
        assert refused(*shop.receive(draft)).code == "out_of_stock"
        shop.adjust(100, "A")
        assert isinstance(*shop.receive(draft), Received)

    def test_a_replay_reserves_nothing(self, shop: Shop):
        draft = shop.draft((5, "A"), idempotency_key="k1")
        for _ in range(3):
            shop.receive(draft)
        assert shop.available("A") == 45


class TestStock:
    def test_what_is_short_is_backordered_up_to_the_limit(self, shop: Shop):
        shop.stock(2, "A", backorder_limit=3)
        order = shop.order((5, "A"))
        line = order.lines[0]
        assert (line.reserved, line.backordered, order.state) == (2, 3, OrderState.RESERVED)

    def test_an_order_with_nothing_reserved_waits_and_says_so(self, shop: Shop):
        shop.stock(0, "A", backorder_limit=3)
        order = shop.order((3, "A"))
        assert order.state == OrderState.BACKORDERED
        assert shop.promised(order) == ["notify.confirmation", "notify.waiting_for_stock"]

    def test_one_that_ships_complete_waits_for_the_last_unit(self, shop: Shop):
        shop.stock(2, "A", backorder_limit=3)
        order = shop.order((3, "A"), shipping=Shipping(complete=True))
        assert (order.state, order.lines[0].reserved) == (OrderState.BACKORDERED, 2)

    def test_the_limit_is_for_all_orders_together(self, shop: Shop):
        shop.stock(0, "A", backorder_limit=3)
        first, second, third = shop.receive(*(shop.draft((2, "A")) for _ in range(3)))
        assert taken(first).lines[0].backordered == 2
        assert refused(second).code == refused(third).code == "out_of_stock"
        assert taken(*shop.receive(shop.draft((1, "A")))).state == OrderState.BACKORDERED

    def test_beyond_the_limit_the_line_and_what_is_there_are_named(self, shop: Shop):
        shop.stock(10, "A")
        shop.stock(2, "B", backorder_limit=3)
        refusal = refused(*shop.receive(shop.draft((1, "A"), (6, "B"))))
        assert (refusal.code, refusal.pointer) == ("out_of_stock", "/lines/1/quantity")
        assert refusal.sentence == (
            "Not enough stock of B: 2 available, and 3 more can be backordered."
        )

    def test_every_short_line_is_named(self, shop: Shop):
        shop.stock(0, "A")
        shop.stock(0, "B")
        refusal = refused(*shop.receive(shop.draft((1, "A"), (1, "B"))))
        assert [x.pointer for x in refusal.more] == ["/lines/0/quantity", "/lines/1/quantity"]

    def test_lines_of_one_sku_are_short_together(self, shop: Shop):
        shop.stock(3, "A")
        refusal = refused(*shop.receive(shop.draft((2, "A"), (2, "A"))))
        assert refusal.pointer == "/lines/0/quantity"

    def test_a_refused_order_reserves_nothing(self, shop: Shop):
        shop.stock(10, "A")
        shop.stock(0, "B")
        shop.receive(shop.draft((1, "A"), (1, "B")))
        assert shop.available("A") == 10

    def test_it_comes_whole_from_one_place_if_one_has_it_all(self, shop: Shop):
        shop.location("north")
        shop.stock(5, "A")
        shop.stock(5, "A", at="north")
        shop.stock(5, "B", at="north")
        order = shop.order((1, "A"), (1, "B"))
        assert {place for line in order.lines for place, _ in line.held} == {"north"}

    def test_the_place_that_the_shop_prefers_comes_first(self, shop: Shop):
        """Whatever the alphabet and the order of writing say."""
        shop.location("annex", priority=9)
        shop.location("zoo", priority=-1)
        shop.stock(5, "A")
        for place in ("annex", "zoo"):
            shop.stock(5, "A", at=place)
        order = shop.order((1, "A"))
        shop.adjust(1, "A", at="zoo")
        assert [o.lines[0].held[0][0] for o in (order, shop.order((1, "A")))] == ["zoo", "zoo"]

    def test_backordering_can_be_switched_off(self, new_shop: Callable[..., Shop]):
        shop = new_shop(short_stock="refuse")
        shop.stock(0, "A", backorder_limit=3)
        assert refused(*shop.receive(shop.draft((1, "A")))).code == "out_of_stock"

    def test_or_a_person_decides(self, new_shop: Callable[..., Shop]):
        shop = new_shop(short_stock="hold")
        shop.stock(1, "A")
        order = shop.order((3, "A"))
        assert (order.state, order.open_holds[0].type) == (OrderState.IN_REVIEW, "out_of_stock")
        assert order.lines[0].reserved == 1


class TestChecks:
    @pytest.fixture(autouse=True)
    def plenty(self, shop: Shop) -> None:
        shop.stock(50, "A", price=255)

    @pytest.mark.parametrize(
        ("lines", "code", "pointer"),
        [
            ([(1, "A"), (1, "?")], "unknown_sku", "/lines/1/sku"),
            ([(1, "old")], "inactive_sku", "/lines/0/sku"),
            ([(1, "euro")], "currency_mismatch", "/lines/0/sku"),
        ],
    )
    def test_what_cannot_be_sold_is_refused(
        self, shop: Shop, lines: list[tuple[int, str]], code: str, pointer: str
    ):
        shop.stock(9, "old", active=False)
        shop.stock(9, "euro", currency="EUR")
        refusal = refused(*shop.receive(shop.draft(*lines)))
        assert (refusal.code, refusal.pointer) == (code, pointer)

    def test_all_that_is_wrong_is_said_at_once(self, shop: Shop):
        refusal = refused(*shop.receive(shop.draft((1, "?"), (1, "A"), (1, "!"))))
        assert [x.pointer for x in refusal.more] == ["/lines/0/sku", "/lines/2/sku"]

    def test_an_unknown_shipping_method_is_refused_with_those_there_are(self, shop: Shop):
        refusal = refused(*shop.receive(shop.draft((1, "A"), shipping=Shipping(method="drone"))))
        assert (refusal.code, refusal.pointer) == ("unknown_shipping_method", "/shipping/method")
        assert "express, pickup, standard" in refusal.sentence

    def test_more_discount_than_worth_is_refused(self, shop: Shop):
        huge = (Discount(code="OOPS", amount=10_000),)
        refusal = refused(*shop.receive(shop.draft((1, "A"), discounts=huge)))
        assert "discount" in refusal.sentence.lower()

    def test_a_price_of_its_own_is_held(self, shop: Shop):
        order = shop.take(shop.draft(lines=(DraftLine(sku="A", quantity=1, unit_price=1),)))
        assert order.state == OrderState.IN_REVIEW
        assert order.open_holds[0].type in ("price", "price_differs")

    @pytest.mark.parametrize(("policy", "outcome"), [("take", "reserved"), ("refuse", None)])
    def test_or_taken_or_refused_by_policy(
        self, new_shop: Callable[..., Shop], policy: str, outcome: str | None
    ):
        shop = new_shop(price_differs=policy)
        shop.stock(9, "A", price=255)
        draft = shop.draft(lines=(DraftLine(sku="A", quantity=1, unit_price=1),))
        (answer,) = shop.receive(draft)
        if outcome:
            assert taken(answer).state == outcome
        else:
            assert refused(answer).pointer == "/lines/0/unit_price"

    def test_what_was_found_before_the_transaction_counts_too(self, shop: Shop):
        grave = Finding("address_missing", "/ship_to", "Where to?", "refuse")
        hold = Finding("postal_code_mismatch", "/ship_to/postal_code", "Hm.", "hold")
        note = Finding("phone_invalid", "/customer/phone", "Hm.", "note")
        answers = shop.receive(
            *(shop.draft((1, "A"), findings=(finding,)) for finding in (grave, hold, note))
        )
        assert refused(answers[0]).pointer == "/ship_to"
        assert [taken(answer).state for answer in answers[1:]] == ["in_review", "reserved"]


class TestLookAlikes:
    ANN = Contact(email="Ann@Example.com")

    @pytest.fixture(autouse=True)
    def plenty(self, shop: Shop) -> None:
        shop.stock(50, "A", price=255)

    def again(self, shop: Shop, **changes: Any) -> Order:
        return shop.order((2, "A"), **{"customer": self.ANN, **changes})

    def test_the_same_order_within_the_hour_is_held(self, shop: Shop, clock: Clock):
        first = self.again(shop)
        clock.forward(minutes=59)
        second = self.again(shop)
        assert second.state == OrderState.IN_REVIEW
        assert str(first.number) in second.open_holds[0].reason

    def test_also_within_one_batch(self, shop: Shop):
        drafts = [shop.draft((2, "A"), customer=self.ANN) for _ in range(2)]
        first, second = map(taken, shop.receive(*drafts))
        assert (first.state, second.state) == (OrderState.RESERVED, OrderState.IN_REVIEW)

    def test_after_the_hour_it_is_a_second_wish(self, shop: Shop, clock: Clock):
        self.again(shop)
        clock.forward(minutes=61)
        assert self.again(shop).state == OrderState.RESERVED

    @pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "two batches"])
    def test_old_orders_that_are_imported_are_no_second_clicks(
        self, shop: Shop, clock: Clock, at_once: bool
    ):
        drafts = [
            shop.draft((2, "A"), customer=self.ANN, placed_at=clock.now - timedelta(days=days))
            for days in (300, 200)
        ]
        answers = shop.receive(*drafts) if at_once else [shop.receive(d)[0] for d in drafts]
        assert [taken(answer).state for answer in answers] == ["reserved", "reserved"]

    def test_after_the_first_was_cancelled_it_is_a_second_try(self, shop: Shop):
        shop.decide(self.again(shop), "cancel", reason="typing error")
        assert self.again(shop).state == OrderState.RESERVED

    @pytest.mark.parametrize(
        "changes",
        [
            {"customer": Contact(email="bob@example.com")},
            {"customer": Contact()},
            {"lines": (DraftLine(sku="A", quantity=3),)},
            {"discounts": (Discount(code="X", amount=1),)},
        ],
        ids=["another customer", "nobody", "another quantity", "another amount"],
    )
    def test_another_order_is_another_order(self, shop: Shop, changes: dict[str, Any]):
        self.again(shop)
        assert self.again(shop, **changes).state == OrderState.RESERVED


class TestCustomers:
    @pytest.fixture(autouse=True)
    def plenty(self, shop: Shop) -> None:
        shop.stock(50, "A")

    def ids(self, shop: Shop, *contacts: Contact) -> list[str | None]:
        drafts = [shop.draft((n, "A"), customer=c) for n, c in enumerate(contacts, 1)]
        return [taken(answer).customer_id for answer in shop.receive(*drafts)]

    def test_are_found_again_by_mail_whatever_its_case(self, shop: Shop):
        first, second = self.ids(shop, Contact(email="a@x.org"), Contact(email=" A@X.org"))
        assert first == second == self.ids(shop, Contact(email="a@X.ORG"))[0]

    def test_are_found_again_by_external_id(self, shop: Shop):
        (first,) = self.ids(shop, Contact(email="a@x.org", external_id="C-17"))
        (second,) = self.ids(shop, Contact(email="new@x.org", external_id="C-17"))
        assert first == second is not None

    def test_who_leaves_neither_is_nobody(self, shop: Shop):
        assert self.ids(shop, Contact(name="Walk-in")) == [None]
        assert count(shop, "customer") == 0

    def test_a_refused_order_makes_no_customer(self, shop: Shop):
        shop.receive(shop.draft((999, "A")))
        assert count(shop, "customer") == 0


class TestManyAtOnce:
    def test_the_answers_stand_in_the_order_of_the_drafts(self, shop: Shop):
        shop.stock(100, "A")
        drafts = [shop.draft((1, "A"), external_id=str(n)) for n in range(20)]
        answers = shop.receive(*drafts)
        assert [taken(answer).external_id for answer in answers] == [d.external_id for d in drafts]

    def test_one_bad_order_never_harms_its_neighbours(self, shop: Shop):
        shop.stock(2, "A")
        answers = shop.receive(
            shop.draft((1, "A")),
            shop.draft((1, "?")),
            shop.draft((5, "A")),
            shop.draft((1, "A"), shipping=Shipping(method="drone")),
            shop.draft((1, "A")),
        )
        codes = [getattr(answer, "code", "taken") for answer in answers]
        assert codes == ["taken", "unknown_sku", "out_of_stock", "unknown_shipping_method", "taken"]
        assert shop.available("A") == 0

    def test_who_comes_first_is_served_first(self, shop: Shop):
        shop.stock(3, "A")
        answers = shop.receive(*(shop.draft((1, "A")) for _ in range(5)))
        assert [isinstance(answer, Received) for answer in answers] == [True] * 3 + [False] * 2

    def test_a_batch_of_none(self, shop: Shop):
        assert shop.receive() == []

    def test_numbers_that_were_not_used_are_given_out_again(self, shop: Shop):
        shop.stock(9, "A")
        shop.receive(shop.draft((1, "?")), shop.draft((1, "?")), shop.draft((1, "A")))
        assert shop.order((1, "A")).number == 1002


class TestCash:
    def test_at_the_counter_is_in_the_till(self, shop: Shop):
        shop.stock(5, "A")
        order = shop.order((1, "A"), **STORE_CASH)
        assert (order.state, order.payments[0].captured) == (OrderState.READY, total(order))


def test_a_delivery_date_is_kept_as_it_was_wished(shop: Shop):
    shop.stock(5, "A")
    day = date(2030, 2, 1).isoformat()
    assert (
        shop.look(shop.order((1, "A"), requested_delivery_date=day)).requested_delivery_date == day
    )


def test_an_order_without_lines_is_refused_whoever_sends_it(shop: Shop):
    shop.stock(5, "A")
    empty, good = shop.receive(shop.draft(), shop.draft((1, "A")))
    assert isinstance(empty, Refusal) and (empty.code, empty.pointer) == ("no_lines", "/lines")
    assert isinstance(good, Received) and good.order.number == 1001
