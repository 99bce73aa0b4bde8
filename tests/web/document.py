"""Holds every answer against the OpenAPI document that the server itself serves."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import httpx2
import jsonschema_rs

METHODS = ("get", "post", "put", "delete")


class Document:
    """`check` fails for an answer whose status, kind or shape the document does not know."""

    def __init__(self, content: dict[str, Any]):
        self.content = content
        _refuse_more_fields(content)
        self._validators: dict[str, Any] = {}

    def check(self, method: str, path: str, answer: httpx2.Response) -> None:
        place = self._place(path)
        if place is None or method.lower() not in self.content["paths"][place]:
            return
        responses = self.content["paths"][place][method.lower()]["responses"]
        where = f"{method} {place} -> {answer.status_code}"
        assert str(answer.status_code) in responses, f"{where} is not documented"
        content = responses[str(answer.status_code)].get("content", {})
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind not in content:
            assert kind in ("application/pdf", "x-application/zpl"), f"{where}: {kind}"
            return
        schema = content[kind].get("schema") or {}
        validator = self._validator(f"{where} {kind}", schema)
        errors = [f"{e.instance_path}: {e.message}" for e in validator.iter_errors(answer.json())]
        assert not errors, f"{where}: {errors}"

    def _validator(self, name: str, schema: dict[str, Any]) -> Any:
        if name not in self._validators:
            whole = {**schema, "components": self.content["components"]}
            self._validators[name] = jsonschema_rs.validator_for(whole)
        return self._validators[name]

    def _place(self, path: str) -> str | None:
        plain = path.partition("?")[0]
        return next((place for place, pattern in self._patterns if pattern.fullmatch(plain)), None)

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """Those without a name in them first."""
        paths = sorted(self.content["paths"], key=lambda path: (path.count("{"), path))
        return [(path, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))) for path in paths]


def _refuse_more_fields(content: dict[str, Any]) -> None:
    """What the document does not name must not be sent: a client would never find it."""
    for schema in _objects(content["components"]["schemas"]):
        schema.setdefault("additionalProperties", False)


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _objects(inner)
