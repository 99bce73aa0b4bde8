"""Moments in query parameters: RFC 3339, or a day, which stands for its first moment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import TypeAdapter, ValidationError

from purvey.web.problems import Problem, of_fields

Moment = Annotated[
    str | None,
    Query(max_length=40, description="RFC 3339, or a day", examples=["2026-05-03"]),
]
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_date, _datetime = TypeAdapter(date), TypeAdapter(datetime)


def read_moment(text: str | None, name: str, *, whole_day: bool = False) -> datetime | None:
    """With `whole_day` a day stands for the moment after it. Raises Problem."""
    if text is None:
        return None
    try:
        moment = _read(text, whole_day=whole_day)
    except (ValidationError, OverflowError):
        raise _bad(name) from None
    if not FIRST <= moment <= LAST:
        raise _bad(name)
    return moment


def _read(text: str, *, whole_day: bool) -> datetime:
    if "T" not in text.upper():
        day = _date.validate_strings(text, strict=True)
        return datetime.combine(day, time(), UTC) + timedelta(days=whole_day)
    moment = _datetime.validate_strings(text, strict=True)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _bad(name: str) -> Problem:
    detail = "Write a time such as 2026-05-03T10:00:00Z, or a day."
    error = {"pointer": "", "parameter": name, "code": "bad_format", "detail": detail}
    return of_fields([error])
