"""The filters as links: menus to choose from, and chips that show what is chosen and take it away.

The number beside a choice is of all such orders, so it shows only while no other filter is on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from purvey.domain.draft import CHANNELS
from purvey.queries.order_list import MOST, count_states, count_waiting
from purvey.storage.sql import Sql
from purvey.web.office.order_list.asked import Asked
from purvey.web.office.order_list.words import RANGES, WAITING
from purvey.web.office.showing import day, words

LABELS: Mapping[str, str] = {
    "q": "Search",
    "state": "State",
    "waiting_for": "Waits for",
    "channel": "Channel",
    "placed": "Placed",
    "from": "Placed from",
    "to": "Placed until",
    "customer": "Customer",
    "sku": "Sku",
}
PLACED = ("placed", "from", "to")


@dataclass(frozen=True, slots=True)
class Choice:
    """`orders`: how many, as people write it; empty where it is not known cheaply."""

    label: str
    address: str
    chosen: bool
    orders: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    without: str


def menus_of(sql: Sql, asked: Asked) -> list[Menu]:
    counts = {"state": count_states(sql), "waiting_for": count_waiting(sql, WAITING)}
    return [
        Menu("state", LABELS["state"], _choices(asked, "state", counts["state"], counts["state"])),
        Menu(
            "waiting_for",
            LABELS["waiting_for"],
            _choices(asked, "waiting_for", WAITING, counts["waiting_for"]),
        ),
        Menu("channel", LABELS["channel"], _choices(asked, "channel", CHANNELS)),
        Menu("placed", LABELS["placed"], list(_ranges(asked))),
    ]


def _choices(
    asked: Asked, name: str, values: Iterable[str], counts: Mapping[str, int] | None = None
) -> list[Choice]:
    """Kinds that are counted and that there are none of are left out."""
    alone = not asked.values.keys() - {name}
    return [
        Choice(
            said(name, value).capitalize(),
            asked.address(**{name: value}),
            asked.values.get(name) == value,
            _number(counts[value]) if counts and value in counts and alone else "",
        )
        for value in values
        if counts is None or value in counts
    ]


def _number(orders: int) -> str:
    return f"{MOST:,}+" if orders >= MOST else f"{orders:,}"


def _ranges(asked: Asked) -> Iterator[Choice]:
    for name, label in RANGES.items():
        address = asked.address(**{**dict.fromkeys(PLACED, ""), "placed": name})
        yield Choice(label.capitalize(), address, asked.values.get("placed") == name)


def chips_of(asked: Asked) -> list[Chip]:
    return [
        Chip(LABELS[name], said(name, value), asked.address(**{name: ""}))
        for name, value in asked.values.items()
    ]


def said(name: str, value: str) -> str:
    """A filter's value as people say it."""
    match name:
        case "waiting_for":
            return WAITING.get(value, value)
        case "placed":
            return RANGES.get(value, value)
        case "state":
            return words(value)
        case "from" | "to":
            return _day(value)
        case _:
            return value


def _day(value: str) -> str:
    try:
        return day(value)
    except ValueError:
        return value
