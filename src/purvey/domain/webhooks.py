"""Endpoints of others that are told what happens, and what becomes of each delivery.

The times between attempts are those that Standard Webhooks suggests (spec/standard-webhooks.md,
"Deliverability and reliability"): ten attempts over three days.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

MAX_ENDPOINTS = 20  # of one shop
MAX_WAITING = 1_000  # open deliveries of one endpoint; what is beyond waits in the feed itself
MAX_DESCRIPTION = 200
MAX_TYPES = 50
OLD_SECRET_SIGNS = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=5)  # without a success: the endpoint is switched off
LONGEST_WAIT = timedelta(hours=24)  # that a receiver may ask for with Retry-After
JITTER = 0.2  # up to a fifth longer

WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
ON, OFF = "on", "off"
OPEN, DELIVERED, FAILED, SKIPPED = STATES = ("open", "delivered", "failed", "skipped")
BY_HAND, GONE, FAILING = "by_hand", "gone", "failing"
TEST = "webhook.test"
OK = 200, 299
GONE_STATUS = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`event_types` empty: all; `order.*`: all of orders. `fed_to` is the position in the feed up
    to which deliveries were made. `version` counts what people change, not its health."""

    id: str
    url: str
    description: str
    event_types: tuple[str, ...]
    secret: str = field(repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    state: str = ON
    off_reason: str | None = None
    state_since: datetime
    fed_to: int
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    last_attempt_at: datetime | None = None
    paused_until: datetime | None = None
    version: int = 1
    created_at: datetime
    created_by: str

    def wants(self, event_type: str) -> bool:
        return wants(self.event_types, event_type)

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """What signs: for a day after a change the old one as well."""
        if self.old_secret and self.old_secret_until and now < self.old_secret_until:
            return (self.secret, self.old_secret)
        return (self.secret,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one endpoint. `attempts` counts all, `tries` those since the last replay.
    A test has position 0 and no order."""

    id: str
    endpoint_id: str
    event_id: str
    type: str
    order_id: str | None
    position: int
    state: str = OPEN
    attempts: int = 0
    tries: int = 0
    due_at: datetime
    created_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one request. `outcome` is a word, `answer` what was answered or went wrong."""

    endpoint_id: str
    delivery_id: str
    at: datetime
    duration_ms: int
    status: int | None
    outcome: str
    answer: str
    retry_after: timedelta | None = None
    no: int = 0

    @property
    def is_success(self) -> bool:
        return self.status is not None and OK[0] <= self.status <= OK[1]


def wants(chosen: Collection[str], event_type: str) -> bool:
    if not chosen:
        return True
    return event_type in chosen or f"{event_type.partition('.')[0]}.*" in chosen


def next_wait(delivery: Delivery, attempt: Attempt) -> timedelta | None:
    """From this failed attempt to the next one; None after the last.

    The jitter comes from the delivery itself: no dice, and no two that failed together meet again.
    """
    if delivery.position == 0 or delivery.tries >= len(WAITS):
        return None
    share = crc32(f"{delivery.id}:{delivery.tries}".encode()) / 2**32
    wait = WAITS[delivery.tries] * (1 + JITTER * share)
    asked = min(attempt.retry_after or timedelta(), LONGEST_WAIT)
    return max(wait, asked)
