"""Settings > Webhooks: who is told what happens, how well that goes, and what was answered.

A secret is shown on the page that answers its making, and never again.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.adapters.standard_webhooks import new_secret
from purvey.domain.webhooks import DELIVERED, FAILED, MAX_DESCRIPTION, OPEN, STATES, WAITS
from purvey.kit.process import Refusal
from purvey.operations.event_types import event_types
from purvey.operations.webhooks import (
    EndpointChange,
    EndpointWish,
    NewEndpoint,
    add_endpoints,
    change_endpoints,
    rotate_secrets,
)
from purvey.queries.paging import Page
from purvey.queries.webhooks import (
    DeliveryWish,
    Health,
    Logged,
    find_endpoint,
    list_deliveries,
    list_endpoints,
)
from purvey.web.office import html
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text, texts

PLACE, RIGHT = "/settings/webhooks", "settings:write"
ONE = PLACE + "/{webhook}"
ROWS = 50
NOTHING = EndpointWish(url="")
TABS = ((None, "All"), (FAILED, "Failed"), (OPEN, "Waiting"), (DELIVERED, "Delivered"))
Problems = Mapping[str, str]


@page(PLACE, right=RIGHT)
def show_webhooks(request: Request, visitor: Visitor) -> Response:
    with visitor.reading() as sql:
        found = list_endpoints(sql).items
    return html.render(visitor, "webhooks.html", found=found, place=PLACE, host=host)


@page(PLACE + "/new", right=RIGHT)
def show_new(request: Request, visitor: Visitor) -> Response:
    return _new(visitor, NOTHING, {})


def _new(visitor: Visitor, wish: EndpointWish, problems: Problems) -> Response:
    return html.render(
        visitor,
        "webhook_new.html",
        status=422 if problems else 200,
        place=PLACE,
        wish=wish,
        problems=problems,
        groups=type_groups(),
    )


@deed(PLACE, right=RIGHT)
def add(request: Request, visitor: Visitor, form: FormData) -> Response:
    given, secret = _given(form), new_secret()
    wish = NewEndpoint(
        url=given.url,
        description=given.description,
        event_types=given.event_types,
        secret=secret,
    )
    problems = _too_long(given)
    if not problems:
        check = visitor.house.webhook_rules.problem_with
        (answer,) = visitor.do(add_endpoints, [wish], check=check)
        if not isinstance(answer, Refusal):
            return show(visitor, answer.id, secret=secret)
        problems = problems_of(answer)
    return _new(visitor, given, problems)


@page(ONE, right=RIGHT)
def show_webhook(request: Request, visitor: Visitor) -> Response:
    query = request.query_params
    state = query.get("state") or None
    if state not in (None, *STATES):
        raise HTTPException(404, "There is no such list.")
    return show(visitor, request.path_params["webhook"], state=state, before=query.get("before"))


@page(ONE + "/log", right=RIGHT)
def show_log(request: Request, visitor: Visitor) -> Response:
    """The first page of the log alone: asked for until what is on its way has come back."""
    endpoint_id = request.path_params["webhook"]
    health = _health(visitor, endpoint_id)
    log = _log(visitor, DeliveryWish(endpoint_id=endpoint_id), None)
    return html.render(visitor, "webhook_log.html", **_log_values(health, log, None))


def show(
    visitor: Visitor,
    endpoint_id: str,
    *,
    state: str | None = None,
    before: str | None = None,
    secret: str | None = None,
    given: EndpointWish | None = None,
    problems: Problems | None = None,
) -> Response:
    """`secret` is shown this once; `given` stands in the form until it fits."""
    health = _health(visitor, endpoint_id)
    endpoint = health.endpoint
    now = EndpointWish(
        url=endpoint.url, description=endpoint.description, event_types=endpoint.event_types
    )
    log = _log(visitor, DeliveryWish(endpoint_id=endpoint_id, state=state), before)
    return html.render(
        visitor,
        "webhook.html",
        status=422 if problems else 200,
        wish=given or now,
        problems=problems or {},
        secret=secret,
        groups=type_groups(),
        place=PLACE,
        tries=len(WAITS) + 1,
        host=host,
        **_log_values(health, log, state),
    )


def _log_values(health: Health, log: Page[Logged], state: str | None) -> dict[str, Any]:
    path = f"{PLACE}/{health.endpoint.id}"
    under_way = any(not one.attempts and one.delivery.state == OPEN for one in log.items)
    more = None
    if log.next is not None:
        more = f"{path}?state={state or ''}&before={log.next[0]}"
    return {
        "health": health,
        "endpoint": health.endpoint,
        "path": path,
        "log": log.items,
        "state": state,
        "tabs": [
            (f"{path}{'?state=' + one if one else ''}", words, None, one == state)
            for one, words in TABS
        ],
        "under_way": under_way and state is None and health.endpoint.state == "on",
        "more": more,
    }


@deed(ONE, right=RIGHT)
def save(request: Request, visitor: Visitor, form: FormData) -> Response:
    endpoint_id, given = request.path_params["webhook"], _given(form)
    version = text(form, "version")
    wish = EndpointChange(
        endpoint_id=endpoint_id,
        url=given.url,
        description=given.description,
        event_types=given.event_types,
        version=int(version) if version.isdecimal() and len(version) < 9 else -1,
    )
    problems = _too_long(given)
    if not problems:
        check = visitor.house.webhook_rules.problem_with
        (answer,) = visitor.do(change_endpoints, [wish], check=check)
        if not isinstance(answer, Refusal):
            return html.back(f"{PLACE}/{endpoint_id}", told="Saved. It counts from now on.")
        problems = problems_of(answer)
    return show(visitor, endpoint_id, given=given, problems=problems)


@deed(ONE + "/rotate", right=RIGHT)
def rotate(request: Request, visitor: Visitor, form: FormData) -> Response:
    endpoint_id, secret = request.path_params["webhook"], new_secret()
    (answer,) = visitor.do(rotate_secrets, [(endpoint_id, secret)])
    if isinstance(answer, Refusal):
        raise HTTPException(404, answer.sentence)
    return show(visitor, endpoint_id, secret=secret)


def _given(form: FormData) -> EndpointWish:
    """Without a type chosen: all of them."""
    return EndpointWish(
        url=text(form, "url").strip(),
        description=" ".join(text(form, "description").split()),
        event_types=tuple(texts(form, "type")),
    )


def _too_long(given: EndpointWish) -> Problems:
    if len(given.description) <= MAX_DESCRIPTION:
        return {}
    return {"description": f"Write at most {MAX_DESCRIPTION} characters."}


def problems_of(refusal: Refusal) -> Problems:
    """By the field's name; what is about none of them is about the whole."""
    parts = refusal.more or (refusal,)
    return {part.pointer.strip("/").partition("/")[0] or "form": part.sentence for part in parts}


def type_groups() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """The types with their meanings, by process."""
    by_process = groupby(event_types().items(), key=lambda one: one[0].partition(".")[0])
    return [(process, list(types)) for process, types in by_process]


def host(url: str) -> str:
    """Paths and queries of hooks are often secrets: lists show where it goes, not all of it."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def _health(visitor: Visitor, endpoint_id: str) -> Health:
    with visitor.reading() as sql:
        health = find_endpoint(sql, endpoint_id)
    if health is None:
        raise HTTPException(404, "There is no such webhook.")
    return health


def _log(visitor: Visitor, wish: DeliveryWish, before: str | None) -> Page[Logged]:
    with visitor.reading() as sql:
        return list_deliveries(sql, wish, limit=ROWS, before=before or None)
