"""Time-based one-time passwords (RFC 6238 over RFC 4226): six digits that change each half minute.

SHA-1 is what every authenticator app speaks; inside HMAC its weakness does not matter (RFC 6238,
section 1.2, and RFC 6194).
"""

import hmac
from base64 import b32decode
from collections.abc import Callable
from hashlib import sha1
from typing import Any
from urllib.parse import quote, urlencode

STEP_SECONDS, DIGITS = 30, 6
STEPS_AROUND = 1  # clocks differ, people type slowly: the code before and the one after are good


def code_at(
    secret: bytes, step: int, *, digits: int = DIGITS, algorithm: Callable[..., Any] = sha1
) -> str:
    """The code of the half minute number `step` since 1970."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), algorithm).digest()
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: str, code: str, *, unix_seconds: float, after: int) -> int | None:
    """The half minute whose code this is, if it is one of now that comes later than `after`.

    `after` is the last one that was used: a code that somebody has seen is of no use to them.
    """
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    key, now = decoded(secret), int(unix_seconds) // STEP_SECONDS
    steps = range(max(after + 1, now - STEPS_AROUND), now + STEPS_AROUND + 1)
    fitting = [step for step in steps if hmac.compare_digest(code_at(key, step), given)]
    return fitting[0] if fitting else None


def decoded(secret: str) -> bytes:
    """Base32, with or without blanks and padding. Raises ValueError."""
    letters = "".join(secret.split()).upper().rstrip("=")
    return b32decode(letters + "=" * (-len(letters) % 8))


def address_of(secret: str, *, issuer: str, account: str) -> str:
    """What the QR code says (Google Authenticator's Key URI Format, which all apps read)."""
    label = f"{quote(issuer.replace(':', ' '), safe='')}:{quote(account, safe='')}"
    values = {"secret": secret, "issuer": issuer.replace(":", " ")}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"
