"""Every error as RFC 9457 tells it: application/problem+json with a code, a sentence and pointers.

A `Refusal` of an operation, a field of the wrong shape, a missing key and an unknown path all leave
through here, so that a program has to understand one kind of error only.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from purvey.kit.process import Refusal

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 100  # told at once; whoever sends more has one mistake in many places

_STATUS = {
    "approval_needed": 403,
    "not_found": 404,
    "no_such_hold": 404,
    "no_such_line": 422,
    "changed_meanwhile": 412,
    **dict.fromkeys(
        (
            "already_packed",
            "already_shipped",
            "barcode_taken",
            "endpoint_off",
            "external_id_reused",
            "gateway_payment",
            "held",
            "in_a_return",
            "idempotency_key_reused",
            "label_missing",
            "not_all_shipped",
            "not_allowed",
            "not_delivered",
            "not_inspected",
            "nothing_out",
            "nothing_taken_back",
            "on_the_way",
            "order_not_ready",
            "payment_pending",
            "still_needed",
            "stock_short",
            "too_late",
            "too_many_endpoints",
            "too_many_holds",
            "underpaid",
        ),
        409,
    ),
}
REFUSED = 422  # all other codes: the request says something that does not fit


class Problem(HTTPException):
    """An answer that says what is wrong. `errors` name fields: pointer, code, detail."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        allowed: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(status, detail, dict(headers or {}))
        self.code, self.errors, self.allowed = code, errors, allowed

    @property
    def body(self) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if self.errors:
            more["errors"] = self.errors[:MAX_ERRORS]
        if self.allowed:
            more["allowed"] = self.allowed
        return {
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "code": self.code,
            "detail": self.detail,
            **more,
        }

    @property
    def response(self) -> Response:
        return Response(to_json(self.body), self.status_code, self.headers, MEDIA_TYPE)


def of_refusal(refusal: Refusal) -> Problem:
    status = _STATUS.get(refusal.code, REFUSED)
    parts = [part for part in (refusal.more or (refusal,)) if part.pointer]
    errors = [error_at(part.pointer, code=part.code, detail=part.sentence) for part in parts]
    return Problem(status, refusal.code, refusal.sentence, errors=errors, allowed=refusal.allowed)


def of_fields(errors: Sequence[Mapping[str, str]]) -> Problem:
    count = "One field does" if len(errors) == 1 else f"{len(errors)} fields do"
    return Problem(422, "invalid", f"{count} not fit; see `errors`.", errors=errors)


def error_at(pointer: str, *, code: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": detail}


def not_found(what: str) -> Problem:
    return Problem(404, "not_found", f"There is no such {what}.")


def too_busy() -> Problem:
    sentence = "Too many requests are waiting already; try again in a second."
    return Problem(429, "too_many_requests", sentence, headers={"Retry-After": "1"})


def too_large(limit: int) -> Problem:
    return Problem(413, "body_too_large", f"The body may have at most {limit:,} bytes.")


def no_key(sentence: str) -> Problem:
    headers = {"WWW-Authenticate": 'Bearer realm="purvey"'}
    return Problem(401, "unauthorized", sentence, headers=headers)


def missing_scope(scope: str) -> Problem:
    return Problem(403, "missing_scope", f"This key lacks the scope {scope}.")
