"""The OpenAPI document as it is served, and the readable page made from it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from purvey.web.api.answers import ProblemOut
from purvey.web.pages.html import page
from purvey.web.problems import MEDIA_TYPE

Json = dict[str, Any]
METHODS = ("get", "post", "put", "delete")
REFERENCE = "#/components/schemas/"
TOO_MANY = ("/api/v1/orders", "/api/v1/orders/batch")

_MEANING = {
    400: "The body is not JSON, or a header cannot be read",
    401: "No key, or not a good one",
    403: "The key lacks the scope",
    404: "There is no such thing",
    409: "Not possible now, or the key was used for something else",
    412: "Somebody was faster: If-Match names another version",
    413: "The body is too large",
    415: "The body is not application/json",
    422: "Fields that do not fit, or a rule of the shop: see code and errors",
    429: "Too many requests are waiting: try again after Retry-After",
    503: "The database cannot be reached right now",
}


def describe(app: FastAPI) -> Json:
    """What FastAPI found out, with our errors in place of its own."""
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _, problem = models_json_schema(
        [(ProblemOut, "serialization")], ref_template=REFERENCE + "{model}"
    )
    schemas.update(problem["$defs"])
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                _add_errors(path, method, operations[method])
    return document


def _add_errors(path: str, method: str, operation: Json) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for code in _errors_of(path, method, operation):
        schema = {"$ref": f"{REFERENCE}ProblemOut"}
        responses[str(code)] = {
            "description": _MEANING[code],
            "content": {MEDIA_TYPE: {"schema": schema}},
        }


def _errors_of(path: str, method: str, operation: Json) -> Iterator[int]:
    yield from (401, 403, 422, 503)
    if "{" in path:
        yield 404
    if method != "get":
        yield from (409, 412)
    if method == "post" or "requestBody" in operation:
        yield from (400, 413, 415)
    if path in TOO_MANY:
        yield 429
    if path.endswith("/label"):
        yield 409


class Document:
    """Made at the first request, then kept."""

    def __init__(self, app: FastAPI):
        self._app = app
        self._made: Json | None = None

    @property
    def made(self) -> Json:
        if self._made is None:
            self._made = describe(self._app)
        return self._made

    async def json(self, request: Request) -> Response:
        return Response(to_json(self.made), media_type="application/json")

    async def html(self, request: Request) -> Response:
        settings = request.app.state.house.settings
        return page(
            "docs.html",
            document=self.made,
            groups=_groups(self.made),
            shapes={name: _fields(x) for name, x in self.made["components"]["schemas"].items()},
            shop=settings.shop_name,
            language="en",
        )


def _groups(document: Json) -> Json:
    groups = defaultdict(list)
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                groups[operation["tags"][0].capitalize()].append(_shown(path, method, operation))
    return dict(groups)


def _shown(path: str, method: str, operation: Json) -> Json:
    scopes = [
        scope for need in operation.get("security", ()) for scope in next(iter(need.values()))
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description"),
        "scope": next(iter(scopes), None),
        "parameters": [
            {**x, "words": _words({**x["schema"], **x})} for x in operation.get("parameters", ())
        ],
        "body": _reference(body.get("schema", {})),
        "answers": [_answer(code, x) for code, x in sorted(operation["responses"].items())],
    }


def _answer(code: str, response: Json) -> Json:
    content: Json = next(iter(response.get("content", {}).values()), {})
    return {"status": code, "schema": _reference(content.get("schema", {}))}


def _fields(schema: Json) -> list[Json]:
    needed = schema.get("required", ())
    parts = [schema, *schema.get("oneOf", ())]
    fields = {name: x for part in parts for name, x in part.get("properties", {}).items()}
    return [
        {"name": name, "needed": name in needed, "schema": _reference(x), "words": _words(x)}
        for name, x in fields.items()
    ]


def _reference(schema: Json) -> str | None:
    """The name of the shape that a schema, its items or its only choice refer to."""
    choices = [x for x in schema.get("anyOf", ()) if x.get("type") != "null"]
    for part in (schema, schema.get("items", {}), *choices, *(x.get("items", {}) for x in choices)):
        if "$ref" in part:
            return str(part["$ref"]).removeprefix(REFERENCE)
    return None


def _words(schema: Json) -> str:
    """Type, limits and meaning in one line."""
    choices = schema.get("anyOf", [schema])
    kinds = [str(x["type"]) for x in choices if "type" in x]
    main = next((x for x in choices if x.get("type") != "null"), schema)
    limits = [
        f"{word} {main[name]}"
        for name, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "at most"))
        if name in main
    ]
    values = (
        [", ".join(map(str, main["enum"]))] if len(main.get("enum", ())) in range(1, 20) else []
    )
    said = [schema["description"]] if "description" in schema else []
    return "; ".join([" or ".join(kinds), *limits, *values, *said])
