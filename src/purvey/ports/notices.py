"""What operations need to know of messages that customers got."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """`payload` is empty where the promise was cleared away, a month after it was kept."""

    key: str
    order_id: str
    message: str
    payload: str


class Notices(Protocol):
    def find(self, keys: Collection[str]) -> Mapping[str, KeptNotice]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopText:
    """A text of the shop's own. Without subject, title and body: the built-in one again."""

    message: str
    language: str
    version: int
    subject: str | None
    title: str | None
    body: str | None
    actor: str
    at: datetime

    @property
    def is_built_in(self) -> bool:
        return self.body is None


class Texts(Protocol):
    def latest(self) -> Mapping[tuple[str, str], ShopText]:
        """The text that counts, by message and language; those that were never changed are not
        in it."""
        ...

    def versions(self, message: str, language: str) -> Sequence[ShopText]:
        """Newest first."""
        ...

    def add(self, texts: Sequence[ShopText]) -> int:
        """How many were new: a version that somebody else wrote meanwhile is left as it is."""
        ...


class Telling(Protocol):
    """What a transaction offers for messages to customers."""

    @property
    def notices(self) -> Notices: ...
    @property
    def texts(self) -> Texts: ...
