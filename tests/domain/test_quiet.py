"""Quiet hours: on the clocks of the shop, over midnight, over the change of the clocks."""

from datetime import UTC, datetime

import pytest

from purvey.domain.quiet import QuietHours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = QuietHours.parse("22-7", "Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-10 20:59", None),
        ("2026-01-10 21:00", "2026-01-11 06:00"),
        ("2026-01-11 02:00", "2026-01-11 06:00"),
        ("2026-01-11 06:00", None),
        ("2026-03-28 22:30", "2026-03-29 05:00"),  # the clocks go forward in that night
    ],
)
def test_the_night_is_quiet(now: str, until: str | None):
    assert NIGHT.until(at(now)) == (until and at(until))


def test_hours_in_the_day():
    noon = QuietHours.parse("12-14", "UTC")
    assert noon.until(at("2026-01-10 13:00")) == at("2026-01-10 14:00")
    assert noon.until(at("2026-01-10 14:00")) is None


def test_without_hours_it_is_never_quiet():
    never = QuietHours.parse("", "UTC")
    assert not any(never.until(at(f"2026-01-10 {hour:02}:00")) for hour in range(24))


@pytest.mark.parametrize("hours", ["22", "22-", "a-b", "24-7", "-1-7", "22-7-9"])
def test_other_hours_are_refused(hours: str):
    with pytest.raises(ValueError, match="quiet_hours"):
        QuietHours.parse(hours, "UTC")


@pytest.mark.parametrize("zone", ["Nowhere", "", "../etc/passwd"])
def test_other_zones_are_refused(zone: str):
    with pytest.raises(ValueError, match="time_zone"):
        QuietHours.parse("22-7", zone)
