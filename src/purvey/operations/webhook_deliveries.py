"""Deliveries of webhooks: made from the feed, tried, tried again, sent anew when somebody asks.

What the receiver's answers mean is decided here, for as many as have come back at once:

- 2xx: delivered. If it had failed before, all that waits for this endpoint is due now.
- 410: the receiver wants no more: the endpoint is switched off.
- anything else, or no answer: again after the next wait (domain/webhooks.py), or as late as
  Retry-After says, which holds up the whole endpoint; after the last wait it has failed.
- five days with failures and without a success: the endpoint is switched off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from purvey.domain import webhooks
from purvey.domain.webhooks import Attempt, Delivery, Endpoint, next_wait
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.people import note
from purvey.operations.webhooks import NOT_FOUND, switched_off
from purvey.ports.storage import Transaction

REPLAYED_AT_ONCE = 1_000
SWITCHED_OFF = Refusal("endpoint_off", "The endpoint is switched off: switch it on first.")
NO_DELIVERY = Refusal("not_found", "This endpoint has no such delivery.")
UNDER_WAY = Refusal("not_allowed", "It is on its way already.")


def send_tests(
    tx: Transaction, endpoint_ids: Sequence[str], *, act: Act
) -> list[Delivery | Refusal]:
    """A test event for each; it is tried once."""
    known = tx.webhooks.find(endpoint_ids)
    answers = [_test(known.get(id_), act) for id_ in endpoint_ids]
    tx.webhooks.add_deliveries([x for x in answers if isinstance(x, Delivery)])
    return answers


def _test(endpoint: Endpoint | None, act: Act) -> Delivery | Refusal:
    if endpoint is None:
        return NOT_FOUND
    if endpoint.state != webhooks.ON:
        return SWITCHED_OFF
    id_ = act.new_id("whd")
    return Delivery(
        id=id_,
        endpoint_id=endpoint.id,
        event_id=f"evt_test_{id_.partition('_')[2]}",
        type=webhooks.TEST,
        order_id=None,
        position=0,
        due_at=act.now,
        created_at=act.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    endpoint_id: str
    delivery_id: str


def replay(tx: Transaction, wishes: Sequence[Replay], *, act: Act) -> list[Delivery | Refusal]:
    """Send deliveries once more, with the same webhook-id, whatever became of them."""
    endpoints = tx.webhooks.find({wish.endpoint_id for wish in wishes})
    known = tx.webhooks.deliveries({wish.delivery_id for wish in wishes})
    answers = [
        _again(endpoints.get(wish.endpoint_id), known.get(wish.delivery_id), act) for wish in wishes
    ]
    again = [answer for answer in answers if isinstance(answer, Delivery)]
    tx.webhooks.save_deliveries(list({x.id: x for x in again}.values()))
    return answers


def _again(endpoint: Endpoint | None, delivery: Delivery | None, act: Act) -> Delivery | Refusal:
    if endpoint is None:
        return NOT_FOUND
    if delivery is None or delivery.endpoint_id != endpoint.id:
        return NO_DELIVERY
    if endpoint.state != webhooks.ON:
        return SWITCHED_OFF
    if delivery.state == webhooks.OPEN and delivery.attempts == 0:
        return UNDER_WAY
    return _reopened(delivery, act)


def _reopened(delivery: Delivery, act: Act) -> Delivery:
    return evolve(delivery, state=webhooks.OPEN, tries=0, due_at=act.now, done_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayFailed:
    endpoint_id: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """`more`: there are failed ones left; ask again."""

    count: int
    more: bool


def replay_failed(
    tx: Transaction, wishes: Sequence[ReplayFailed], *, act: Act
) -> list[Replayed | Refusal]:
    """All that failed since a time: the oldest REPLAYED_AT_ONCE of each endpoint."""
    endpoints = tx.webhooks.find({wish.endpoint_id for wish in wishes})
    answers: list[Replayed | Refusal] = []
    for wish in wishes:
        endpoint = endpoints.get(wish.endpoint_id)
        if endpoint is None or endpoint.state != webhooks.ON:
            answers.append(SWITCHED_OFF if endpoint else NOT_FOUND)
            continue
        found = tx.webhooks.failed_since(endpoint.id, wish.since, limit=REPLAYED_AT_ONCE + 1)
        chosen = found[:REPLAYED_AT_ONCE]
        tx.webhooks.save_deliveries([_reopened(one, act) for one in chosen])
        answers.append(Replayed(count=len(chosen), more=len(found) > len(chosen)))
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a person should hear of: what failed for good, and who was switched off."""

    deliveries: Sequence[Delivery]
    switched_off: Sequence[Endpoint]


def record_attempts(tx: Transaction, attempts: Sequence[Attempt], *, act: Act) -> Recorded:
    """Write down what came of requests. The number of statements does not depend on theirs."""
    before = tx.webhooks.find({attempt.endpoint_id for attempt in attempts})
    known = dict(tx.webhooks.deliveries({attempt.delivery_id for attempt in attempts}))
    after = dict(before)
    logged: list[Attempt] = []
    for attempt in attempts:
        delivery = known.get(attempt.delivery_id)
        if delivery is None or delivery.endpoint_id not in after:
            continue  # removed while the request was under way
        known[delivery.id] = moved = _delivery_after(delivery, attempt, act)
        logged.append(evolve(attempt, no=moved.attempts))
        after[moved.endpoint_id] = _endpoint_after(after[moved.endpoint_id], attempt, act)
    tx.webhooks.save(list(after.values()))
    tx.webhooks.save_deliveries([x for x in known.values() if x.endpoint_id in after])
    tx.webhooks.add_attempts(logged)
    off = [x for x in after.values() if x.state != before[x.id].state]
    tx.people.note([note(act, x.id, deed=_DEEDS[x.off_reason or webhooks.FAILING]) for x in off])
    well = [x.id for x in after.values() if before[x.id].failing_since and not x.failing_since]
    tx.webhooks.bring_forward(well, act.now)
    return Recorded(deliveries=list(known.values()), switched_off=off)


_DEEDS = {
    webhooks.GONE: "switched off the webhook: its receiver says it is gone (410)",
    webhooks.FAILING: "switched off the webhook: it failed for five days",
}


def _delivery_after(delivery: Delivery, attempt: Attempt, act: Act) -> Delivery:
    tried = evolve(delivery, attempts=delivery.attempts + 1, tries=delivery.tries + 1)
    if attempt.is_success:
        return evolve(tried, state=webhooks.DELIVERED, done_at=act.now)
    if delivery.state != webhooks.OPEN:
        return tried  # skipped meanwhile, or another attempt was faster
    wait = next_wait(delivery, attempt)
    if wait is None or attempt.status == webhooks.GONE_STATUS:
        return evolve(tried, state=webhooks.FAILED, done_at=act.now)
    return evolve(tried, due_at=act.now + wait)


def _endpoint_after(endpoint: Endpoint, attempt: Attempt, act: Act) -> Endpoint:
    endpoint = evolve(endpoint, last_attempt_at=act.now)
    if attempt.is_success:
        return evolve(endpoint, last_success_at=act.now, failing_since=None)
    since = endpoint.failing_since or act.now
    endpoint = evolve(endpoint, failing_since=since)
    if attempt.retry_after:
        pause = min(attempt.retry_after, webhooks.LONGEST_WAIT)
        endpoint = evolve(endpoint, paused_until=act.now + pause)
    if endpoint.state != webhooks.ON:
        return endpoint
    if attempt.status == webhooks.GONE_STATUS:
        return switched_off(endpoint, act, reason=webhooks.GONE)
    if act.now - since >= webhooks.GIVE_UP_AFTER:
        return switched_off(endpoint, act, reason=webhooks.FAILING)
    return endpoint
