"""Carriers: a price, a label with a tracking number, and what happens to the parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from purvey.domain.draft import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    weight_grams: int
    from_location: str
    to: Address
    service: str  # the shop's shipping method
    contents: str  # printed on the label: the order's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    amount: int  # minor units
    currency: str
    days_from: int
    days_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    carrier: str
    service: str
    tracking_number: str
    tracking_url: str
    cost: int
    currency: str
    media_type: str  # of `body`: application/pdf or x-application/zpl
    body: str  # ZPL as text; a PDF as base64


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotShip:
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """`kind`: in_transit, out_for_delivery, delivered, lost; returned_to_sender: it could not be
    delivered, and comes back."""

    kind: str
    at: datetime
    place: str | None = None
    detail: str = ""


class Carrier(Protocol):
    def quote(self, *, parcel: Parcel) -> Rate | CannotShip: ...

    def buy_label(self, *, key: str, parcel: Parcel) -> Label | CannotShip:
        """Safe to repeat with the same key: the same label comes back and is paid once."""
        ...

    def cancel_label(self, *, key: str, tracking_number: str) -> None: ...

    def track(
        self, *, tracking_number: str, handed_over_at: datetime, now: datetime
    ) -> Sequence[TrackingEvent]:
        """All events so far, oldest first."""
        ...
