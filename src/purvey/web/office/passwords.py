"""Passwords as argon2id keeps them. Any text of 10 to 200 characters is one.

A check takes some 20 ms and 19 MiB on purpose (OWASP's parameters), so only a few run at a time:
thousands of tries at once must not eat the memory.
"""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH, MAX_LENGTH = 10, 200
AT_ONCE = 4
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_slots = threading.BoundedSemaphore(AT_ONCE)
# Of a password that nobody has: who asks for an unknown person waits as long as for a known one.
_NOBODYS = _hasher.hash("nobody has this one")


def what_is_wrong(password: str) -> str | None:
    """A sentence, or None for a password that can be kept."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"Write a password of {MIN_LENGTH} to {MAX_LENGTH} characters."
    return None


def hashed(password: str) -> str:
    with _slots:
        return _hasher.hash(_same_on_every_keyboard(password))


def fits(password: str, kept: str | None) -> bool:
    """`kept` None: a person who is unknown or has no password yet."""
    if len(password) > MAX_LENGTH:
        return False
    with _slots:
        try:
            _hasher.verify(kept or _NOBODYS, _same_on_every_keyboard(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _same_on_every_keyboard(password: str) -> str:
    """An umlaut may come as one sign or as two."""
    return unicodedata.normalize("NFKC", password)
