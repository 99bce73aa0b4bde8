"""Webhooks as the API shows them: shapes for the document, and the JSON made by hand."""

from typing import Any

from pydantic import BaseModel

from purvey.domain.webhooks import Attempt
from purvey.kit.json_text import time_text
from purvey.queries.webhooks import Health, Logged
from purvey.web.api.answers import Time
from purvey.web.api.order_json import maybe_time_text


class WebhookOut(BaseModel):
    """`event_types` empty: all. `state` is on or off; `off_reason`: by_hand, gone (its receiver
    answered 410), failing (five days without a success). `waiting` and `failed` count deliveries,
    up to 1,001. Until `old_secret_until` the secret before signs as well."""

    id: str
    url: str
    description: str
    event_types: list[str]
    state: str
    off_reason: str | None
    state_since: Time
    failing_since: Time | None
    last_success_at: Time | None
    last_attempt_at: Time | None
    paused_until: Time | None
    old_secret_until: Time | None
    waiting: int
    failed: int
    version: int
    created_at: Time
    created_by: str


class WebhookWithSecret(WebhookOut):
    """`secret` is shown this once."""

    secret: str


class AttemptOut(BaseModel):
    """`outcome`: answered, timeout, refused (the address is not allowed), unknown_name,
    unreachable, tls, broken. `answer`: the first 500 characters, or what went wrong."""

    no: int
    at: Time
    duration_ms: int
    status: int | None
    outcome: str
    answer: str


class DeliveryOut(BaseModel):
    """`event_id` is the `webhook-id`. `state`: open, delivered, failed, skipped. `next_attempt_at`
    is there while it is open."""

    id: str
    event_id: str
    event_type: str
    order_id: str | None
    order_number: str | None
    state: str
    next_attempt_at: Time | None
    created_at: Time
    done_at: Time | None
    attempts: list[AttemptOut]


class ReplayedOut(BaseModel):
    """`more`: not all of them at once; ask again."""

    replayed: int
    more: bool


def webhook_json(health: Health, *, secret: str | None = None) -> dict[str, Any]:
    endpoint = health.endpoint
    content = {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": list(endpoint.event_types),
        "state": endpoint.state,
        "off_reason": endpoint.off_reason,
        "state_since": time_text(endpoint.state_since),
        "failing_since": maybe_time_text(endpoint.failing_since),
        "last_success_at": maybe_time_text(endpoint.last_success_at),
        "last_attempt_at": maybe_time_text(endpoint.last_attempt_at),
        "paused_until": maybe_time_text(endpoint.paused_until),
        "old_secret_until": maybe_time_text(endpoint.old_secret_until),
        "waiting": health.waiting,
        "failed": health.failed,
        "version": endpoint.version,
        "created_at": time_text(endpoint.created_at),
        "created_by": endpoint.created_by,
    }
    return content if secret is None else {**content, "secret": secret}


def delivery_json(logged: Logged) -> dict[str, Any]:
    delivery = logged.delivery
    return {
        "id": delivery.id,
        "event_id": delivery.event_id,
        "event_type": delivery.type,
        "order_id": delivery.order_id,
        "order_number": None if logged.order_number is None else str(logged.order_number),
        "state": delivery.state,
        "next_attempt_at": time_text(delivery.due_at) if delivery.state == "open" else None,
        "created_at": time_text(delivery.created_at),
        "done_at": maybe_time_text(delivery.done_at),
        "attempts": [_attempt_json(attempt) for attempt in logged.attempts],
    }


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "no": attempt.no,
        "at": time_text(attempt.at),
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "outcome": attempt.outcome,
        "answer": attempt.answer,
    }
