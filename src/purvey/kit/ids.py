"""Ids that sort by time: UUIDv7 (RFC 9562, section 5.7), shown with a prefix that says of what."""

from collections.abc import Callable
from datetime import datetime

NewId = Callable[[str], str]

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


def uuid7_hex(unix_ms: int, entropy: int) -> str:
    """32 hex digits from milliseconds since 1970 and at least 74 random bits."""
    rand_a = (entropy >> 62) & 0xFFF
    rand_b = entropy & 0x3FFF_FFFF_FFFF_FFFF
    time = (unix_ms & 0xFFFF_FFFF_FFFF) << 80
    return f"{time | _VERSION_7 | rand_a << 64 | _VARIANT_RFC | rand_b:032x}"


def prefixed_ids(now_ms: Callable[[], int], random_bits: Callable[[int], int]) -> NewId:
    """A maker of ids such as `ord_0192...`; the clock and the dice are the caller's."""
    return lambda prefix: f"{prefix}_{uuid7_hex(now_ms(), random_bits(74))}"


def first_id(prefix: str, at: datetime) -> str:
    """Below every id that was made at this moment or later, and above every one made before."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}"
