"""The ring around every request: its size is limited, and its end is written down.

The hot routes are answered right here: what FastAPI puts around a route costs as much as all that
one of them does itself.

One line goes to the log for each request that was refused, failed or slow (PURVEY_LOG_LEVEL=debug:
for every one): method, route, status, time. The route is the pattern, never the path, which may
name an order or carry a customer's token; no header and no body is logged.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache

import structlog
from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from purvey import metrics
from purvey.web.bodies import MAX_BATCH_BYTES, MAX_BYTES
from purvey.web.errors import answer_error
from purvey.web.problems import too_large

SLOW_SECONDS = 1.0
REFUSED, GONE, BUG = 400, 499, 500  # 499: who asked has left before the answer
ROUTE = "purvey.route"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
Handler = Callable[[Request], Awaitable[Response]]
log = structlog.get_logger("purvey.access")


class Edge:
    """`hot`: handlers of POST by path. `large`: paths that may take MAX_BATCH_BYTES."""

    def __init__(
        self, inside: ASGIApp, *, app: ASGIApp, hot: Mapping[str, Handler], large: frozenset[str]
    ):
        self._inside, self._app, self._hot, self._large = inside, app, hot, large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        limit = MAX_BATCH_BYTES if scope["path"] in self._large else MAX_BYTES
        said = _content_length(scope)
        if said is None:
            receive = _counted(receive, limit)
        elif said > limit:
            await too_large(limit).response(scope, receive, send)
            return
        await self._logged(scope, receive, send)

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._answer(scope, receive, noting)
        except ClientDisconnect:
            status = status or GONE
        except Exception as error:  # outside of us is only the end of the connection
            log.error("bug", route=_route(scope), exc_info=error)
            if not status:
                response = await answer_error(Request(scope, receive), error)
                await response(scope, receive, noting)
        finally:
            _log(scope, status, time.perf_counter() - start)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self._hot.get(scope["path"]) if scope["method"] == "POST" else None
        if handler is None:
            await self._inside(scope, receive, send)
            return
        scope["app"], scope[ROUTE] = self._app, scope["path"]
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except HTTPException as error:
            response = await answer_error(request, error)
        await response(scope, receive, send)


def _content_length(scope: Scope) -> int | None:
    """None for a body of unknown length. The parser has seen to it that the header is a number."""
    chunked = False
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)
        chunked = chunked or name == b"transfer-encoding"
    return None if chunked else 0


def _counted(receive: Receive, limit: int) -> Receive:
    """Raises Problem (413) when more comes than may come."""
    count = 0

    async def counting() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > limit:
            raise too_large(limit)
        return message

    return counting


def _log(scope: Scope, status: int, seconds: float) -> None:
    method, route = scope["method"], _route(scope)
    _counter(method, route, status).inc()
    # What went well is counted; a line for each would cost a tenth of an order's time.
    tell = log.info if status >= REFUSED else log.debug
    if status >= BUG or (seconds > SLOW_SECONDS and not scope.get("goes_on")):
        tell = log.warning
    tell("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _route(scope: Scope) -> str:
    """The pattern that fits the path."""
    return str(scope.get(ROUTE) or getattr(scope.get("route"), "path", ""))


@lru_cache(2_000)  # routes times methods times statuses
def _counter(method: str, route: str, status: int) -> Counter:
    known = method if method in METHODS else "other"
    return metrics.http_requests.labels(known, route, str(status))
