"""Passwords as argon2id keeps them. Any text of 10 to 200 characters is one.

A check takes some 20 ms and 19 MiB on purpose (OWASP's parameters), so only a few run at a time and
a few more wait: thousands of tries at once must eat neither the memory nor the threads of others.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.exceptions import HTTPException

MIN_LENGTH, MAX_LENGTH = 10, 200
AT_ONCE, WAITING = 4, 8
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_slots = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)
# Of a password that nobody has: who asks for an unknown person waits as long as for a known one.
_NOBODYS = _hasher.hash("nobody has this one")


class TooBusy(HTTPException):
    """Too many log in at the same time. Try again in a few seconds."""

    def __init__(self) -> None:
        super().__init__(503, self.__doc__, {"Retry-After": "5"})


def what_is_wrong(password: str) -> str | None:
    """A sentence, or None for a password that can be kept."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"Write a password of {MIN_LENGTH} to {MAX_LENGTH} characters."
    return None


def hashed(password: str) -> str:
    with _turn():
        return _hasher.hash(_same_on_every_keyboard(password))


def fits(password: str, kept: str | None) -> bool:
    """`kept` None: a person who is unknown or has no password yet."""
    if len(password) > MAX_LENGTH:
        return False
    with _turn():
        try:
            _hasher.verify(kept or _NOBODYS, _same_on_every_keyboard(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@contextmanager
def _turn() -> Iterator[None]:
    """Raises TooBusy."""
    if not _queue.acquire(blocking=False):
        raise TooBusy
    try:
        with _slots:
            yield
    finally:
        _queue.release()


def _same_on_every_keyboard(password: str) -> str:
    """An umlaut may come as one sign or as two."""
    return unicodedata.normalize("NFKC", password)
