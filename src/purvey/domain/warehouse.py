"""Work in the warehouse as it is noted down: scans, and waves of shipments picked in one round."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PICK, PACK, HAND_OVER = "pick", "pack", "hand_over"
STAGES = (PICK, PACK, HAND_OVER)
WHOLE_PARCEL = 0  # the line of a scan that is about the parcel
SHORT_REASONS: Mapping[str, str] = {
    "missing": "not there: the shelf is empty now",
    "damaged": "damaged: these units cannot be sold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """`id` is made by who scans, so that a scan that is sent twice counts once."""

    id: str
    order_id: str
    shipment_id: str
    line: int
    stage: str
    units: int
    code: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Shipments of a location that one person picks in one round. `method` None: any.

    It is over when all of its shipments are packed, or when it is released.
    """

    id: str
    location: str
    method: str | None = None
    made_by: str
    made_at: datetime
    released_at: datetime | None = None
    released_by: str | None = None
