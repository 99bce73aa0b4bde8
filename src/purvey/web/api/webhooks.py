"""Webhooks: endpoints that are told what happens, the log of what was told, and telling it anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from purvey.adapters.standard_webhooks import new_secret
from purvey.domain.webhook_urls import MAX_URL
from purvey.domain.webhooks import MAX_DESCRIPTION, MAX_TYPES
from purvey.operations.act import Act
from purvey.operations.webhook_deliveries import (
    Replay,
    ReplayFailed,
    replay,
    replay_failed,
    send_tests,
)
from purvey.operations.webhooks import (
    EndpointChange,
    NewEndpoint,
    SwitchOn,
    add_endpoints,
    change_endpoints,
    remove_endpoints,
    rotate_secrets,
    switch_off,
    switch_on,
)
from purvey.queries.webhooks import (
    DeliveryWish,
    find_delivery,
    find_endpoint,
    list_deliveries,
    list_endpoints,
)
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Changer, Reply, accepted, changes, posts, reads
from purvey.web.api.documented import API, Name, shows
from purvey.web.api.moments import FIRST, LAST
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.api.shapes import EVENT_TYPE_PATTERN, Shape, line
from purvey.web.api.webhook_json import (
    DeliveryOut,
    ReplayedOut,
    WebhookOut,
    WebhookWithSecret,
    delivery_json,
    webhook_json,
)
from purvey.web.bodies import StrictRoute
from purvey.web.problems import not_found

router = APIRouter(prefix=f"{API}/webhooks", tags=["webhooks"], route_class=StrictRoute)
RIGHT = "settings:write"
Reader = Annotated[Caller, reads(RIGHT)]
Poster = Annotated[Changer, posts(RIGHT)]
Writer = Annotated[Changer, changes(RIGHT)]
EventType = Annotated[str, StringConstraints(max_length=64, pattern=EVENT_TYPE_PATTERN)]
State = Literal["open", "delivered", "failed", "skipped"]


class WebhookIn(Shape):
    """`event_types` empty: all; `order.*`: all of orders."""

    url: Annotated[str, line(MAX_URL), Field(examples=["https://example.com/hooks"])]
    event_types: Annotated[
        tuple[EventType, ...],
        Field(max_length=MAX_TYPES, strict=False, examples=[["order.shipped"]]),
    ] = ()
    description: Annotated[str, line(MAX_DESCRIPTION)] = ""


class SwitchOnIn(Shape):
    """`send_missed` false: what happened meanwhile, and what was waiting, is left out."""

    send_missed: bool = True


class ReplayIn(Shape):
    failed_since: Annotated[
        datetime, Field(strict=False, ge=FIRST, le=LAST, examples=["2026-05-03T10:00:00Z"])
    ]


@router.get("", **shows(PageOf[WebhookOut]))
def show_webhooks(*, caller: Reader, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """Oldest first."""
    after = read_cursor(cursor, (str,))
    with caller.reading() as sql:
        page = list_endpoints(sql, limit=limit, after=str(after[0]) if after else "")
    return list_reply(map(webhook_json, page.items), page.next).response


@router.post("", **shows(WebhookWithSecret, 201))
def add_webhook(*, body: WebhookIn, caller: Poster) -> Response:
    """It is told of what happens from now on. The secret is shown this once."""
    secret = new_secret()
    wish = NewEndpoint(
        url=body.url,
        description=body.description,
        event_types=body.event_types,
        secret=secret,
    )

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [answer] = add_endpoints(tx, [wish], act=act, check=_check(caller))
        return Reply(_content(tx.sql, accepted(answer).id, secret=secret), 201)

    return caller.change(work)


@router.get("/{webhook}", **shows(WebhookOut))
def show_webhook(*, webhook: Name, caller: Reader) -> Response:
    """The ETag is its version, which counts what people change."""
    with caller.reading() as sql:
        return Reply(_content(sql, webhook)).response


@router.put("/{webhook}", **shows(WebhookOut))
def change_webhook(*, webhook: Name, body: WebhookIn, caller: Writer) -> Response:
    """What waits goes to the new URL."""
    wish = EndpointChange(
        endpoint_id=webhook,
        url=body.url,
        description=body.description,
        event_types=body.event_types,
        version=caller.version,
    )
    check = _check(caller)
    return _change(caller, lambda tx, act: change_endpoints(tx, [wish], act=act, check=check))


@router.delete("/{webhook}", **shows(WebhookOut))
def remove_webhook(*, webhook: Name, caller: Writer) -> Response:
    """Nothing more is sent to it. Answers with it as it was."""

    def work(tx: SqlTransaction, act: Act) -> Reply:
        content = _content(tx.sql, webhook)
        [answer] = remove_endpoints(tx, [webhook], act=act)
        accepted(answer)
        return Reply(content)

    return caller.change(work)


@router.post("/{webhook}/rotate", **shows(WebhookWithSecret))
def rotate_secret(*, webhook: Name, caller: Poster) -> Response:
    """A new secret, shown this once. For 24 hours the old one signs as well."""
    secret = new_secret()
    return _change(
        caller, lambda tx, act: rotate_secrets(tx, [(webhook, secret)], act=act), secret=secret
    )


@router.post("/{webhook}/switch_off", **shows(WebhookOut))
def switch_webhook_off(*, webhook: Name, caller: Poster) -> Response:
    """Nothing is sent until it is switched on again; the feed keeps what happens meanwhile."""
    return _change(caller, lambda tx, act: switch_off(tx, [webhook], act=act))


@router.post("/{webhook}/switch_on", **shows(WebhookOut))
def switch_webhook_on(*, webhook: Name, caller: Poster, body: SwitchOnIn | None = None) -> Response:
    """What happened meanwhile is sent, unless `send_missed` is false."""
    wish = SwitchOn(endpoint_id=webhook, send_missed=(body or SwitchOnIn()).send_missed)
    return _change(caller, lambda tx, act: switch_on(tx, [wish], act=act))


@router.post("/{webhook}/test", **shows(DeliveryOut, 202))
def send_test(*, webhook: Name, caller: Poster) -> Response:
    """Send a `webhook.test`. It is tried once; its delivery tells what was answered."""

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [answer] = send_tests(tx, [webhook], act=act)
        return _delivery(tx.sql, webhook, accepted(answer).id)

    return caller.change(work)


@router.post("/{webhook}/replay", **shows(ReplayedOut, 202))
def replay_what_failed(*, webhook: Name, body: ReplayIn, caller: Poster) -> Response:
    """Send all that failed since then once more: the oldest 1,000 of them."""
    wish = ReplayFailed(endpoint_id=webhook, since=body.failed_since)

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [answer] = replay_failed(tx, [wish], act=act)
        done = accepted(answer)
        return Reply({"replayed": done.count, "more": done.more}, 202)

    return caller.change(work)


@router.get("/{webhook}/deliveries", **shows(PageOf[DeliveryOut]))
def show_deliveries(
    *,
    webhook: Name,
    caller: Reader,
    state: State | None = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Newest first, with their attempts; kept for 30 days after they are done."""
    before = read_cursor(cursor, (str,))
    with caller.reading() as sql:
        _content(sql, webhook)
        wish = DeliveryWish(endpoint_id=webhook, state=state)
        page = list_deliveries(sql, wish, limit=limit, before=str(before[0]) if before else None)
    return list_reply(map(delivery_json, page.items), page.next).response


@router.post("/{webhook}/deliveries/{delivery}/replay", **shows(DeliveryOut, 202))
def replay_delivery(*, webhook: Name, delivery: Name, caller: Poster) -> Response:
    """Send it once more, with the same `webhook-id`, whatever became of it."""
    wish = Replay(endpoint_id=webhook, delivery_id=delivery)

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [answer] = replay(tx, [wish], act=act)
        return _delivery(tx.sql, webhook, accepted(answer).id)

    return caller.change(work)


def _change(
    caller: Changer,
    operation: Callable[[SqlTransaction, Act], list[Any]],
    *,
    secret: str | None = None,
) -> Response:
    def work(tx: SqlTransaction, act: Act) -> Reply:
        [answer] = operation(tx, act)
        return Reply(_content(tx.sql, accepted(answer).id, secret=secret))

    return caller.change(work)


def _content(sql: Sql, endpoint_id: str, *, secret: str | None = None) -> dict[str, Any]:
    """Raises Problem (404)."""
    health = find_endpoint(sql, endpoint_id)
    if health is None:
        raise not_found("webhook endpoint")
    return webhook_json(health, secret=secret)


def _delivery(sql: Sql, endpoint_id: str, delivery_id: str) -> Reply:
    logged = find_delivery(sql, endpoint_id, delivery_id)
    assert logged is not None
    return Reply(delivery_json(logged), 202)


def _check(caller: Caller) -> Callable[[str], str | None]:
    return caller.house.webhook_rules.problem_with
