"""The start page: how today's orders stand, and what has waited longest."""

from datetime import UTC, datetime, time, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from purvey.queries.figures import amounts_by_state, oldest_waiting
from purvey.web.pages.html import page
from purvey.wiring import DEFAULT_SHARD, House


async def start_page(request: Request) -> Response:
    return await run_in_threadpool(_start_page, request.app.state.house)


def _start_page(house: House) -> Response:
    now = house.clock()
    today = datetime.combine(now.date(), time(), UTC)
    with house.database.reading(DEFAULT_SHARD) as sql:
        amounts = amounts_by_state(sql, start=today, end=today + timedelta(days=1))
        waiting = oldest_waiting(sql)
    counts: dict[str, int] = {}
    for part in amounts:
        counts[part.state] = counts.get(part.state, 0) + part.orders
    return page(
        "start.html",
        shop=house.settings.shop_name,
        language="en",
        now=now,
        counts=counts,
        waiting=waiting,
    )
