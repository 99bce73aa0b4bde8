"""Signing webhooks as Standard Webhooks says (https://www.standardwebhooks.com), both ways.

What is signed is "id.timestamp.body", so neither can be exchanged, and the time stops replays.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from purvey.adapters.adapter import BadWebhook

TOLERANCE_SECONDS = 300
SECRET_BYTES = 32
MAX_SIGNATURES = 10  # a sender that changes its secret sends two


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def signed_headers(
    *, secret: str, message_id: str, now: datetime, body: bytes, also: Sequence[str] = ()
) -> dict[str, str]:
    """The three headers that go with `body`. Sign at each attempt: the time is part of it. `also`:
    secrets that are on their way out, whose signatures stand beside the first."""
    timestamp = str(int(now.timestamp()))
    head = f"{message_id}.{timestamp}.".encode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(
            f"v1,{_signature(key, head, body)}" for key in (secret, *also)
        ),
    }


def verify(*, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The message's id, which is the same at every delivery. Raises BadWebhook."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp = given["webhook-id"], given["webhook-timestamp"]
        signatures = given["webhook-signature"].split()
    except KeyError as missing:
        raise BadWebhook(f"The header {missing.args[0]} is missing.") from None
    _check_age(timestamp, now)
    expected = "v1," + _signature(secret, f"{message_id}.{timestamp}.".encode(), body)
    if not any(_same(expected, x) for x in signatures[:MAX_SIGNATURES]):
        raise BadWebhook("No signature fits.")
    return message_id


def _check_age(timestamp: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadWebhook("The header webhook-timestamp is not a number of seconds.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadWebhook("The webhook is too old, or from the future.")


def _signature(secret: str, head: bytes, body: bytes) -> str:
    return base64.b64encode(hmac.digest(_key(secret), head + body, sha256)).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("A webhook secret is whsec_ and some base64.")
    return key


def _same(expected: str, given: str) -> bool:
    # In constant time, so that nobody can feel their way to a signature.
    return hmac.compare_digest(expected.encode(), given.encode())
