"""The demo's HTTP client. A request whose answer is lost is repeated under the same key."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from purvey.cli.demo.people import JsonObject

ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 0.1
TIMEOUT_SECONDS = 30.0
BUSY = (429, 503)
PAGE = 200


class NoAnswer(Exception):
    """The server did not answer, however often it was asked."""


class Unexpected(Exception):
    """The server gave another answer than the story wants."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: JsonObject
    headers: Mapping[str, str]

    @property
    def is_done(self) -> bool:
        return self.status < 300

    @property
    def code(self) -> str:
        """Of a problem (RFC 9457)."""
        return str(self.body.get("code", ""))

    def done(self) -> JsonObject:
        if not self.is_done:
            raise Unexpected(f"{self.status} {self.code}: {self.body.get('detail', '')}")
        return self.body


class Api:
    """Safe to share by threads."""

    def __init__(self, url: str, key: str):
        self.url = url
        self._client = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT_SECONDS,
            limits=httpx2.Limits(max_connections=32, max_keepalive_connections=32),
        )

    def get(self, path: str, **query: str | int) -> Answer:
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Answer:
        headers = {"Idempotency-Key": key or uuid4().hex}
        return self._ask("POST", path, json=body, headers=headers)

    def post_unkeyed(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self._ask("POST", path, json=body)

    def delete(self, path: str) -> Answer:
        return self._ask("DELETE", path)

    def hook(self, adapter: str, *, body: bytes, headers: Mapping[str, str]) -> bool:
        """Deliver a webhook; False when it has to be delivered again."""
        try:
            return self._client.post(f"/hooks/{adapter}", content=body, headers=headers).is_success
        except httpx2.TransportError:
            return False

    def items(self, path: str, **query: str | int) -> Iterator[JsonObject]:
        """All of a list, page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, limit=PAGE, **query, **cursor).done()
            yield from page["items"]
            if not page.get("next_cursor"):
                return
            cursor = {"cursor": page["next_cursor"]}

    def close(self) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, **what: Any) -> Answer:
        for attempt in range(ATTEMPTS):
            try:
                response = self._client.request(method, f"/api/v1{path}", **what)
            except httpx2.TransportError:
                time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
                continue
            if response.status_code not in BUSY:
                return Answer(response.status_code, _body(response), response.headers)
            time.sleep(float(response.headers.get("Retry-After", FIRST_PAUSE_SECONDS)))
        raise NoAnswer(f"{method} {path}: no answer after {ATTEMPTS} attempts.")


def _body(response: httpx2.Response) -> JsonObject:
    try:
        body = response.json()
    except ValueError:
        return {"detail": response.text[:200]}
    return body if isinstance(body, dict) else {}
