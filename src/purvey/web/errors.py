"""What is answered when a handler raised: every kind of error becomes a problem."""

import sqlalchemy as sa
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from purvey.web import field_errors
from purvey.web.api.shapes import FORMATS
from purvey.web.problems import Problem, not_found, of_fields

HANDLED = (HTTPException, RequestValidationError, sa.exc.OperationalError, Exception)


async def answer_error(request: Request, error: Exception) -> Response:
    return _problem(request, error).response


def _problem(request: Request, error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case HTTPException():
            return _http_problem(request, error)
        case RequestValidationError():
            return _invalid(error)
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
