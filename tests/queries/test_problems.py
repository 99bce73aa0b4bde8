"""Problems are found by kind, with their cause, and none stands in two lists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.ask_gateways import ask_gateways
from purvey.operations.hold import PlaceHold, place_holds
from purvey.operations.promise_anew import NewPromise, promise_anew
from purvey.operations.retry_messages import retry_messages
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.queries.problem_kinds import (
    BACK,
    BOUNCED,
    INBOX,
    KINDS,
    LABELS,
    LATE,
    LOST,
    MESSAGES,
    OLDEST,
    PAYMENTS,
    SLOW,
    STUCK,
    TOO_LONG,
)
from purvey.queries.problems import (
    Moment,
    Problem,
    causes_of_messages,
    count_problems,
    find_report,
    keys_with_cause,
    list_problems,
    look_at_worker,
)
from purvey.storage.notices import note_bounces
from purvey.testing import Clock, Shop

GATEWAY = PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok")


def ask(shop: Shop, question: Callable[..., Any], *about: Any, **how: Any) -> Any:
    with shop.house.database.reading(shop.shard) as sql:
        return question(sql, *about, **how)


def moment(shop: Shop) -> Moment:
    return Moment(shop.clock.now, shop.clock.now.date())


def found(shop: Shop, kind: str, **how: Any) -> list[Problem]:
    return list(ask(shop, list_problems, kind, moment(shop), **{"limit": 50, **how}).items)


def counts(shop: Shop) -> dict[str, int]:
    """Of the kinds of which there are any."""
    all_of_them = ask(shop, count_problems, moment(shop))
    assert list(all_of_them) == [kind.code for kind in KINDS]
    return {kind: count for kind, count in all_of_them.items() if count}


def give_up(shop: Shop, effect: str, error: str, order: Order | None = None) -> list[str]:
    """What waits with this effect fails for good."""
    keys = [
        message.key
        for message in shop.outbox()
        if message.effect == effect and order in (None, _of(message.order_id, order))
    ]
    shop.house.database.run(
        shop.shard, lambda tx: tx.messages.give_up([(key, error) for key in keys])
    )
    return keys


def _of(order_id: str | None, order: Order | None) -> Order | None:
    return order if order is not None and order.id == order_id else None


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.stock(99, "CUP")
    return shop


def test_a_shop_in_which_all_is_well_has_none(shop: Shop):
    shop.send_off(shop.paid((1, "CUP")))
    shop.order((1, "CUP"))
    assert counts(shop) == {}
    assert [found(shop, kind.code) for kind in KINDS] == [[]] * len(KINDS)


def test_messages_that_gave_up_stand_with_their_order_and_by_cause(shop: Shop):
    orders = [shop.paid((1, "CUP")) for _ in range(3)]
    keys = give_up(shop, "notify.confirmation", "The mail server says: 535 no")
    first = found(shop, MESSAGES)[0]
    assert (first.number, first.title) == (orders[0].number, "notify.confirmation")
    assert "535" in first.cause
    assert counts(shop) == {MESSAGES: 3}
    [cause] = ask(shop, causes_of_messages)
    assert (cause.effect, cause.messages) == ("notify.confirmation", 3)
    assert ask(shop, keys_with_cause, cause.effect, cause.error, limit=2) == sorted(keys)[:2]
    assert ask(shop, keys_with_cause, cause.effect, "another", limit=2) == []
    shop.do(retry_messages, keys)
    assert counts(shop) == {}


def test_they_are_found_by_number_and_by_words_page_by_page(shop: Shop):
    orders = [shop.paid((1, "CUP")) for _ in range(3)]
    give_up(shop, "notify.confirmation", "Mail Server away", orders[0])
    give_up(shop, "notify.confirmation", "100% full", orders[1])
    assert [x.number for x in found(shop, MESSAGES, search="mail server")] == [orders[0].number]
    assert [x.number for x in found(shop, MESSAGES, search="0%")] == [orders[1].number]
    number = str(orders[1].number)
    assert [x.number for x in found(shop, MESSAGES, search=number)] == [orders[1].number]
    page = ask(shop, list_problems, MESSAGES, moment(shop), limit=1)
    assert page.next is not None
    rest = found(shop, MESSAGES, after=page.next)
    assert {x.number for x in (*page.items, *rest)} == {orders[0].number, orders[1].number}


def test_an_unknown_payment_is_asked_after_at_once(shop: Shop, clock: Clock):
    order = shop.order((1, "CUP"))
    shop.gateway_says(order, "unknown", amount=0)
    [problem] = found(shop, PAYMENTS)
    payment = shop.payment(order)
    assert (problem.key, problem.number, problem.title) == (payment.id, order.number, "sandbox")
    [question] = [m for m in shop.outbox() if m.effect == "payment.ask"]
    later = [(question.key, clock.now + timedelta(hours=1), "no answer")]
    shop.house.database.run(shop.shard, lambda tx: tx.messages.later(later))
    assert found(shop, PAYMENTS)[0].cause == "no answer"
    assert shop.do(ask_gateways, [payment.id]) == [payment.id]
    [question] = [m for m in shop.outbox() if m.effect == "payment.ask"]
    assert question.due_at == clock.now
    give_up(shop, "payment.ask", "It does not know.")
    assert shop.do(ask_gateways, [payment.id]) == [payment.id]
    assert [m.key for m in shop.outbox() if m.effect == "payment.ask"] == [question.key]


def test_a_payment_that_is_known_is_not_asked_after(shop: Shop):
    order = shop.paid((1, "CUP"))
    known, nobody = shop.do(ask_gateways, [shop.payment(order).id, "pay_nobody"])
    assert isinstance(known, Refusal) and known.code == "answer_known"
    assert isinstance(nobody, Refusal) and nobody.code == "not_found"
    assert counts(shop) == {}


def test_a_stuck_payment_is_one_problem_not_three(shop: Shop):
    order = shop.order((1, "CUP"))
    shop.gateway_says(order, "unknown", amount=0)
    give_up(shop, "payment.ask", "It does not say.")
    hold = PlaceHold(order_id=order.id, type="payment", reason="The gateway does not say.")
    shop.do(place_holds, [hold])
    assert counts(shop) == {STUCK: 1}
    [problem] = found(shop, STUCK)
    assert (problem.key, problem.cause) == (order.id, "The gateway does not say.")
    assert problem.detail == shop.look(order).open_holds[0].id


def test_a_parcel_is_late_when_its_day_is_over(shop: Shop, clock: Clock):
    orders = [shop.send_off(shop.paid((1, "CUP"))) for _ in range(2)]
    arrived = shop.send_off(shop.paid((1, "CUP")))
    shop.carrier_says(arrived.shipments[0], "delivered")
    day = clock.now.date() + timedelta(days=9)
    shop.do(promise_anew, [NewPromise(order_id=orders[0].id, first=day, last=day)])
    clock.forward(days=9)
    assert [x.number for x in found(shop, LATE)] == [orders[1].number]
    clock.forward(days=1)
    late = found(shop, LATE)
    assert [x.number for x in late] == [orders[1].number, orders[0].number]  # the latest first
    assert late[0].title == "sandbox"
    assert late[0].detail.startswith("https://carrier.example/")
    page = ask(shop, list_problems, LATE, moment(shop), limit=1)
    assert [x.number for x in found(shop, LATE, after=page.next)] == [orders[0].number]


def test_lost_parcels_and_refused_labels(shop: Shop):
    lost = shop.send_off(shop.paid((1, "CUP")))
    shop.carrier_says(lost.shipments[0], "lost")
    refused, held = shop.paid((1, "CUP")), shop.paid((1, "CUP"))
    reasons = [(refused, "label", "too heavy"), (held, "manual", "asked by phone")]
    holds = [PlaceHold(order_id=o.id, type=t, reason=reason) for o, t, reason in reasons]
    shop.do(place_holds, holds)
    assert counts(shop) == {LOST: 1, LABELS: 1}
    assert found(shop, LOST)[0].number == lost.number
    assert (found(shop, LABELS)[0].number, found(shop, LABELS)[0].cause) == (
        refused.number,
        "too heavy",
    )


def test_parcels_that_come_back_until_their_return_is_settled(shop: Shop):
    order = shop.send_off(shop.paid((1, "CUP")))
    parcel = order.shipments[0]
    shop.carrier_says(parcel, "returned_to_sender")
    assert counts(shop) == {BACK: 1}
    problem = found(shop, BACK)[0]
    assert (problem.number, problem.cause) == (order.number, "returned_to_sender")
    assert problem.detail.startswith("https://")
    here = ReturnedParcel(order_id=order.id, shipment_id=parcel.id, location="main")
    shop.do(take_returns, [here])
    assert counts(shop) == {BACK: 1}
    assert found(shop, BACK)[0].cause == ""


def test_a_bounced_address_leads_to_the_latest_order(shop: Shop, clock: Clock):
    order = shop.order((1, "CUP"))
    again = shop.order((1, "CUP"), customer=order.customer)
    who = {order.customer_id or "": "550 no such user"}
    shop.house.database.run(
        shop.shard, lambda tx: note_bounces(tx.sql, who, reached=(), now=clock.now)
    )
    [problem] = found(shop, BOUNCED)
    assert (problem.number, problem.cause) == (again.number, "550 no such user")
    assert problem.title == order.customer.email


def test_a_report_that_cannot_be_read_is_shown_as_it_came(shop: Shop, clock: Clock):
    from purvey.ports.storage import Message
    from purvey.storage import tables
    from purvey.storage.times import to_us

    key = "inbox:sandbox:evt:1"
    message = Message(key=key, effect="inbox.process", due_at=clock.now, payload="{}")

    def store(tx: Any) -> None:
        row = ("sandbox", "evt:1", "{}", "<body>", to_us(clock.now), None, None)
        tx.sql.insert(tables.inbox, [row])
        tx.messages.add([message])
        tx.messages.give_up([(key, "It cannot be read.")])

    shop.house.database.run(shop.shard, store)
    assert counts(shop) == {INBOX: 1}
    assert (found(shop, INBOX)[0].key, found(shop, INBOX)[0].cause) == (key, "It cannot be read.")
    report = ask(shop, find_report, "sandbox", "evt:1")
    assert (report.body, report.received_at) == ("<body>", clock.now)
    assert ask(shop, find_report, "sandbox", "evt:2") is None
    shop.house.database.run(shop.shard, lambda tx: tx.messages.done([key], clock.now))


def test_orders_that_stay_too_long_are_overdue(shop: Shop, clock: Clock):
    shop.stock(0, "POT", backorder_limit=5)
    waits_for_stock = shop.paid((1, "POT"))
    to_pick = shop.paid((1, "CUP"))
    asked = shop.order((1, "CUP"))
    assert counts(shop) == {}
    clock.forward(hours=25)
    assert {(x.number, x.title) for x in found(shop, SLOW)} == {(asked.number, "payment")}
    clock.forward(days=30)
    slow = {x.number: x.title for x in found(shop, SLOW)}
    assert slow[to_pick.number] == "pick"
    assert slow[waits_for_stock.number] == "stock"
    assert counts(shop)[SLOW] == 3
    assert len(TOO_LONG) * OLDEST < 1_000  # rows that are read for it, at most


def test_a_worker_that_is_away_or_behind_is_seen(shop: Shop, clock: Clock):
    shop.order((1, "CUP"))
    worker = ask(shop, look_at_worker, now=clock.now)
    assert (worker.is_alive, worker.overdue_since) == (False, None)
    due = clock.now
    clock.forward(minutes=11)
    assert ask(shop, look_at_worker, now=clock.now).overdue_since == due
