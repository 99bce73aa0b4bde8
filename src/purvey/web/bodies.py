"""What comes in as a body: how large it may be, of which kind, and read as strict JSON."""

from collections import Counter
from collections.abc import Callable, Coroutine
from collections.abc import Set as AbstractSet
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from purvey.web.json_body import BadJson, read_json
from purvey.web.problems import Problem, of_fields

MAX_BYTES = 2**20
MAX_BATCH_BYTES = 10 * 2**20


async def json_body(request: Request) -> Any:
    """Raises Problem: 415 for another kind of body, 400 for what is not JSON."""
    check_kind(request)
    try:
        return read_json(await request.body())
    except BadJson as error:
        raise Problem(400, "malformed_json", str(error)) from None


def check_kind(request: Request) -> None:
    """A body without a Content-Type is taken for JSON."""
    given = request.headers.get("content-type")
    if given is None or given == "application/json":
        return
    kind = given.partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        sentence = "Send JSON, and the header `Content-Type: application/json`."
        raise Problem(
            415, "unsupported_media_type", sentence, headers={"Accept": "application/json"}
        )


class StrictRequest(Request):
    """FastAPI asks it for the body's JSON."""

    async def json(self) -> Any:
        return await json_body(self)


class StrictRoute(APIRoute):
    """A route whose JSON is read strictly, and that knows all of its parameters."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = {field.alias for field in self.dependant.query_params}

        async def strictly(request: Request) -> Response:
            _check_parameters(request, known)
            if request.method in ("POST", "PUT"):
                check_kind(request)
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def _check_parameters(request: Request, known: AbstractSet[str]) -> None:
    """A filter with a typing error in its name must not find everything. Raises Problem."""
    given = Counter(name for name, _ in request.query_params.multi_items())
    there_are = f"there are: {', '.join(sorted(known))}" if known else "there are none"
    unknown = f"There is no such parameter here; {there_are}."
    errors = [_at(name, "unknown_parameter", unknown) for name in given if name not in known]
    twice = [name for name, count in given.items() if count > 1 and name in known]
    errors += [_at(name, "repeated_parameter", "Give it once.") for name in twice]
    if errors:
        raise of_fields(errors)


def _at(parameter: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": "", "parameter": parameter[:100], "code": code, "detail": detail}
