"""What the operations on people need from a database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from purvey.domain.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the journal: who did what to whom."""

    id: str
    at: datetime
    actor: str
    deed: str
    subject: str
    detail: str = ""


class People(Protocol):
    def find(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Locked, in id order."""
        ...

    def taken(self, *, names: Collection[str], emails: Collection[str]) -> set[str]:
        """Which of these (as `name_key` and `email_key` write them) somebody has."""
        ...

    def administrators(self) -> set[str]:
        """Ids of those who are not locked; they are locked against changes by others."""
        ...

    def add(self, people: Sequence[Person]) -> None: ...
    def save(self, people: Sequence[Person]) -> None:
        """Role and lock."""
        ...

    def end_sessions(self, ids: Collection[str]) -> None: ...
    def note(self, notes: Sequence[Note]) -> None: ...
