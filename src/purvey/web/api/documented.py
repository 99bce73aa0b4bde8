"""What endpoints say about themselves in the same words: what they show, and names in paths."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel

from purvey.web.api.shapes import CODE_PATTERN, LINE_PATTERN, WORDS_PATTERN

API = "/api/v1"
Name = Annotated[str, Path(max_length=64, pattern=CODE_PATTERN)]
SkuInPath = Annotated[str, Path(max_length=64, pattern=WORDS_PATTERN)]
Word = Annotated[str | None, Query(min_length=1, max_length=64, pattern=CODE_PATTERN)]
Text = Annotated[str | None, Query(min_length=1, max_length=254, pattern=LINE_PATTERN)]


def shows(model: type[BaseModel], status: int = 200, *, also: int | None = None) -> dict[str, Any]:
    """For a route that answers with JSON made by hand."""
    responses = {code: {"model": model} for code in (status, also) if code is not None}
    return {"status_code": status, "responses": responses}
