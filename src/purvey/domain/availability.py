"""Can so many units be had, and from which day on? Told while somebody orders; nothing is promised.

Announced deliveries go to those who wait already first: what is left of them is for the new order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Had(StrEnum):
    NOW = "now"
    LATER = "later"  # a part of it is backordered
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is known of one product's stock. `room`: units that may still be promised beyond it;
    `waiting`: units that others wait for; `coming`: announced deliveries, the soonest first."""

    free: int
    room: int = 0
    waiting: int = 0
    coming: Sequence[tuple[date | None, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """`missing` units are backordered, until `day` if a delivery was announced that covers them."""

    had: Had
    free: int
    missing: int = 0
    day: date | None = None


def availability(units: int, shelf: Shelf) -> Availability:
    missing = max(0, units - shelf.free)
    if not missing:
        return Availability(had=Had.NOW, free=shelf.free)
    if missing > shelf.room:
        return Availability(had=Had.NOT, free=shelf.free, missing=missing)
    day = _covered(shelf.waiting + missing, shelf.coming)
    return Availability(had=Had.LATER, free=shelf.free, missing=missing, day=day)


def _covered(units: int, coming: Sequence[tuple[date | None, int]]) -> date | None:
    """The day of the delivery with which so many units are there; None when none is that sure."""
    for day, more in coming:
        units -= more
        if day is None:
            return None  # nobody knows when this one and those behind it come
        if units <= 0:
            return day
    return None
