"""The two hot routes: `POST /orders` and `POST /orders/batch`, served without FastAPI's machinery.

1. The key is known and has its scope; the body is JSON; its shape fits (all mistakes at once).
2. The draft goes into the queue; one commit takes all that wait.
3. The order is shown as it is after that commit.
"""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.draft import Draft
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.domain.waiting import Expected
from purvey.kit.process import Refusal
from purvey.operations.receive import Received
from purvey.queries.orders import expected_for
from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.storage.transaction import SqlTransaction
from purvey.web import field_errors
from purvey.web.api.caller import actor_of, given_key, key_reused
from purvey.web.api.drafts import draft_of
from purvey.web.api.order_json import order_json
from purvey.web.api.order_shapes import OrdersIn
from purvey.web.api.shapes import FORMATS
from purvey.web.bodies import json_body
from purvey.web.problems import Problem, of_fields, of_refusal
from purvey.wiring import DEFAULT_SHARD, House

SCOPE = "orders:write"
Json = dict[str, Any]
Drafted = Draft | Problem


async def place_order(request: Request) -> Response:
    state = request.app.state
    key = await state.keys.authorised(request, SCOPE)
    content = await json_body(request)
    draft = draft_of(
        content,
        state.house.policies,
        actor=actor_of(key),
        key=given_key(request, key),
    )
    answer = await state.receiving.one(draft)
    if isinstance(answer, Refusal):
        raise of_refusal(answer)
    [content] = await _shown(state.house, [answer])
    headers = {"ETag": f'"{answer.order.version}"', "Location": f"/api/v1/orders/{answer.order.id}"}
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(to_json(content), _status(answer), headers, "application/json")


def _status(answer: Received) -> int:
    return 201 if answer.created else 200


async def place_orders(request: Request) -> Response:
    """Each order by itself: what is wrong with one is told in its place."""
    state = request.app.state
    key = await state.keys.authorised(request, SCOPE)
    contents = _contents(await json_body(request))
    once = given_key(request, key)
    if once is not None:
        fingerprint = sha256(await request.body()).hexdigest()
        await run_in_threadpool(_enter_key, state.house, once, fingerprint)
    drafted = await _drafted(state.house, contents, actor=actor_of(key), once=once)
    answers = await _received(state, drafted)
    results = await _results(state.house, answers)
    replays = [isinstance(a, Received) and a.replayed for a in answers]
    headers = {"Idempotent-Replayed": "true"} if all(replays) else {}
    return Response(to_json({"results": results}), 200, headers, "application/json")


def _contents(content: Any) -> list[Any]:
    try:
        return list(OrdersIn.model_validate(content).orders)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise of_fields(field_errors.in_body(found, formats=FORMATS)) from None


def _enter_key(house: House, key: str, fingerprint: str) -> None:
    """Each order has a key of its own beneath this one: a batch cut in two is simply sent again."""

    def enter(tx: SqlTransaction) -> bool:
        row = (key, fingerprint, None, None, None, to_us(house.clock()))
        return bool(tx.sql.insert_new(tables.idempotency, [row])) or fingerprint == tx.sql.scalar(
            "select fingerprint from idempotency where shard = :shard and key = :key", key=key
        )

    if not house.database.run(DEFAULT_SHARD, enter):
        raise key_reused()


AT_ONCE = 50  # drafts made before the event loop looks at other requests again


async def _drafted(
    house: House, contents: Sequence[Any], *, actor: str, once: str | None
) -> list[Drafted]:
    drafted: list[Drafted] = []
    for no, content in enumerate(contents):
        key = None if once is None else f"{once}:{no}"
        drafted.append(_draft_or_problem(house, content, actor=actor, key=key))
        if no % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
    return drafted


def _draft_or_problem(house: House, content: Any, *, actor: str, key: str | None) -> Drafted:
    try:
        return draft_of(content, house.policies, actor=actor, key=key)
    except Problem as problem:
        return problem


async def _received(state: Any, drafted: Sequence[Drafted]) -> list[Received | Problem]:
    drafts = [draft for draft in drafted if isinstance(draft, Draft)]
    answers = iter(await state.receiving.many(drafts, at_once=state.house.settings.batch_limit))
    return [x if isinstance(x, Problem) else _told(next(answers)) for x in drafted]


def _told(answer: Received | Refusal | BaseException) -> Received | Problem:
    match answer:
        case Refusal():
            return of_refusal(answer)
        case Problem() | Received():
            return answer
        case BaseException():
            raise answer


async def _results(house: House, answers: Sequence[Received | Problem]) -> list[Json]:
    shown = iter(await _shown(house, [a for a in answers if isinstance(a, Received)]))
    return [
        {"status": a.status_code, "problem": a.body}
        if isinstance(a, Problem)
        else {"status": _status(a), "order": next(shown)}
        for a in answers
    ]


async def _shown(house: House, answers: Sequence[Received]) -> list[Json]:
    """What waits for stock says when some is expected: that alone needs the database again."""
    orders = [answer.order for answer in answers]
    expected: Mapping[str, Expected] = {}
    if any(order.state == OrderState.BACKORDERED for order in orders):
        expected = await run_in_threadpool(_expected, house, orders)
    site = house.settings.web_address
    return [order_json(order, site=site, expected=expected) for order in orders]


def _expected(house: House, orders: Sequence[Order]) -> Mapping[str, Expected]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return expected_for(sql, orders, today=house.today())
