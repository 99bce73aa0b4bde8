"""The worker's loop: for each shard it owns, deliver what is due, feed the events, run the sandbox.

It ends when told to (`stop`), or, with `until_idle`, when nothing is left that is due or under way.
Only this outermost loop catches what nobody foresaw: it is logged, the messages come back later,
and one bad message never keeps the others from being done.
"""

import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from purvey.ports.storage import Message
from purvey.ports.trouble import TryLater
from purvey.queries.webhooks import is_due_before
from purvey.storage.notices import bring_forward
from purvey.storage.times import to_us
from purvey.wiring import House
from purvey.worker import feed, sandbox_warehouse
from purvey.worker.desk import Desk, Told
from purvey.worker.handlers import HANDLERS
from purvey.worker.hands import Hands
from purvey.worker.housekeeping import Housekeeping
from purvey.worker.lease import give_up_lease, owner_name, take_lease
from purvey.worker.webhook_calls import WebhookCalls

log = structlog.get_logger()
WEBHOOKS_SOON = timedelta(seconds=10)  # the first retry is waited for, later ones are not


class Worker:
    """Works on the shards of a house whose lease it can get: on all of them, or on `only` some."""

    def __init__(self, house: House, *, only: Sequence[int] | None = None):
        self.house, self.owner, self._only = house, owner_name(), only
        self._pool = ThreadPoolExecutor(house.settings.adapter_threads, "adapter")
        self._hands = Hands(1 if house.database.is_sqlite else house.settings.worker_threads)
        self._stop, self._wake = threading.Event(), threading.Event()
        self._calls: dict[int, WebhookCalls] = {}
        self._leased: dict[int, float] = {}
        self._housekeeping = Housekeeping(house)

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()

    def run(self, *, until_idle: bool = False) -> None:
        try:
            while not self._stop.is_set():
                if self.round():
                    continue
                if until_idle and self._is_idle() and not self._bring_forward():
                    break
                self._wake.wait(self.house.settings.worker_poll_seconds)
                self._wake.clear()
        finally:
            self.close()

    def round(self) -> int:
        """One turn on each shard that is ours; returns how much was done."""
        return sum(self._turn(shard) for shard in self._shards())

    def close(self) -> None:
        """Let go of the threads and of the leases."""
        for calls in self._calls.values():
            calls.close()
        self._pool.shutdown()
        self._hands.close()
        for shard in self._leased:
            give_up_lease(self.house, shard, owner=self.owner)

    def _turn(self, shard: int) -> int:
        """One round of work; returns how much was done."""
        if not self._has_lease(shard):
            return 0
        desk = Desk(self.house, shard=shard, pool=self._pool)
        jobs: list[Callable[[], int]] = [
            lambda: deliver_due(desk, self._hands),
            lambda: feed.dispatch(self.house, shard),
            self.calls(shard).turn,
        ]
        if self.house.settings.sandbox_warehouse:
            jobs.append(lambda: sandbox_warehouse.work(self.house, shard))
        self._housekeeping.checkpoint()
        self._housekeeping.tidy(shard)
        return sum(self._hands.run(jobs))

    def calls(self, shard: int) -> WebhookCalls:
        """The shard's webhooks, which go out beside the loop."""
        if shard not in self._calls:
            self._calls[shard] = WebhookCalls(self.house, shard, wake=self._wake.set)
        return self._calls[shard]

    def _has_lease(self, shard: int) -> bool:
        """The lease is renewed when a third of it has passed, not at every round."""
        if time.monotonic() < self._leased.get(shard, 0.0):
            return True
        if not take_lease(self.house, shard, owner=self.owner):
            self._leased.pop(shard, None)
            return False
        self._leased[shard] = time.monotonic() + self.house.settings.lease_seconds / 3
        return True

    def _shards(self) -> Sequence[int]:
        return shards(self.house) if self._only is None else self._only

    def _bring_forward(self) -> int:
        """News that wait for company need not wait when there is nothing else to come."""
        now = self.house.clock()
        if self.house.quiet_hours.until(now):
            return 0
        run = self.house.database.run
        return sum(
            run(shard, lambda tx: bring_forward(tx.sql, now=now)) for shard in self._shards()
        )

    def _is_idle(self) -> bool:
        if any(calls.is_busy for calls in self._calls.values()):
            return False
        return all(_nothing_under_way(self.house, shard) for shard in self._shards())


def shards(house: House) -> Sequence[int]:
    with house.database.reading(0) as sql:
        return [row.shard for row in sql.rows("select shard from shop order by shard")]


def _nothing_under_way(house: House, shard: int) -> bool:
    """No message is due, leased or waiting for another try; timers far ahead do not count."""
    soon = house.clock() + timedelta(seconds=max(5.0, house.settings.lease_seconds))
    with house.database.reading(shard) as sql:
        row = sql.first(
            "select 1 from outbox where shard = :shard and state = 'open' and due_at <= :soon"
            " and effect not in ('hold.expire', 'payment.expire') limit 1",
            soon=to_us(soon),
        )
        return row is None and not is_due_before(sql, house.clock() + WEBHOOKS_SOON)


def deliver_due(desk: Desk, hands: Hands) -> int:
    """Claim what is due and hand each effect's messages to its handler; returns how many."""
    s = desk.house.settings
    now = desk.house.clock()
    messages = desk.house.database.run(
        desk.shard,
        lambda tx: tx.messages.claim(limit=s.worker_batch, lease_seconds=s.lease_seconds, now=now),
    )
    desk.read_ahead(messages)
    groups: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        groups[message.effect].append(message)
    hands.run([partial(_deliver, desk, effect, group) for effect, group in groups.items()])
    return len(messages)


def _deliver(desk: Desk, effect: str, messages: Sequence[Message]) -> None:
    """If a set fails for a reason nobody foresaw, each message is tried alone: one is guilty."""
    try:
        HANDLERS[effect](desk, messages)
    except Exception as error:  # noqa: BLE001  # the outermost loop: see the docstring above
        log.error("messages_failed", effect=effect, count=len(messages), error=type(error).__name__)
        if len(messages) > 1:
            for message in messages:
                _deliver(desk, effect, [message])
            return
        log.error("message_failed", key=messages[0].key, traceback=_where(error))
        told: Told[None] = Told(messages[0], trouble=TryLater(type(error).__name__))
        desk.record(lambda tx, act: desk.settle(tx, [told]))
        desk.count([told])


def _where(error: BaseException) -> str:
    """File, line and kind; an error's own text may hold what a customer wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return " > ".join([*places, type(error).__name__])
