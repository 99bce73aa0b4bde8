"""What can be done about problems. Each deed needs the right of what it does."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.kit.process import Refusal
from purvey.operations.ask_gateways import ask_gateways
from purvey.operations.hold import ReleaseHold, release_holds
from purvey.operations.retry_messages import retry_messages
from purvey.operations.webhook_deliveries import Replayed, ReplayFailed, replay_failed
from purvey.queries.messages import read_messages
from purvey.queries.problem_kinds import BY_CODE
from purvey.queries.problems import keys_with_cause
from purvey.web.office.door import LOCKED_PAGE, Visitor, deed
from purvey.web.office.forms import text
from purvey.web.office.html import back
from purvey.web.office.problem_words import right_for
from purvey.web.office.problems import PLACE
from purvey.web.problems import of_refusal

AT_ONCE, MOST_ROUNDS = 200, 25  # messages of one transaction; transactions of one click
LOG_KEPT = timedelta(days=30)  # of webhooks


@deed(PLACE + "/retry", right="orders:read")
def retry(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: key, of a message that was given up."""
    key = text(form, "key")
    with visitor.reading() as sql:
        message = read_messages(sql, [key]).get(key)
    if message is None:
        raise HTTPException(404, "There is no such message.")
    _require(visitor, right_for(message.effect))
    _done(visitor, retry_messages, key)
    return _back(form, "It is being tried again.")


@deed(PLACE + "/retry-all", right="orders:read")
def retry_all(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: effect, error: all messages that were given up for that cause."""
    effect, error = text(form, "effect"), text(form, "error")
    if not effect:
        raise HTTPException(404, "There are no such messages.")
    _require(visitor, right_for(effect))
    tried, left = 0, True
    for _ in range(MOST_ROUNDS):
        with visitor.reading() as sql:
            keys = keys_with_cause(sql, effect, error, limit=AT_ONCE)
        answers = visitor.do(retry_messages, keys) if keys else []
        tried += sum(not isinstance(answer, Refusal) for answer in answers)
        left = len(keys) == AT_ONCE
        if not left:
            break
    more = " There are more: do it again when these are through." if left else ""
    return _back(form, f"Being tried again: {tried:,}.{more}")


@deed(PLACE + "/ask", right="payments:write")
def ask(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: key, of the payment."""
    _done(visitor, ask_gateways, text(form, "key"))
    return _back(form, "The gateway is being asked.")


@deed(PLACE + "/release", right="orders:write")
def release(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: key, of the order; hold. What waited for it is tried again by itself."""
    wish = ReleaseHold(order_id=text(form, "key"), hold_id=text(form, "hold"), reason="tried again")
    _done(visitor, release_holds, wish)
    return _back(form, "Released; it is being tried again.")


@deed(PLACE + "/resend", right="settings:write")
def resend(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Field: key, of the endpoint: all that failed is sent to it once more."""
    wish = ReplayFailed(endpoint_id=text(form, "key"), since=visitor.house.clock() - LOG_KEPT)
    answer = _done(visitor, replay_failed, wish)
    assert isinstance(answer, Replayed)
    left = " There are more: do it again when these are through." if answer.more else ""
    return _back(form, f"Being sent once more: {answer.count:,}.{left}")


def _require(visitor: Visitor, right: str) -> None:
    if not visitor.may(right):
        raise HTTPException(403, LOCKED_PAGE)


def _done(visitor: Visitor, operation: Callable[..., list[Any]], wish: object) -> Any:
    """Raises Problem, which the door shows."""
    wishes: Sequence[object] = [wish]
    (answer,) = visitor.do(operation, wishes)
    if isinstance(answer, Refusal):
        raise of_refusal(answer)
    return answer


def _back(form: FormData, told: str) -> Response:
    """To the list that the deed was done in."""
    kind = text(form, "kind")
    return back(f"{PLACE}?kind={kind}" if kind in BY_CODE else PLACE, told=told)
