"""What the desk where people take orders needs from a database: their drafts, and quotes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """An order that somebody is writing. `content` is JSON of what was typed.

    `page_id` is the open page that wrote it last, `turn` which of that page's writings it was.
    """

    id: str
    person_id: str
    content: str
    title: str
    total: int
    page_id: str
    turn: int
    created_at: datetime
    changed_at: datetime
    order_id: str | None = None  # what it became
    who: str | None = None  # whom it is for: domain.customers.mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An offer whose prices hold until a day, that day included. `content` is JSON."""

    number: int
    content: str
    customer: str
    total: int
    currency: str
    valid_until: date
    version: int
    made_by: str
    made_at: datetime
    changed_at: datetime
    order_id: str | None = None
    who: str | None = None  # as that of a draft


class Desk(Protocol):
    def drafts(self, ids: Collection[str]) -> Mapping[str, SavedDraft]:
        """Locked, in id order."""
        ...

    def count_open(self, person_ids: Collection[str]) -> Mapping[str, int]:
        """How many drafts of each person have not become an order."""
        ...

    def put_drafts(self, drafts: Sequence[SavedDraft]) -> None: ...
    def drop_drafts(self, ids: Collection[str]) -> None: ...
    def quotes(self, numbers: Collection[int]) -> Mapping[int, Quote]:
        """Locked, in the order of their numbers."""
        ...

    def next_quote_numbers(self, count: int) -> Sequence[int]: ...
    def put_quotes(self, quotes: Sequence[Quote]) -> None: ...
    def drop_quotes(self, numbers: Collection[int]) -> None: ...
    def forget(self, marks: Collection[str]) -> None:
        """Drafts and quotes for one of these; what became an order goes with the order."""
        ...
