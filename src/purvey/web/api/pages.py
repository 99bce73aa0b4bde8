"""Lists as the API answers them: `limit` and `cursor` in, `items` and `next_cursor` out.

A cursor is opaque to callers: it is the key of the last item, in URL-safe base64.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query

from purvey.queries.paging import MAX_PAGE, Key
from purvey.web.api.caller import Reply
from purvey.web.problems import Problem

MAX_CURSOR = 500
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items on one page")]
Cursor = Annotated[
    str | None, Query(max_length=MAX_CURSOR, description="`next_cursor` of the page before")
]
USUAL = 50


def read_cursor(text: str | None, *shapes: tuple[type, ...]) -> Key | None:
    """Raises Problem for a cursor whose parts have none of these shapes."""
    if text is None:
        return None
    try:
        key = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise bad_cursor() from None
    if not isinstance(key, list) or tuple(map(type, key)) not in shapes:
        raise bad_cursor()
    if not all(_fits(part) for part in key):
        raise bad_cursor()
    return tuple(key)


def _fits(part: str | int) -> bool:
    """Could it have come out of a column?"""
    if isinstance(part, int):
        return abs(part) < 2**63
    return "\0" not in part and part.encode("utf-8", "ignore").decode() == part


def bad_cursor() -> Problem:
    error = {
        "pointer": "",
        "parameter": "cursor",
        "code": "bad_cursor",
        "detail": "Send `next_cursor` of the page before, as it came, with the same filters.",
    }
    return Problem(422, "bad_cursor", "This is no cursor of this list.", errors=[error])


def list_reply(items: Iterable[Any], following: Key | None) -> Reply:
    return Reply({"items": list(items), "next_cursor": write_cursor(following)})


def write_cursor(key: Key | None) -> str | None:
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode()
