"""Hours of the night in which nobody is told anything that can wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one hour to another on the clocks of a zone; both the same: never."""

    start: int
    end: int
    zone: ZoneInfo

    @classmethod
    def parse(cls, hours: str, zone: str) -> Self:
        """`hours` is "22-7" or empty. Raises ValueError, which names the setting."""
        try:
            place = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError('time_zone: write a name such as "Europe/Berlin".') from None
        if not hours.strip():
            return cls(0, 0, place)
        first, _, last = hours.partition("-")
        if not (first.strip().isdecimal() and last.strip().isdecimal()):
            raise ValueError('quiet_hours: write two hours such as "22-7", or nothing.')
        start, end = int(first), int(last)
        if max(start, end) > 23:
            raise ValueError("quiet_hours: an hour is a number from 0 to 23.")
        return cls(start, end, place)

    def until(self, now: datetime) -> datetime | None:
        """When it may be told; None: now."""
        here = now.astimezone(self.zone)
        if not self._is_quiet(here.hour):
            return None
        day = here.date() + timedelta(days=1 if here.hour >= self.end else 0)
        return datetime.combine(day, time(self.end), self.zone).astimezone(UTC)

    def _is_quiet(self, hour: int) -> bool:
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end
