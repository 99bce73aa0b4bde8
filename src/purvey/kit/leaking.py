"""How often something may be tried: a bucket that leaks, kept as one time (GCRA, ITU-T I.371).

`free_at` is when the bucket would be empty again. A try adds `every` to it; one that would lift it
more than `burst` times `every` above now has to wait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`burst` tries at once, then one `every` so often. `kind` says of what."""

    kind: str
    burst: int
    every: timedelta

    def wait(self, free_at: datetime, now: datetime) -> timedelta:
        """Until the next try may be made; NO_WAIT: it may be now."""
        return max(NO_WAIT, max(free_at, now) + self.every - now - self.burst * self.every)

    def after_try(self, free_at: datetime, now: datetime) -> datetime:
        return max(free_at, now) + self.every
