"""Problems: what is shown of them, and what each button does, in whose name, with which right."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest

from purvey.operations.hold import PlaceHold, place_holds
from purvey.queries.journal import read_journal
from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.testing import Clock, Shop
from purvey.wiring import DEFAULT_SHARD
from tests.office.conftest import Browser, Office

PLACE = "/problems"


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(99, "CUP")
    return shop


def give_up(shop: Shop, effect: str, error: str) -> list[str]:
    keys = [message.key for message in shop.outbox() if message.effect == effect]
    shop.house.database.run(
        DEFAULT_SHARD, lambda tx: tx.messages.give_up([(key, error) for key in keys])
    )
    return keys


def told(browser: Browser, path: str = PLACE) -> str:
    return html.unescape(browser.get(path).text)


def states(shop: Shop, effect: str) -> set[str]:
    query = "select distinct state from outbox where shard = :shard and effect = :effect"
    return {row.state for row in shop.rows(query, effect=effect)}


def worker_at_work(shop: Shop) -> None:
    until = to_us(shop.clock.now + timedelta(hours=1))
    row = ("worker", "me", until, 1)
    shop.house.database.run(DEFAULT_SHARD, lambda tx: tx.sql.upsert(tables.lease, [row]))


def test_when_all_is_well_it_says_so(small_office: Office, shop: Shop):
    ann = small_office.logged_in(role="viewer")
    assert "No worker is at work" in told(ann)
    worker_at_work(shop)
    assert "All is well." in told(ann)
    assert "No worker is at work" not in told(ann)
    shop.order((1, "CUP"))
    shop.clock.forward(minutes=20)
    assert "Promises are late" in told(ann)


def test_one_message_is_tried_again_in_ones_name(small_office: Office, shop: Shop):
    shop.paid((1, "CUP"))
    [key] = give_up(shop, "notify.confirmation", "535 <b>wrong password</b>")
    mia = small_office.logged_in("Mia", role="manager")
    assert "Tell the customer: confirmation" in told(mia)
    assert "&lt;b&gt;wrong" in mia.get(PLACE).text
    answer = mia.post(f"{PLACE}/retry", key=key, kind="messages")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PLACE}?kind=messages")
    assert "It is being tried again." in told(mia)
    assert states(shop, "notify.confirmation") == {"open"}
    with shop.house.database.reading(DEFAULT_SHARD) as sql:
        [line] = [x for x in read_journal(sql, limit=9) if x.deed == "tried message again"]
    assert (line.actor, line.subject) == ("Mia", key)
    assert mia.post(f"{PLACE}/retry", key=key).status_code == 422  # it is open by now
    assert mia.post(f"{PLACE}/retry", key="nobody's").status_code == 404


def test_all_messages_of_one_cause_are_tried_again(small_office: Office, shop: Shop):
    for _ in range(3):
        shop.paid((1, "CUP"))
    give_up(shop, "notify.confirmation", "The mail server is away.")
    mia = small_office.logged_in(role="manager")
    assert "Try all again" in told(mia)
    fields = {"effect": "notify.confirmation", "error": "The mail server is away."}
    mia.post(f"{PLACE}/retry-all", **{**fields, "error": "another"})
    assert states(shop, "notify.confirmation") == {"gave_up"}
    mia.post(f"{PLACE}/retry-all", **fields)
    assert "Being tried again: 3." in told(mia)
    assert states(shop, "notify.confirmation") == {"open"}


def test_who_lacks_the_right_of_a_deed_sees_the_problem_without_its_button(
    small_office: Office, shop: Shop
):
    shop.paid((1, "CUP"))
    [key] = give_up(shop, "notify.confirmation", "away")
    clerk = small_office.logged_in(role="clerk")
    assert "Tell the customer" in told(clerk)
    assert "Try again" not in told(clerk)
    assert clerk.post(f"{PLACE}/retry", key=key).status_code == 403
    fields = {"effect": "notify.confirmation", "error": "away"}
    assert clerk.post(f"{PLACE}/retry-all", **fields).status_code == 403
    for path in ("ask", "release", "resend"):
        viewer = small_office.logged_in(f"Vi {path}", role="viewer")
        assert viewer.post(f"{PLACE}/{path}", key=key).status_code == 403
    assert states(shop, "notify.confirmation") == {"gave_up"}


def test_an_unknown_payment_is_asked_after(small_office: Office, shop: Shop):
    order = shop.order((1, "CUP"))
    shop.gateway_says(order, "unknown", amount=0)
    give_up(shop, "payment.ask", "no answer")
    clerk = small_office.logged_in(role="clerk")
    assert "The answer of sandbox was lost" in told(clerk, f"{PLACE}?kind=payments")
    payment = shop.payment(order).id
    assert clerk.post(f"{PLACE}/ask", key=payment, kind="payments").status_code == 303
    assert states(shop, "payment.ask") == {"open"}
    shop.gateway_says(order, "authorised")
    assert clerk.post(f"{PLACE}/ask", key="pay_nobody").status_code == 404


def test_a_stuck_payment_and_a_refused_label_go_on(small_office: Office, shop: Shop):
    stuck, refused = shop.order((1, "CUP")), shop.paid((1, "CUP"))
    holds = [
        PlaceHold(order_id=stuck.id, type="payment", reason="The gateway is away."),
        PlaceHold(order_id=refused.id, type="label", reason="It is too heavy."),
    ]
    shop.do(place_holds, holds)
    clerk = small_office.logged_in(role="clerk")
    page = told(clerk)
    assert "The gateway is away." in page and "It is too heavy." in page
    for order in (stuck, refused):
        hold = shop.look(order).open_holds[0].id
        assert clerk.post(f"{PLACE}/release", key=order.id, hold=hold).status_code == 303
        assert shop.look(order).open_holds == ()
    assert "Stuck payments" not in told(clerk)


def test_a_late_parcel_leads_to_its_order_and_its_carrier(small_office: Office, shop: Shop):
    order = shop.send_off(shop.paid((1, "CUP")))
    shop.clock.forward(days=20)
    clerk = small_office.logged_in(role="clerk")
    page = told(clerk, f"{PLACE}?kind=late")
    assert f'href="/orders/{order.number}"' in page
    assert 'href="https://carrier.example/' in page
    assert "days ago." in page
    assert "Late parcels: 1" in told(clerk, "/")
    assert str(order.number) in told(clerk, f"{PLACE}?q={order.number}")
    assert "Nothing matches." in told(clerk, f"{PLACE}?q=9999999")
    assert clerk.get(f"{PLACE}?kind=nonsense").status_code == 404


def test_a_report_is_looked_at_as_it_came_and_read_again(small_office: Office, shop: Shop):
    from purvey.ports.storage import Message

    now, key = shop.clock.now, "inbox:sandbox:evt:1"
    where = json.dumps({"source": "sandbox", "event_id": "evt:1"})

    def store(tx: Any) -> None:
        row = ("sandbox", "evt:1", '{"x": "1"}', "<b>body</b>", to_us(now), None, None)
        tx.sql.insert(tables.inbox, [row])
        tx.messages.add([Message(key=key, effect="inbox.process", due_at=now, payload=where)])
        tx.messages.give_up([(key, "It cannot be read.")])

    shop.house.database.run(DEFAULT_SHARD, store)
    clerk = small_office.logged_in(role="clerk")
    assert "It cannot be read." in told(clerk, f"{PLACE}?kind=inbox")
    shown = clerk.get(f"{PLACE}/report?key={key}")
    assert "&lt;b&gt;body&lt;/b&gt;" in shown.text and "<b>body" not in shown.text
    assert clerk.get(f"{PLACE}/report?key=inbox:sandbox:no").status_code == 404
    assert clerk.post(f"{PLACE}/retry", key=key, kind="inbox").status_code == 303
    assert states(shop, "inbox.process") == {"open"}
    picker = small_office.logged_in("Piet", role="picker")
    assert picker.get(f"{PLACE}/report?key={key}").status_code == 403


def test_the_list_alone_is_asked_for_when_something_happens(small_office: Office, shop: Shop):
    shop.paid((1, "CUP"))
    give_up(shop, "notify.confirmation", "away")
    ann = small_office.logged_in()
    whole, part = ann.get(PLACE).text, ann.get(PLACE, **{"HX-Request": "true"}).text
    assert "<html" in whole and "<html" not in part
    assert "Tell the customer" in part
