"""Lists are read page by page: `after` names the last thing seen, never a count of rows to skip."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_PAGE = 200
Item = TypeVar("Item")
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`next` is the `after` of the next page; None on the last one."""

    items: Sequence[Item]
    next: Key | None = None


def page_of(rows: Sequence[Item], limit: int, *, key: Callable[[Item], Key]) -> Page[Item]:
    """`rows` were read with a limit of one more, to see whether there is a next page."""
    if len(rows) <= limit:
        return Page(rows)
    return Page(rows[:limit], key(rows[limit - 1]))
