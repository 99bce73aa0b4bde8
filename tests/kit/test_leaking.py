"""The bucket that leaks: what gets through, in any order of tries."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from purvey.kit.leaking import NO_WAIT, Limit

START = datetime(2030, 1, 1, tzinfo=UTC)
limits = st.builds(
    Limit,
    kind=st.just("test"),
    burst=st.integers(1, 12),
    every=st.integers(1, 90).map(lambda seconds: timedelta(seconds=seconds)),
)


@given(limit=limits, pauses=st.lists(st.integers(0, 200), max_size=60))
def test_never_more_than_the_burst_and_what_has_leaked(limit: Limit, pauses: list[int]):
    now = free_at = START
    through = list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if limit.wait(free_at, now) == NO_WAIT:
            free_at = limit.after_try(free_at, now)
            through.append(now)
    for first in range(len(through)):
        for last in range(first, len(through)):
            leaked = (through[last] - through[first]) / limit.every
            assert last - first + 1 <= limit.burst + leaked


@given(limit=limits, tries=st.integers(0, 40))
def test_who_waits_as_told_may_try(limit: Limit, tries: int):
    now = free_at = START
    for _ in range(tries):
        now += limit.wait(free_at, now)
        assert limit.wait(free_at, now) == NO_WAIT
        free_at = limit.after_try(free_at, now)
    assert now == START + max(0, tries - limit.burst) * limit.every
