"""Cells become values, or a `BadValue` that says what would be right."""

import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from purvey.domain.money import BadAmount, to_minor

REMEMBERED = 8_192  # texts of each kind; quantities, prices and times repeat all the time

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}(?:\.0+)?\Z")  # spreadsheets write 6 as 6.0
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?\Z")
_SPACED_OFFSET = re.compile(r" ([+-]\d{2}:?\d{2}|Z)\Z")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{1,12},[0-9]{1,2}\Z")  # three digits would be thousands


class BadValue(ValueError):
    """A cell that does not hold what its column promises."""

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code, self.detail = code, detail


@lru_cache(REMEMBERED)
def whole_number(text: str) -> int:
    if not _WHOLE.match(text):
        raise BadValue("quantity_invalid", "Write the quantity as a whole number, such as 6.")
    return int(text.partition(".")[0])


@lru_cache(REMEMBERED)
def decimal_number(text: str) -> Decimal:
    """A point, or a comma before one or two digits; no thousands separators and no currency."""
    if _DECIMAL_COMMA.match(text):
        text = text.replace(",", ".")
    if not _DECIMAL.match(text):
        raise BadValue("amount_invalid", "Write amounts like 1234.50, without other signs.")
    return Decimal(text)


@lru_cache(REMEMBERED)
def minor_units(text: str, currency: str) -> int:
    try:
        return to_minor(decimal_number(text), currency)
    except BadAmount as error:
        raise BadValue("amount_invalid", str(error)) from None


@lru_cache(REMEMBERED)
def instant(text: str, zone: tzinfo) -> datetime:
    """ISO 8601, also as shops write it: 2026-11-22 10:04:00 +0100. `zone` where none is named."""
    try:
        at = datetime.fromisoformat(_SPACED_OFFSET.sub(r"\1", text))
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        detail = "Write times like 2026-11-22T10:04:00+00:00."
        raise BadValue("time_invalid", detail) from None
