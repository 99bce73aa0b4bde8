"""The sandbox's webhooks: what is written on them, and how they are read again."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ValidationError

from purvey.adapters.adapter import BadWebhook
from purvey.adapters.sandbox_gateway.books import Call
from purvey.adapters.sandbox_gateway.rules import Account
from purvey.ports.payment import GatewayReport

KINDS = {
    "payment.authorised": "authorised",
    "payment.declined": "declined",
    "payment.captured": "captured",
    "payment.voided": "voided",
    "payment.refunded": "refunded",
}
_TYPES = {kind: type_ for type_, kind in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A webhook ready to be sent: POST `body` with `headers`. Sign anew for a later attempt."""

    id: str
    body: bytes
    headers: dict[str, str]


class _Data(BaseModel):
    payment_id: str
    key: str
    reference: str
    amount: int
    currency: str
    reason: str | None = None


class _Event(BaseModel):
    type: str
    timestamp: str
    data: dict[str, object]


def body_of(call: Call, account: Account, *, reference: str) -> bytes:
    """In the shape that Standard Webhooks recommends: type, timestamp, data."""
    data = {
        "payment_id": account.payment_id,
        "key": call.key,
        "reference": reference,
        "amount": call.amount,
        "currency": account.currency,
        "reason": call.reason,
    }
    at = datetime.fromtimestamp(call.at, UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": _TYPES[call.outcome], "timestamp": at, "data": data}).encode()


def reports_in(body: bytes, *, event_id: str) -> list[GatewayReport]:
    """Nothing when it is about something that we do not follow. Raises BadWebhook."""
    try:
        event = _Event.model_validate_json(body)
        if event.type not in KINDS:
            return []
        data = _Data.model_validate(event.data)
    except ValidationError as error:
        raise BadWebhook(f"The webhook cannot be read: {error.error_count()} faults.") from None
    report = GatewayReport(
        event_id=event_id,
        kind=KINDS[event.type],
        payment_id=data.payment_id,
        key=data.key,
        reference=data.reference,
        amount=data.amount,
        reason=data.reason,
    )
    return [report]
