"""What machines ask about this process: does it live, is it ready, what are its figures."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from purvey import metrics
from purvey.domain.states import OrderState
from purvey.queries.alive import migrations_done, worker_alive
from purvey.queries.figures import orders_by_state, outbox_state
from purvey.storage.sql import Sql
from purvey.wiring import DEFAULT_SHARD, House

WORKER_SECONDS = 1.0  # a worker that has just died must not keep the figures of the server back
FILLED_SECONDS = 10.0  # gauges that the database fills are at most so old


async def healthz(request: Request) -> Response:
    """The process lives."""
    return Response(to_json({"status": "ok"}), media_type="application/json")


async def readyz(request: Request) -> Response:
    """503 when something is missing; the answer says what."""
    checks = await run_in_threadpool(_checks, request.app.state.house)
    good = all(checks.values())
    content = {"status": "ready" if good else "not ready", "checks": checks}
    return Response(to_json(content), 200 if good else 503, media_type="application/json")


def _checks(house: House) -> Mapping[str, bool]:
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with house.database.reading(DEFAULT_SHARD) as sql:
            checks["database"] = True
            checks["migrations"] = migrations_done(sql)
            checks["worker"] = checks["migrations"] and worker_alive(sql, now=house.clock())
    except sa.exc.DBAPIError:
        checks["database"] = False
    return checks


class Figures:
    """`/metrics`, in Prometheus's text format."""

    def __init__(self, house: House):
        self._house, self._filled_at = house, float("-inf")

    async def show(self, request: Request) -> Response:
        if time.monotonic() - self._filled_at > FILLED_SECONDS:
            await run_in_threadpool(self._fill)
            self._filled_at = time.monotonic()
        ours = generate_latest(metrics.REGISTRY)
        theirs = await run_in_threadpool(_worker_figures, self._house.settings.worker_metrics_port)
        return Response(ours + theirs, media_type=CONTENT_TYPE_LATEST)

    def _fill(self) -> None:
        with self._house.database.reading(DEFAULT_SHARD) as sql:
            self._fill_gauges(sql)

    def _fill_gauges(self, sql: Sql) -> None:
        found = orders_by_state(sql)
        for state in OrderState:
            metrics.orders_by_state.labels(state).set(found.get(state, 0))
        now = self._house.clock()
        outbox = outbox_state(sql, now=now)
        metrics.open_messages.set(outbox.open)
        metrics.gave_up_messages.set(outbox.gave_up)
        age = (now - outbox.oldest_due).total_seconds() if outbox.oldest_due else 0.0
        metrics.oldest_message_seconds.set(age)


def _worker_figures(port: int) -> bytes:
    """From the worker's own page on this machine; nothing while it does not answer."""
    if not port:
        return b""
    asked = HTTPConnection("127.0.0.1", port, timeout=WORKER_SECONDS)
    try:
        asked.request("GET", "/metrics")
        answer = asked.getresponse()
        return answer.read() if answer.status == HTTPStatus.OK else b""
    except (OSError, HTTPException):
        return b""
    finally:
        asked.close()
