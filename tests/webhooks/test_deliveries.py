"""From what happens to what a receiver gets: in order, at least once, and again when it fails."""

import json
from datetime import timedelta
from typing import Any

import pytest

from purvey.adapters.standard_webhooks import new_secret, verify
from purvey.domain import webhooks
from purvey.domain.webhooks import WAITS
from purvey.kit.process import Refusal
from purvey.operations.webhook_deliveries import (
    Replay,
    Replayed,
    ReplayFailed,
    replay,
    replay_failed,
    send_tests,
)
from purvey.operations.webhooks import (
    EndpointChange,
    SwitchOn,
    change_endpoints,
    remove_endpoints,
    rotate_secrets,
    switch_off,
    switch_on,
)
from purvey.queries.history import event_json, events_after
from tests.servers.receiver import Got, Receiver, Says
from tests.webhooks.conftest import Sender


def types(receiver: Receiver) -> list[str]:
    return [json.loads(got.body)["type"] for got in receiver.got]


def test_each_event_is_told_in_order_as_the_feed_has_it(sender: Sender, receiver: Receiver):
    secret = new_secret()
    sender.endpoint(receiver.url(), secret=secret)
    order = sender.happens()
    sender.send()
    with sender.house.database.reading(sender.shop.shard) as sql:
        feed = [event_json(x) for x in events_after(sql, 0, limit=100).items]
    told = {got.id: json.loads(got.body) for got in receiver.got}
    assert [x["id"] for x in feed] == sorted(told, key=lambda id_: told[id_]["data"]["position"])
    for event in feed:
        body = told[event["id"]]
        assert body == {"type": event["type"], "timestamp": event["at"], "data": event}
        assert body["data"]["order_id"] == order.id
        assert body["data"]["order_number"] == str(order.number)
    assert {"order.received", "order.ready", "payment.authorised"} <= set(types(receiver))
    for got in receiver.got:
        now = sender.house.clock()
        assert verify(secret=secret, headers=got.headers, body=got.body, now=now) == got.id


def test_an_endpoint_hears_what_it_asked_for_and_from_then_on(sender: Sender, receiver: Receiver):
    sender.happens()
    sender.send()
    sender.endpoint(receiver.url("/one"), "order.ready")
    sender.endpoint(receiver.url("/all"), "payment.*")
    sender.happens()
    sender.send()
    by_path: dict[str, set[str]] = {}
    for got in receiver.got:
        by_path.setdefault(got.path, set()).add(json.loads(got.body)["type"])
    assert by_path == {"/one": {"order.ready"}, "/all": {"payment.authorised"}}


def test_a_failure_is_tried_again_for_three_days_and_then_told(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(500, body=b"out of order")]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    for wait in WAITS:
        seconds = wait.total_seconds()
        many = len(receiver.got)
        sender.send(seconds=seconds - 1)
        assert len(receiver.got) == many, "not before its time"
        sender.send(seconds=seconds * webhooks.JITTER + 2)
        assert len(receiver.got) == many + 1
    sender.send(days=3)
    assert len(receiver.got) == len(WAITS) + 1
    assert len({(got.id, got.body) for got in receiver.got}) == 1
    [logged] = sender.log(endpoint)
    assert logged.delivery.state == "failed"
    assert [(a.no, a.status, a.answer) for a in logged.attempts] == [
        (no, 500, "out of order") for no in range(1, 11)
    ]


def test_each_attempt_is_signed_for_its_own_time(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(503), Says()]
    secret = new_secret()
    sender.endpoint(receiver.url(), "order.received", secret=secret)
    sender.happens()
    sender.send()
    first = sender.house.clock()
    sender.send(minutes=10)
    one, two = receiver.got
    assert verify(secret=secret, headers=one.headers, body=one.body, now=first) == one.id
    now = sender.house.clock()
    assert verify(secret=secret, headers=two.headers, body=two.body, now=now) == one.id


@pytest.mark.parametrize("says", [Says(301), Says(404), Says(500), Says(204)])
def test_only_2xx_is_a_success(sender: Sender, receiver: Receiver, says: Says):
    receiver.answers = [says]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    [logged] = sender.log(endpoint)
    assert logged.delivery.state == ("delivered" if says.status == 204 else "open")


def test_retry_after_holds_up_the_whole_endpoint_and_nobody_else(
    sender: Sender, receiver: Receiver
):
    receiver.answers = [Says(429, headers={"Retry-After": "3600"}), Says()]
    sender.endpoint(receiver.url("/busy"), "order.received")
    sender.happens()
    sender.send()
    sender.endpoint(receiver.url("/other"), "order.received")
    sender.happens()
    sender.send(minutes=30)
    assert [got.path for got in receiver.got] == ["/busy", "/other"]
    sender.send(minutes=31)
    assert [got.path for got in receiver.got] == ["/busy", "/other", "/busy", "/busy"]


def test_gone_switches_the_endpoint_off_at_once(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(410)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    sender.happens()
    sender.send(hours=1)
    after = sender.look(endpoint)
    assert (after.state, after.off_reason) == ("off", "gone")
    assert len(receiver.got) == 1
    assert "410" in notes(sender)[-1].deed


def notes(sender: Sender) -> list[Any]:
    return sender.shop.rows('select * from journal where shard = :shard order by "at", id')


def test_five_days_without_a_success_switch_it_off_with_a_notice(
    sender: Sender, receiver: Receiver
):
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    for _ in range(6):
        sender.happens()
        sender.send()
        assert sender.look(endpoint).state == "on"
        sender.send(hours=23)
    sender.send(hours=23)
    after = sender.look(endpoint)
    assert (after.state, after.off_reason) == ("off", "failing")
    assert after.failing_since is not None
    assert notes(sender)[-1].actor == "worker"
    assert "five days" in notes(sender)[-1].deed
    many = len(receiver.got)
    sender.send(days=1)
    assert len(receiver.got) == many


def test_one_success_in_between_and_it_stays_on(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    sender.send(days=4)
    receiver.answers = [Says(200), Says(500)]
    sender.send(days=1)
    assert sender.look(endpoint).failing_since is None
    sender.happens()
    sender.send(days=1)
    assert sender.look(endpoint).state == "on"


def test_when_it_answers_again_all_that_waits_is_sent_at_once(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    for _ in range(5):
        sender.happens()
        sender.send(hours=3)
    assert len(sender.log(endpoint, "open")) == 5
    receiver.answers = [Says(200)]
    sender.happens()
    sender.send()
    assert len(sender.log(endpoint, "delivered")) == 6
    assert sender.look(endpoint).failing_since is None


def test_switched_off_and_on_again_what_was_missed_is_sent(sender: Sender, receiver: Receiver):
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.do(switch_off, endpoint.id)
    sender.happens()
    sender.send(hours=1)
    assert receiver.got == []
    sender.do(switch_on, SwitchOn(endpoint_id=endpoint.id))
    sender.send()
    assert types(receiver) == ["order.received"]


def test_or_left_out_when_somebody_says_so(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    sender.do(switch_off, endpoint.id)
    sender.happens()
    sender.send()
    receiver.answers = [Says(200)]
    sender.do(switch_on, SwitchOn(endpoint_id=endpoint.id, send_missed=False))
    sender.send(days=1)
    assert len(receiver.got) == 1
    assert [x.delivery.state for x in sender.log(endpoint)] == ["skipped"]
    sender.happens()
    sender.send()
    assert len(receiver.got) == 2


def test_a_new_secret_and_the_old_one_both_sign_for_a_day(sender: Sender, receiver: Receiver):
    old, new = new_secret(), new_secret()
    endpoint = sender.endpoint(receiver.url(), "order.received", secret=old)
    sender.do(rotate_secrets, (endpoint.id, new))
    sender.happens()
    sender.send(hours=23)
    sender.happens()
    sender.send(hours=2)
    [with_both, with_one] = receiver.got
    assert signs(with_both, old, sender) == signs(with_both, new, sender) == "right"
    assert (signs(with_one, old, sender), signs(with_one, new, sender)) == ("wrong", "right")


def signs(got: Got, secret: str, sender: Sender) -> str:
    from datetime import UTC, datetime

    from purvey.adapters import BadWebhook

    at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    try:
        verify(secret=secret, headers=got.headers, body=got.body, now=at)
    except BadWebhook:
        return "wrong"
    return "right"


def test_no_secret_and_no_signature_comes_into_the_log(sender: Sender, receiver: Receiver):
    secret = new_secret()
    endpoint = sender.endpoint(receiver.url(), "order.received", secret=secret)

    def echo(got: Got) -> None:
        text = f"{secret} {got.headers['webhook-signature']}"
        receiver.answers = [Says(500, body=text.encode())]

    receiver.on_request = echo
    sender.happens()
    sender.send()
    sender.send(seconds=10)
    for attempt in sender.log(endpoint)[0].attempts[1:]:
        assert secret not in attempt.answer
    text = str(sender.shop.rows("select * from webhook_attempt where shard = :shard"))
    assert secret.removeprefix("whsec_") not in text
    assert secret not in str(sender.look(endpoint))


def test_a_delivery_is_sent_once_more_with_the_same_id(sender: Sender, receiver: Receiver):
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    [logged] = sender.log(endpoint)
    wish = Replay(endpoint_id=endpoint.id, delivery_id=logged.delivery.id)
    assert not isinstance(sender.do(replay, wish), Refusal)
    sender.send()
    assert len({got.id for got in receiver.got}) == 1
    assert len(receiver.got) == 2
    assert [x.no for x in sender.log(endpoint)[0].attempts] == [1, 2]


def test_all_that_failed_since_a_time_is_sent_once_more(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhooks, "WAITS", (timedelta(seconds=5),))
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    began = sender.house.clock()
    for _ in range(3):
        sender.happens()
    sender.send()
    sender.send(seconds=10)
    assert len(sender.log(endpoint, "failed")) == 3
    receiver.answers = [Says(200)]
    late = sender.house.clock() + timedelta(days=1)
    nothing = sender.do(replay_failed, ReplayFailed(endpoint_id=endpoint.id, since=late))
    assert nothing == Replayed(count=0, more=False)
    all_ = sender.do(replay_failed, ReplayFailed(endpoint_id=endpoint.id, since=began))
    assert all_ == Replayed(count=3, more=False)
    sender.send()
    assert len(sender.log(endpoint, "delivered")) == 3


def test_a_test_event_is_tried_once(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.shipped")
    sender.do(send_tests, endpoint.id)
    sender.send()
    sender.send(hours=1)
    [got] = receiver.got
    assert json.loads(got.body)["type"] == "webhook.test"
    assert got.id.startswith("evt_test_")
    assert [x.delivery.state for x in sender.log(endpoint)] == ["failed"]


def test_what_waits_goes_to_the_new_url(sender: Sender, receiver: Receiver):
    receiver.answers = [Says(404), Says()]
    endpoint = sender.endpoint(receiver.url("/old"), "order.received")
    sender.happens()
    sender.send()
    check = sender.house.webhook_rules.problem_with
    change = EndpointChange(
        endpoint_id=endpoint.id, url=receiver.url("/new"), event_types=("order.received",)
    )
    sender.do(change_endpoints, change, check=check)
    sender.send(seconds=10)
    assert [got.path for got in receiver.got] == ["/old", "/new"]


def test_a_removed_endpoint_gets_nothing_more_and_its_secret_is_gone(
    sender: Sender, receiver: Receiver
):
    endpoint = sender.endpoint(receiver.url(), "order.received")
    receiver.answers = [Says(500)]
    sender.happens()
    sender.send()
    sender.do(remove_endpoints, endpoint.id)
    sender.happens()
    sender.send(hours=1)
    assert len(receiver.got) == 1
    [row] = sender.shop.rows("select * from webhook_endpoint where shard = :shard")
    assert (row.state, row.secret) == ("removed", "")


def test_the_backlog_of_a_dead_endpoint_is_bounded_and_nothing_is_lost(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("purvey.worker.webhook_plan.MAX_WAITING", 3)
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    for _ in range(8):
        sender.happens()
    sender.send()
    sender.send(seconds=10)
    assert len(sender.log(endpoint, "open")) == 3
    receiver.answers = [Says(200)]
    sender.send(hours=1)
    assert len(sender.log(endpoint, "delivered")) == 8
    assert len({got.id for got in receiver.got}) == 8
