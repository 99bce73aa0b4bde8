"""What colleagues write down about an order. Notes are only ever added; no customer sees them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNote:
    id: str
    order_id: str
    body: str
    by: str
    at: datetime


class OrderNotes(Protocol):
    def counts(self, order_ids: Collection[str]) -> Mapping[str, int]:
        """How many notes each order has. Orders that there are not are not in it."""
        ...

    def add(self, notes: Sequence[OrderNote]) -> None: ...


class Noting(Protocol):
    """What a transaction offers for notes."""

    @property
    def order_notes(self) -> OrderNotes: ...
