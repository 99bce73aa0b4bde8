"""Stock counts: what was found on the shelves, against what ought to have been there just then.

Goods move while people count for hours. So nothing is frozen: each product is compared at the
moment in which it is counted, behind its lock, and the difference stays what it was then, whatever
ships or arrives until it is booked. What is in parcels that have not left yet is on hand, but on no
shelf: it is not expected there.
"""

from dataclasses import dataclass
from datetime import datetime

MAX_LINES = 20_000  # of one count
OPEN, BOOKED, DROPPED = "open", "booked", "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """People go along a location's shelves; it stays open for as long as that takes."""

    id: str
    location: str
    title: str
    state: str
    by: str
    at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """`counted` None: not counted yet. `on_hand` and `in_parcels` are as they were just then.
    `booked`: the difference as it went into the ledger."""

    count_id: str
    sku: str
    counted: int | None = None
    on_hand: int = 0
    in_parcels: int = 0
    by: str | None = None
    at: datetime | None = None
    booked: int | None = None

    @property
    def expected(self) -> int:
        """On the shelf."""
        return self.on_hand - self.in_parcels

    @property
    def difference(self) -> int:
        return 0 if self.counted is None else self.counted - self.expected

    @property
    def is_due(self) -> bool:
        """Counted, and not booked yet."""
        return self.counted is not None and self.booked is None
