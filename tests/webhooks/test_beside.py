"""Webhooks beside everything else: whoever is slow holds up nobody, and a crash loses nothing."""

import json
import threading
import time
from collections.abc import Callable

import pytest

from purvey.operations.webhook_deliveries import record_attempts
from purvey.worker import webhook_calls
from purvey.worker.run import Worker
from purvey.worker.webhook_calls import AT_ONCE
from tests.faults.crashes import Crash
from tests.servers.receiver import Got, Receiver, Says
from tests.webhooks.conftest import Sender


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.005)


def test_a_slow_endpoint_holds_up_neither_others_nor_orders(sender: Sender, receiver: Receiver):
    with Receiver() as slow:
        slow.answers = [Says(after_seconds=60)]
        sender.endpoint(slow.url())
        sender.endpoint(receiver.url())
        order = sender.happens()
        sender.happens()  # enough events for all threads, in the first batch already
        until(lambda: sender.worker.round() >= 0 and len(slow.got) >= AT_ONCE)
        sender.shop.stock(5, "85123A")
        second = sender.shop.order((1, "85123A"))
        began = time.monotonic()

        def all_told() -> bool:
            sender.worker.round()
            told = {json.loads(x.body)["data"]["order_id"]: x for x in ready(receiver)}
            return {order.id, second.id} <= told.keys()

        until(all_told)
        assert time.monotonic() - began < 10
        assert sender.shop.look(second).state == "ready"
        assert len(slow.got) == AT_ONCE, "no more than so many at once"


def ready(receiver: Receiver) -> list[Got]:
    return [x for x in receiver.got if json.loads(x.body)["type"] == "order.ready"]


def test_a_batch_ends_at_the_first_failure(sender: Sender, receiver: Receiver):
    """Nobody who is down gets forty requests to tell that it is down."""
    receiver.answers = [Says(500)]
    endpoint = sender.endpoint(receiver.url(), "order.received")
    for _ in range(20):
        sender.shop.stock(1, "85123A")
        sender.shop.order((1, "85123A"))
    while not sender.calls.is_busy:
        assert sender.worker.round()
    until(lambda: not any(t.name == "webhook" for t in threading.enumerate()))
    assert 1 <= len(receiver.got) <= AT_ONCE
    sender.worker.round()
    assert sender.look(endpoint).failing_since is not None


def test_a_crash_between_sending_and_writing_down_sends_it_again_with_the_same_id(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    endpoint = sender.endpoint(receiver.url(), "order.received")
    sender.happens()

    def crash(*_: object, **__: object) -> None:
        raise Crash

    monkeypatch.setattr(webhook_calls, "record_attempts", crash)
    with pytest.raises(Crash):
        sender.send()
    assert len(receiver.got) == 1
    assert [x.delivery.state for x in sender.log(endpoint)] == ["open"]

    monkeypatch.setattr(webhook_calls, "record_attempts", record_attempts)
    sender.worker = Worker(sender.house, only=[sender.shop.shard])  # the next process
    sender.send()
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert [x.delivery.state for x in sender.log(endpoint)] == ["delivered"]
    sender.send(days=1)
    assert len(receiver.got) == 2


def test_what_somebody_else_has_claimed_is_not_sent_before_the_lease_is_over(
    sender: Sender, receiver: Receiver
):
    sender.endpoint(receiver.url(), "order.received")
    sender.send()  # takes back what a dead one had claimed; from now on nobody is dead
    sender.happens()
    receiver.answers = [Says(500), Says(200)]
    sender.send()
    later = int(sender.house.clock().timestamp() * 1e6) + 600_000_000
    sender.house.database.run(
        sender.shop.shard,
        lambda tx: tx.sql.execute(
            "update webhook_delivery set lease_until = :later where shard = :shard", later=later
        ),
    )
    sender.send(minutes=9)
    assert len(receiver.got) == 1
    sender.send(minutes=2)
    assert len(receiver.got) == 2


def test_closing_does_not_wait_for_a_receiver_that_never_answers(
    sender: Sender, receiver: Receiver
):
    receiver.answers = [Says(after_seconds=60)]
    sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    while not sender.calls.is_busy:
        assert sender.worker.round()
    until(lambda: bool(receiver.got))
    began = time.monotonic()
    sender.worker.close()
    assert time.monotonic() - began < 6


def test_an_old_log_is_forgotten_and_a_removed_endpoint_with_it(sender: Sender, receiver: Receiver):
    from purvey.operations.webhooks import remove_endpoints
    from purvey.worker.housekeeping import Housekeeping

    kept = sender.endpoint(receiver.url(), "order.received")
    gone = sender.endpoint(receiver.url(), "order.received")
    sender.happens()
    sender.send()
    sender.do(remove_endpoints, gone.id)
    sender.send(days=29)
    Housekeeping(sender.house).tidy(sender.shop.shard)
    assert len(sender.log(kept)) == 1
    assert count(sender, "webhook_endpoint") == 2
    sender.send(days=2)
    Housekeeping(sender.house).tidy(sender.shop.shard)
    assert sender.log(kept) == []
    assert count(sender, "webhook_attempt") == 0
    assert count(sender, "webhook_endpoint") == 1


def count(sender: Sender, table: str) -> int:
    return len(sender.shop.rows(f"select shard from {table} where shard = :shard"))
