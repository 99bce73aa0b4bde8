"""What is promised to the outside, and what the operations need from its outbox."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """Something promised to the outside, written in the transaction that promised it.

    `key` is deterministic and goes to the adapter as its idempotency key. Messages of one `lane`
    are done in the order of `seq`; None means that order does not matter (timers).
    """

    key: str
    effect: str
    due_at: datetime
    order_id: str | None = None
    subject_id: str | None = None
    payload: str = "{}"
    lane: str | None = None
    seq: int = 0
    attempts: int = 0
    created_at: datetime | None = None  # set when it is claimed


class Messages(Protocol):
    def add(self, messages: Sequence[Message]) -> None: ...
    def claim(self, *, limit: int, lease_seconds: int, now: datetime) -> Sequence[Message]: ...
    def done(self, keys: Collection[str], now: datetime) -> None: ...
    def later(self, retries: Iterable[tuple[str, datetime, str]]) -> None:
        """Put (key, due at, error) back."""
        ...

    def again(self, keys: Collection[str], due_at: datetime) -> None:
        """Look at them again later: no trouble, just not over yet."""
        ...

    def give_up(self, failures: Iterable[tuple[str, str]]) -> None:
        """(key, error): a person must look."""
        ...

    def states(self, keys: Collection[str]) -> Mapping[str, str]:
        """open, done or gave_up, of those that there are; they are locked, in key order."""
        ...

    def reopen(self, keys: Collection[str], due_at: datetime) -> None:
        """What was given up is due again, with as many attempts as a new one but the first."""
        ...

    def not_done(self, order_ids: Collection[str], *, effect: str) -> Mapping[str, str]:
        """The subjects of what is open or was given up, by key; locked, in key order."""
        ...

    def hasten(self, keys: Collection[str], due_at: datetime) -> None:
        """What is open and due later is due then."""
        ...

    def taken_care_of(self, order_ids: Collection[str], *, effect: str, now: datetime) -> None:
        """A person has done what messages of that effect had given up."""
        ...
