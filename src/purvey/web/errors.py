"""What is answered when a handler raised: every kind of error becomes a problem, and for people a
path that leads nowhere a page."""

import sqlalchemy as sa
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from purvey.storage.database import CommitUnclear
from purvey.web import field_errors
from purvey.web.api.shapes import FORMATS
from purvey.web.office.lost import is_a_persons, no_page
from purvey.web.problems import Problem, not_found, of_fields

HANDLED = (HTTPException, RequestValidationError, sa.exc.OperationalError, Exception)


async def answer_error(request: Request, error: Exception) -> Response:
    problem = _problem(request, error)
    if problem.status_code == 404 and is_a_persons(request):
        return await run_in_threadpool(no_page, request)
    return problem.response


UNCLEAR = (
    "The connection to the database was lost while this was being written, so it may or may not"
    " have happened. Send it again with the same Idempotency-Key or external_id: then it counts"
    " once."
)


def _problem(request: Request, error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case HTTPException():
            return _http_problem(request, error)
        case RequestValidationError():
            return _invalid(error)
        case CommitUnclear():
            return Problem(503, "storage_unclear", UNCLEAR, headers={"Retry-After": "5"})
        case sa.exc.OperationalError():
            sentence = "The database cannot be reached right now; nothing was changed."
            return Problem(503, "storage_unavailable", sentence, headers={"Retry-After": "5"})
        case _:  # what happened stands in the log
            sentence = "Something went wrong on our side; it was written down."
            return Problem(500, "internal_error", sentence)


def _http_problem(request: Request, error: HTTPException) -> Problem:
    if error.status_code == 404:
        return not_found("path")
    if error.status_code == 405:
        allow = ", ".join(sorted(_methods(request)))
        sentence = f"Here you can use {allow}."
        return Problem(405, "method_not_allowed", sentence, headers={"Allow": allow})
    return Problem(error.status_code, "bad_request", str(error.detail))


def _methods(request: Request) -> set[str]:
    """All that could be used at this place: each route knows only its own."""
    found = set[str]()
    routes: list[BaseRoute] = request.app.routes
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in routes):
            found.add(method)
    return found


def _invalid(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(e["loc"][0] == "path" for e in found):
        return not_found("path")
    return of_fields(field_errors.in_request(found, formats=FORMATS))
