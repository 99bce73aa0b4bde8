"""Webhooks go out beside the worker's loop: whoever is slow holds up nobody but itself.

1. A turn of the loop claims what is due, a batch for each endpoint that has none under way, by
   lease: what dies with the process comes back by itself, with the same webhook-id.
2. Each batch has threads of its own, so the endpoints do not share any. They take from it in order.
   An endpoint that failed last time gets one request at a time, and after a failure the rest of its
   batch is given back unsent.
3. Nothing is sent whose lease is over: somebody else may have it by now.
4. The next turn writes down all that came back, in one transaction.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

import structlog

from purvey import metrics
from purvey.adapters.standard_webhooks import signed_headers
from purvey.adapters.webhook_call import Answer, Caller
from purvey.domain.webhooks import FAILED, Attempt, Delivery, Endpoint
from purvey.kit.json_text import compact, time_text
from purvey.operations.webhook_deliveries import Recorded, record_attempts
from purvey.queries.history import Event, event_json, events_at
from purvey.queries.webhooks import AtWork, endpoints_at_work
from purvey.storage.database import assert_no_transaction
from purvey.storage.transaction import SqlTransaction
from purvey.storage.webhook_log import take_back_leases
from purvey.storage.webhooks import claim_deliveries, give_back
from purvey.wiring import House
from purvey.worker.webhook_plan import plan_deliveries

log = structlog.get_logger()
ACTOR = "worker"
AT_ONCE = 4  # requests to one endpoint
BATCH = 40  # deliveries of one endpoint that are claimed together
LEASE_SECONDS = 240  # a batch in which every request takes all its time is over before that
CLOSE_SECONDS = 3.0
TEST_TEXT = "A test event: nothing happened to any order."


@dataclass(slots=True)
class _Batch:
    """`left` is taken from by several threads, which is safe; `failed` stops them."""

    endpoint: Endpoint
    left: Iterator[tuple[Delivery, bytes]]
    until: float
    running: int
    failed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class WebhookCalls:
    """The webhooks of one shard. `wake` is called when there is something to write down."""

    def __init__(self, house: House, shard: int, *, wake: Callable[[], None] = lambda: None):
        self._house, self._shard, self._wake = house, shard, wake
        self.caller = Caller(rules=house.webhook_rules)
        self._came_back: SimpleQueue[tuple[Delivery, Attempt | None]] = SimpleQueue()
        self._under_way: dict[str, set[str]] = {}  # deliveries by endpoint
        self._closing = threading.Event()
        self._is_new = True

    @property
    def is_busy(self) -> bool:
        return bool(self._under_way)

    def turn(self) -> int:
        """Returns how much was done."""
        if self._is_new:
            self._house.database.run(self._shard, lambda tx: take_back_leases(tx.sql))
            self._is_new = False
        recorded = self._record()
        with self._house.database.reading(self._shard) as sql:
            at_work = endpoints_at_work(sql)
        planned = plan_deliveries(self._house, self._shard, at_work)
        return recorded + planned + self._send(at_work)

    def close(self) -> None:
        """What has not come back after a moment is sent again when its lease is over."""
        self._closing.set()
        end = time.monotonic() + CLOSE_SECONDS
        while self.is_busy and time.monotonic() < end:
            self._record()
            time.sleep(0.01)
        self._record()

    def _send(self, at_work: Sequence[AtWork]) -> int:
        now = self._house.clock()
        ready = {x.endpoint.id: x.endpoint for x in at_work if self._is_ready(x, now)}
        if not ready:
            return 0
        wishes = {x.id: 1 if x.failing_since else BATCH for x in ready.values()}
        until = time.monotonic() + LEASE_SECONDS
        claimed = self._house.database.run(
            self._shard,
            lambda tx: claim_deliveries(tx.sql, wishes, now=now, lease_seconds=LEASE_SECONDS),
        )
        bodies = self._bodies(claimed)
        for endpoint in ready.values():
            mine = [(x, bodies[x.id]) for x in claimed if x.endpoint_id == endpoint.id]
            if mine:
                self._start(endpoint, mine, until)
        return len(claimed)

    def _is_ready(self, found: AtWork, now: datetime) -> bool:
        endpoint = found.endpoint
        if endpoint.id in self._under_way or found.next_due is None or found.next_due > now:
            return False
        return endpoint.paused_until is None or endpoint.paused_until <= now

    def _bodies(self, claimed: Sequence[Delivery]) -> dict[str, bytes]:
        positions = {x.position for x in claimed if x.position}
        events: Mapping[int, Event] = {}
        if positions:
            with self._house.database.reading(self._shard) as sql:
                events = events_at(sql, positions)
        return {x.id: body_of(x, events.get(x.position)) for x in claimed}

    def _start(
        self, endpoint: Endpoint, mine: Sequence[tuple[Delivery, bytes]], until: float
    ) -> None:
        assert_no_transaction()
        self._under_way[endpoint.id] = {delivery.id for delivery, _ in mine}
        threads = min(len(mine), 1 if endpoint.failing_since else AT_ONCE)
        batch = _Batch(endpoint, iter(mine), until, running=threads)
        for _ in range(threads):
            threading.Thread(target=self._work, args=(batch,), name="webhook", daemon=True).start()

    def _work(self, batch: _Batch) -> None:
        while True:
            with batch.lock:
                delivery, body = next(batch.left, (None, b""))
            if delivery is None:
                break
            self._came_back.put((delivery, self._attempt(batch, delivery, body)))
        with batch.lock:
            batch.running -= 1
            is_last = batch.running == 0
        if is_last:
            self._wake()

    def _attempt(self, batch: _Batch, delivery: Delivery, body: bytes) -> Attempt | None:
        """None: not sent."""
        if batch.failed or self._closing.is_set() or time.monotonic() >= batch.until:
            return None
        at = self._house.clock()
        secrets = batch.endpoint.secrets(at)
        headers = signed_headers(
            secret=secrets[0], also=secrets[1:], message_id=delivery.event_id, now=at, body=body
        )
        answer = self._call(batch.endpoint.url, headers, body)
        attempt = _attempt_of(delivery, answer, at, hidden=(*secrets, *_signatures(headers)))
        if not attempt.is_success:
            batch.failed = True
        return attempt

    def _call(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            return self.caller.post(url, headers=headers, body=body)
        except Exception as error:  # noqa: BLE001  # a thread's outermost place: it must come back
            log.error("webhook_call_failed", error=type(error).__name__)
            return Answer(
                outcome="broken", text="The request failed in purvey itself; see its log."
            )

    def _record(self) -> int:
        back = list(self._drain())
        if not back:
            return 0
        attempts = [attempt for _, attempt in back if attempt is not None]
        unsent = [delivery.id for delivery, attempt in back if attempt is None]
        act = self._house.act(ACTOR)

        def write(tx: SqlTransaction) -> Recorded:
            give_back(tx.sql, unsent)
            return record_attempts(tx, attempts, act=act)

        recorded = self._house.database.run(self._shard, write)
        for delivery, _ in back:
            self._is_back(delivery)
        _tell(attempts, recorded)
        return len(back)

    def _is_back(self, delivery: Delivery) -> None:
        mine = self._under_way[delivery.endpoint_id]
        mine.discard(delivery.id)
        if not mine:
            del self._under_way[delivery.endpoint_id]

    def _drain(self) -> Iterator[tuple[Delivery, Attempt | None]]:
        while True:
            try:
                yield self._came_back.get_nowait()
            except Empty:
                return


def body_of(delivery: Delivery, event: Event | None) -> bytes:
    """The same at every attempt."""
    assert event is not None or not delivery.position, "the feed loses nothing"
    if event is None:
        at = delivery.created_at
        data: Mapping[str, Any] = {"text": TEST_TEXT, "endpoint_id": delivery.endpoint_id}
    else:
        at, data = event.at, event_json(event)
    return compact({"type": delivery.type, "timestamp": time_text(at), "data": data}).encode()


def _attempt_of(
    delivery: Delivery, answer: Answer, at: datetime, *, hidden: Iterable[str]
) -> Attempt:
    text = answer.text
    for secret in hidden:
        text = text.replace(secret, "[left out]")
    return Attempt(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.id,
        at=at,
        duration_ms=answer.duration_ms,
        status=answer.status,
        outcome=answer.outcome,
        answer=text,
        retry_after=answer.retry_after,
    )


def _signatures(headers: Mapping[str, str]) -> list[str]:
    return headers["webhook-signature"].split()


def _tell(attempts: Sequence[Attempt], recorded: Recorded) -> None:
    """Figures and lines in the log, after the commit. No URL: it may be a secret."""
    states = {delivery.id: delivery for delivery in recorded.deliveries}
    for attempt in attempts:
        delivery = states.get(attempt.delivery_id)
        failed = delivery is not None and delivery.state == FAILED
        outcome = "delivered" if attempt.is_success else "failed" if failed else "retried"
        metrics.webhook_attempts.labels(outcome).inc()
        if failed:
            log.warning(
                "webhook_failed",
                endpoint=attempt.endpoint_id,
                delivery=attempt.delivery_id,
                status=attempt.status,
                outcome=attempt.outcome,
                remedy="purvey webhooks deliveries ENDPOINT",
            )
    for endpoint in recorded.switched_off:
        log.warning(
            "webhook_switched_off",
            endpoint=endpoint.id,
            reason=endpoint.off_reason,
            remedy="Mend the receiver, then switch it on: Settings > Webhooks",
        )
