"""Settings > Webhooks, the buttons: test, send once more, switch off and on, remove."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from purvey.kit.process import Refusal
from purvey.operations.webhook_deliveries import (
    Replay,
    Replayed,
    ReplayFailed,
    replay,
    replay_failed,
    send_tests,
)
from purvey.operations.webhooks import SwitchOn, remove_endpoints, switch_off, switch_on
from purvey.web.office import html
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text
from purvey.web.office.webhooks import ONE, PLACE, RIGHT
from purvey.web.problems import of_refusal

SINCE = {"hour": 1, "day": 24, "week": 168, "month": 720}


@deed(ONE + "/test", right=RIGHT)
def test(request: Request, visitor: Visitor, form: FormData) -> Response:
    told = "A test event is on its way; what is answered shows below."
    return _do(request, visitor, send_tests, wish=_id(request), told=told)


@deed(ONE + "/off", right=RIGHT)
def off(request: Request, visitor: Visitor, form: FormData) -> Response:
    told = "Switched off. What happens meanwhile is kept for it."
    return _do(request, visitor, switch_off, wish=_id(request), told=told)


@deed(ONE + "/on", right=RIGHT)
def on(request: Request, visitor: Visitor, form: FormData) -> Response:
    missed = text(form, "missed") == "send"
    wish = SwitchOn(endpoint_id=_id(request), send_missed=missed)
    told = "Switched on. What it missed is being sent." if missed else "Switched on, from now on."
    return _do(request, visitor, switch_on, wish=wish, told=told)


@deed(ONE + "/remove", right=RIGHT)
def remove(request: Request, visitor: Visitor, form: FormData) -> Response:
    told = "Removed. Nothing more is sent to it."
    return _do(request, visitor, remove_endpoints, wish=_id(request), told=told, to=PLACE)


@deed(ONE + "/deliveries/{delivery}/replay", right=RIGHT)
def replay_one(request: Request, visitor: Visitor, form: FormData) -> Response:
    wish = Replay(endpoint_id=_id(request), delivery_id=request.path_params["delivery"])
    told = "It is being sent once more, with the same id."
    return _do(request, visitor, replay, wish=wish, told=told)


@deed(ONE + "/replay", right=RIGHT)
def replay_all(request: Request, visitor: Visitor, form: FormData) -> Response:
    hours = SINCE.get(text(form, "since"), SINCE["month"])
    since = visitor.house.clock() - timedelta(hours=hours)
    answer = _done(visitor, replay_failed, ReplayFailed(endpoint_id=_id(request), since=since))
    assert isinstance(answer, Replayed)
    left = " There are more: do it again when these are through." if answer.more else ""
    told = f"Being sent once more: {answer.count:,}.{left}"
    return html.back(f"{PLACE}/{_id(request)}", told=told)


def _do(
    request: Request,
    visitor: Visitor,
    operation: Callable[..., list[Any]],
    *,
    wish: object,
    told: str,
    to: str = "",
) -> Response:
    _done(visitor, operation, wish)
    return html.back(to or f"{PLACE}/{_id(request)}", told=told)


def _done(visitor: Visitor, operation: Callable[..., list[Any]], wish: object) -> Any:
    """Raises Problem, which the door shows."""
    wishes: Sequence[object] = [wish]
    (answer,) = visitor.do(operation, wishes)
    if isinstance(answer, Refusal):
        raise of_refusal(answer)
    return answer


def _id(request: Request) -> str:
    return str(request.path_params["webhook"])
