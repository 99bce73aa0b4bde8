"""How pages write money, times and states: filters for the templates.

Times are stored in UTC and shown in the shop's time zone; the moment itself is in the `datetime`
attribute, so that the browser can say more.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from babel.numbers import format_currency
from markupsafe import Markup

from purvey.domain.money import to_text

LOCALE = "en_GB"
TONES = {
    "good": ("closed", "delivered", "captured", "settled", "received_by_customer", "done", "on"),
    "busy": ("ready", "fulfilling", "shipped", "picking", "packed", "handed_over", "in_transit",
             "out_for_delivery", "authorised", "approved", "inspected", "open"),
    "wait": ("in_review", "backordered", "reserved", "unknown", "planned", "requested", "received",
             "waiting", "paused"),
    "bad": ("rejected", "declined", "lost", "returned_to_sender", "refused", "gave_up", "failed",
            "off"),
}  # fmt: skip
_TONE_OF = {state: tone for tone, states in TONES.items() for state in states}


def words(state: str) -> str:
    """`in_review` as people say it."""
    return str(state).replace("_", " ")


def tone(state: str) -> str:
    """good, busy, wait, bad or idle: the colour of a state. Never the only sign of it."""
    return _TONE_OF.get(str(state), "idle")


@lru_cache(maxsize=4096)  # babel takes 30 microseconds, and prices repeat
def money(minor: int, currency: str) -> str:
    """`money(1530, "GBP")` is £15.30; minor units."""
    return format_currency(Decimal(to_text(minor, currency)), currency, locale=LOCALE)


def count(number: int) -> str:
    return f"{number:,}"


@jinja2.pass_context
def moment(context: jinja2.runtime.Context, at: datetime | None) -> Markup:
    """`14:05` today, `Mon 14:05` this week, else `3 May`, with the whole moment in a tooltip."""
    if at is None:
        return Markup("")
    zone, now = _zone(context), context["now"]
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return _time(at, _short(local, today), local)


@jinja2.pass_context
def ago(context: jinja2.runtime.Context, at: datetime | None) -> Markup:
    """How long it has been, in the largest unit that fits: `3 h`, `2 d`."""
    if at is None:
        return Markup("")
    return _time(at, span(context["now"] - at), at.astimezone(_zone(context)))


def span(past: timedelta) -> str:
    seconds = max(0, int(past.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "now"


def day(value: date | str | None) -> str:
    """An ISO date or a date: `3 May 2026`."""
    if not value:
        return ""
    shown = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{shown.day} {shown:%B %Y}"


def _short(local: datetime, today: date) -> str:
    days = (today - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if 0 < days < 7:
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


def _time(at: datetime, shown: str, local: datetime) -> Markup:
    whole = f"{local.day} {local:%B %Y, %H:%M:%S %Z}"
    exact = at.astimezone(UTC).isoformat(timespec="seconds")
    form = Markup('<time datetime="{}" title="{}">{}</time>')
    return form.format(exact, whole, shown)  # a Markup's format escapes


def _zone(context: jinja2.runtime.Context) -> ZoneInfo:
    zone: ZoneInfo = context["zone"]
    return zone


FILTERS: dict[str, Any] = {
    "words": words, "tone": tone, "money": money, "count": count,
    "moment": moment, "ago": ago, "day": day,
}  # fmt: skip
