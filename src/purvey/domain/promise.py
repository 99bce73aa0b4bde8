"""When an order will arrive: working days from a day on; weekends do not count."""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5


def add_working_days(day: date, days: int) -> date:
    """`days` working days after `day`; 0 gives the day itself or the next working day."""
    day = _next_working_day(day)
    for _ in range(days):
        day = _next_working_day(day + timedelta(days=1))
    return day


def _next_working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


@lru_cache(maxsize=256)  # a shop has a few methods, and today is today for most orders
def promised(start: date, *, days_from: int, days_to: int) -> tuple[str, str]:
    """First and last promised day as ISO dates."""
    first, last = (add_working_days(start, days) for days in (days_from, days_to))
    return first.isoformat(), last.isoformat()
