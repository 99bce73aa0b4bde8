"""A clock that stands still until somebody moves it."""

from datetime import UTC, datetime, timedelta

MONDAY_MORNING = datetime(2030, 1, 7, 10, tzinfo=UTC)


class Clock:
    """Given to a House in place of the real one."""

    def __init__(self, now: datetime = MONDAY_MORNING):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        self.now += timedelta(days=days, hours=hours, minutes=minutes)
