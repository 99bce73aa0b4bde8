"""How fast a product sells, and so when it runs out. Pure; where it cannot be told, it says why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=28)
ENOUGH = timedelta(days=7)  # a product that came later has shown too little
SHORTEST = timedelta(hours=1)
MAX_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Shipped:
    """Units that one place shipped in the last WINDOW, among its latest movements. `oldest` is the
    first movement that was looked at; `whole` says that no older one was left out."""

    units: int
    oldest: datetime
    whole: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """`days` until nothing is available; None: unknown, and `why` says the reason."""

    days: int | None
    why: str = ""
    a_day: float = 0.0


NOTHING_SHIPPED = Outlook(None, "nothing shipped in 28 days")
TOO_NEW = Outlook(None, "here for less than a week")
NO_STOCK = Outlook(None, "never in stock")


def outlook(available: int, shipped: list[Shipped], *, now: datetime) -> Outlook:
    """Each place has its own pace, over the time that its movements cover; together they take from
    what is available."""
    if not shipped:
        return NO_STOCK
    a_day = sum(_pace(one, now) for one in shipped)
    if not a_day:
        return NOTHING_SHIPPED
    if all(one.whole and now - one.oldest < ENOUGH for one in shipped):
        return Outlook(None, TOO_NEW.why, a_day)
    return Outlook(min(MAX_DAYS, int(max(0, available) / a_day)), "", a_day)


def _pace(one: Shipped, now: datetime) -> float:
    covered = min(WINDOW, max(now - one.oldest, SHORTEST))
    return one.units / (covered / timedelta(days=1))
