"""The page of the HTTP API, from the OpenAPI document that the server serves."""

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from purvey.config import Settings
from purvey.storage.api_keys import SCOPES
from purvey.web.api.openapi import describe
from purvey.web.app import create_app
from purvey.wiring import House

Json = dict[str, Any]


def api() -> str:
    document = openapi()
    shapes = document["components"]["schemas"]
    groups: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups[operation["tags"][0]].append(_endpoint(method.upper(), path, operation, shapes))
    parts = [f"## {name.capitalize()}\n\n{''.join(texts)}" for name, texts in groups.items()]
    return "\n".join([API_INTRO.format(scopes=", ".join(f"`{x}`" for x in SCOPES)), *parts])


API_INTRO = """# The HTTP API

JSON over HTTP under `/api/v1`. A running server has the whole description, with every shape and
limit, as a page at `/api/docs` and as OpenAPI 3.1 at `/api/v1/openapi.json`; this page lists what
there is. How to use it well: [connect a shop](../how-to/connect-a-shop.md).

- **Key.** `Authorization: Bearer pv_...`, made by `purvey key create`. Scopes: {scopes}.
- **Bodies** are `application/json`, at most 1 MiB (10 MiB for a batch of orders).
- **Lists** take `limit` (at most 200) and `cursor`, and answer `items` and `next_cursor`.
- **Amounts** are decimal strings, **times** RFC 3339 in UTC.
- **Errors** are `application/problem+json`: `status`, a stable `code`, a `detail` in one sentence,
  and `errors` with `pointer`, `code` and `detail` for each field that does not fit.
- **Idempotency-Key** works on every POST. **If-Match** with an `ETag` works on every change of an
  order, shipment, payment or product.

Outside `/api/v1`: `/healthz` (the process lives), `/readyz` (database, migrations, worker),
[`/metrics`](metrics.md), `/track/...` (the customer's page), `/hooks/...` (webhooks of gateways)
and `/` (the back office, for people who [log in](../how-to/people-and-rights.md)).
"""


def openapi() -> Json:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Settings(database_url=f"sqlite:///{folder}/shop.db"))
        document = describe(create_app(house))
        house.close()
    return document


def _endpoint(method: str, path: str, operation: Json, shapes: Json) -> str:
    """What it does, who may, and the names of what it takes; shapes and limits are in /api/docs."""
    [need] = operation["security"]
    parts = [f"Scope `{next(iter(need.values()))[0]}`."]
    given = operation.get("parameters", ())
    for one in given:
        if words := one["schema"].get("enum") if one["in"] == "path" else ():
            parts.append(f"`{one['name']}`: {', '.join(words)}.")
    parts += _names("Query", [x["name"] for x in given if x["in"] == "query"])
    parts += _names("Body", _fields(operation, shapes))
    said = " ".join(operation.get("description", operation["summary"]).split())
    return f"### {method} {path.removeprefix('/api/v1')}\n\n{said}\n\n{' '.join(parts)}\n\n"


def _fields(operation: Json, shapes: Json) -> list[str]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    found = re.findall(r"schemas/(\w+)", str(body.get("schema", "")))
    return list(shapes[found[0]]["properties"]) if found else []


def _names(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"{title}: {', '.join(f'`{name}`' for name in names)}."
