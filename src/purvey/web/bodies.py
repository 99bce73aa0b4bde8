"""What comes in as a body: how large it may be, of which kind, and read as strict JSON."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from purvey.web.json_body import BadJson, read_json
from purvey.web.problems import Problem

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
        sentence = "Send the body as application/json."
        raise Problem(
            415, "unsupported_media_type", sentence, headers={"Accept": "application/json"}
        )


class StrictRequest(Request):
    """FastAPI asks it for the body's JSON."""

    async def json(self) -> Any:
        return await json_body(self)


class StrictRoute(APIRoute):
    """A route whose JSON is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if request.method in ("POST", "PUT"):
                check_kind(request)
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly
