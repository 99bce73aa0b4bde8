"""Aware UTC times to and from microseconds since 1970, exact in both directions."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def maybe_us(moment: datetime | None) -> int | None:
    return None if moment is None else to_us(moment)


def maybe_time(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)
