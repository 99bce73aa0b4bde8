"""Rows of one order, brought together although other rows may stand between them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from purvey.adapters.files.opening import FileRefused

WINDOW_ROWS = 1_000  # an order is complete when so many rows have passed without one of its own
MAX_ORDER_ROWS = 10_000

T = TypeVar("T")


def gather(rows: Iterable[T], key: Callable[[T], str | None]) -> Iterator[list[T]]:
    """Groups in the order in which they end; a row without a key is a group by itself.

    Memory: at most `WINDOW_ROWS` groups are open. Rows that come later than that make a second
    group of the same key; as its content differs, intake refuses it as a reused external id.
    """
    waiting: dict[str, list[T]] = {}  # the longest untouched first
    last_row: dict[str, int] = {}
    current: str | None = None
    for number, row in enumerate(rows):
        name = key(row)
        if name is None:
            yield [row]
            continue
        if name != current:
            current = name
            waiting[name] = waiting.pop(name, [])
            yield from _ended(waiting, last_row, number - WINDOW_ROWS)
        last_row[name] = number
        waiting[name].append(row)
        _stop_at_limit(name, waiting[name], number)
    yield from waiting.values()


def _ended(waiting: dict[str, list[T]], last_row: dict[str, int], before: int) -> Iterator[list[T]]:
    while (name := next(iter(waiting))) in last_row and last_row[name] < before:
        del last_row[name]
        yield waiting.pop(name)


def _stop_at_limit(name: str, group: list[T], number: int) -> None:
    if len(group) > MAX_ORDER_ROWS:
        sentence = f"One order has more than {MAX_ORDER_ROWS:,} rows; see the column `order`."
        raise FileRefused("too_many_rows", sentence, getattr(group[0], "line", number))
