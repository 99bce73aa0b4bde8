"""The address of the list is what it shows: read into a wish, and written again with a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from purvey.domain.draft import CHANNELS
from purvey.domain.states import OrderState
from purvey.queries.order_filters import OrderWish
from purvey.queries.paging import Key
from purvey.web.api.pages import read_cursor
from purvey.web.office.door import Visitor
from purvey.web.office.order_list.words import RANGES, WAITING, days_of
from purvey.web.problems import Problem

PLACE = "/orders"
MAX_TEXT = 200
FIRST, LAST = date(1970, 1, 2), date(2200, 1, 1)  # days that every zone and column can hold
WORDS: Mapping[str, tuple[str, ...]] = {
    "state": tuple(OrderState),
    "waiting_for": tuple(WAITING),
    "channel": CHANNELS,
    "placed": tuple(RANGES),
}
NAMES = ("q", *WORDS, "from", "to", "customer", "sku")


@dataclass(frozen=True, slots=True)
class Asked:
    """`values`: what is asked for, by the names in the address. `problems`: what is no such thing,
    a sentence each; then nothing may be shown, since it would be something else."""

    values: Mapping[str, str]
    wish: OrderWish
    after: Key | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        return urlencode(self.values)

    def address(self, **changes: str) -> str:
        """Of the first page with these filters instead; an empty one is taken away."""
        values = {**self.values, **changes}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{PLACE}?{query}" if query else PLACE


def asked_by(visitor: Visitor, given: Mapping[str, Any]) -> Asked:
    """`given`: the parameters of an address."""
    zone = ZoneInfo(visitor.house.settings.time_zone)
    return read_asked(given, now=visitor.house.clock(), zone=zone)


def read_asked(given: Mapping[str, Any], *, now: datetime, zone: ZoneInfo) -> Asked:
    problems: list[str] = []
    values = {name: text for name in NAMES if (text := _text(given, name))}
    for name, words in WORDS.items():
        if name in values and values[name] not in words:
            problems.append(f"`{name}` has no {values[name]!r}. Choose one of: {', '.join(words)}.")
    first, last = (_day(values, name, problems) for name in ("from", "to"))
    if first and last and first > last:
        problems.append("`from` is a later day than `to`. Exchange them.")
    if values.get("placed") in RANGES:
        first, last = days_of(values["placed"], today=now.astimezone(zone).date())
    after = _after(given, problems)
    wish = OrderWish() if problems else _wish(values, first, last, zone=zone)
    return Asked(values, wish, after, problems)


def _text(given: Mapping[str, Any], name: str) -> str:
    text = str(given.get(name, ""))[:MAX_TEXT].replace("\0", "").strip()
    text = text.encode("utf-8", "ignore").decode()  # no database keeps half a character
    return text.removeprefix("#") if name == "q" else text  # as people write an order's number


def _day(values: Mapping[str, str], name: str, problems: list[str]) -> date | None:
    text = values.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = LAST
    if not FIRST <= day < LAST:
        problems.append(f"`{name}` is no day of an order. Write one such as 2026-05-03.")
        return None
    return day


def _after(given: Mapping[str, Any], problems: list[str]) -> Key | None:
    try:
        return read_cursor(given.get("after"), (str, str), (str, int, str))
    except Problem:
        problems.append("`after` is no place in this list. Begin at its first page.")
        return None


def _wish(
    values: Mapping[str, str], first: date | None, last: date | None, *, zone: ZoneInfo
) -> OrderWish:
    return OrderWish(
        state=values.get("state"),
        waiting_for=values.get("waiting_for"),
        channel=values.get("channel"),
        customer=values.get("customer"),
        sku=values.get("sku"),
        q=values.get("q"),
        is_typed=True,
        placed_from=datetime.combine(first, time(), zone) if first else None,
        placed_to=datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
    )
