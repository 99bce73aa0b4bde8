"""What pydantic found wrong, in the API's words: a pointer, a code, and what would be right."""

from collections.abc import Iterable, Mapping
from typing import Any

from purvey.web.problems import error_at

Found = Mapping[str, Any]

# The library's type of error: our code, and our sentence with its context filled in.
_SAID = {
    "missing": ("missing", "This field is needed."),
    "extra_forbidden": ("unknown_field", "There is no such field; look for a typing error."),
    "string_type": ("wrong_type", "Write text."),
    "string_unicode": ("bad_format", "This is not Unicode text."),
    "string_too_long": ("too_long", "Write at most {max_length} characters."),
    "string_too_short": ("too_short", "Do not leave it empty."),
    "int_type": ("wrong_type", "Write a whole number."),
    "int_parsing": ("wrong_type", "Write a whole number."),
    "int_from_float": ("wrong_type", "Write a whole number."),
    "int_parsing_size": ("out_of_range", "The number is out of range."),
    "bool_type": ("wrong_type", "Write true or false."),
    "bool_parsing": ("wrong_type", "Write true or false."),
    "list_type": ("wrong_type", "Write a list."),
    "tuple_type": ("wrong_type", "Write a list."),
    "dict_type": ("wrong_type", "Write an object."),
    "model_type": ("wrong_type", "Write an object."),
    "model_attributes_type": ("wrong_type", "Write an object."),
    "greater_than_equal": ("out_of_range", "Write at least {ge}."),
    "less_than_equal": ("out_of_range", "Write at most {le}."),
    "too_long": ("too_many", "Give at most {max_length}."),
    "too_short": ("too_few", "Give at least {min_length}."),
    "enum": ("unknown_value", "Write one of {expected}."),
    "literal_error": ("unknown_value", "Write one of {expected}."),
    "date_type": ("bad_format", "Write a date such as 2026-05-03."),
    "date_parsing": ("bad_format", "Write a date such as 2026-05-03."),
    "date_from_datetime_parsing": ("bad_format", "Write a date such as 2026-05-03."),
    "date_from_datetime_inexact": ("bad_format", "Write a date such as 2026-05-03."),
    "datetime_type": ("bad_format", "Write a time such as 2026-05-03T10:00:00Z."),
    "datetime_parsing": ("bad_format", "Write a time such as 2026-05-03T10:00:00Z."),
    "datetime_from_date_parsing": ("bad_format", "Write a time such as 2026-05-03T10:00:00Z."),
    "timezone_aware": ("bad_format", "Write the time with its zone, such as 2026-05-03T10:00:00Z."),
}


def in_body(errors: Iterable[Found], *, formats: Mapping[str, str]) -> list[dict[str, str]]:
    """`formats` says what each pattern of a string wants."""
    return [_at(e["loc"], _words(e, formats)) for e in errors]


def in_request(errors: Iterable[Found], *, formats: Mapping[str, str]) -> list[dict[str, str]]:
    """As FastAPI tells them: the first part of `loc` says whether it is the body or a parameter."""
    return [_told(e, formats) for e in errors]


def _told(error: Found, formats: Mapping[str, str]) -> dict[str, str]:
    place, *rest = error["loc"]
    if place == "body":
        return _at(rest, _words(error, formats))
    code, detail = _words(error, formats)
    return {"pointer": "", "parameter": str(rest[0]), "code": code, "detail": detail}


def _at(loc: Iterable[object], words: tuple[str, str]) -> dict[str, str]:
    return error_at(_pointer(loc), code=words[0], detail=words[1])


def _words(error: Found, formats: Mapping[str, str]) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return "bad_format", formats.get(context["pattern"], "This is not the form it must have.")
    if kind in _SAID:
        code, sentence = _SAID[kind]
        return code, sentence.format(**context)
    return kind, str(error["msg"])  # ours: raised with a code and a sentence


def _pointer(loc: Iterable[object]) -> str:
    """RFC 6901."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in loc)
