"""When an order will arrive: working days; 7 January 2030 is a Monday."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.promise import SATURDAY, add_working_days, promised


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2030, 1, 7), 0, date(2030, 1, 7)),
        (date(2030, 1, 7), 1, date(2030, 1, 8)),
        (date(2030, 1, 11), 1, date(2030, 1, 14)),
        (date(2030, 1, 12), 0, date(2030, 1, 14)),
        (date(2030, 1, 13), 1, date(2030, 1, 15)),
        (date(2030, 1, 7), 5, date(2030, 1, 14)),
        (date(2030, 12, 31), 1, date(2031, 1, 1)),
    ],
    ids=[
        "today",
        "tomorrow",
        "over the weekend",
        "Saturday counts as Monday",
        "Sunday as well",
        "a week",
        "a year",
    ],
)
def test_weekends_do_not_count(start: date, days: int, end: date):
    assert add_working_days(start, days) == end


def test_the_first_and_the_last_day():
    days = promised(date(2030, 1, 10), days_from=1, days_to=3)
    assert days == ("2030-01-11", "2030-01-15")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_days_add_up_and_never_fall_on_a_weekend(start: date, first: int, more: int):
    there = add_working_days(start, first)
    assert there.weekday() < SATURDAY
    assert add_working_days(there, more) == add_working_days(start, first + more)
