"""How the shop does in a range of time."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from purvey.domain.money import to_text
from purvey.queries.figures import Amounts, amounts_by_state, times_in_state
from purvey.web.api.caller import Caller, Json, Reply, reads
from purvey.web.api.documented import API, shows
from purvey.web.api.moments import Moment, read_moment
from purvey.web.api.more_answers import SummaryOut
from purvey.web.api.order_json import time_text
from purvey.web.bodies import StrictRoute

router = APIRouter(prefix=f"{API}/metrics", tags=["figures"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("metrics:read")]
From = Annotated[Moment, Query(alias="from")]


@router.get("/summary", **shows(SummaryOut))
def show_summary(*, caller: Reader, from_: From = None, to: Moment = None) -> Response:
    """Orders placed in the range, today if none is given; how long the newest 2,000 of them stayed
    in each state."""
    today = datetime.combine(caller.house.clock().date(), time(), UTC)
    start = read_moment(from_, "from") or today
    end = read_moment(to, "to", whole_day=True) or max(start, today) + timedelta(days=1)
    with caller.reading() as sql:
        amounts = amounts_by_state(sql, start=start, end=end)
        times = times_in_state(sql, start=start, end=end)
    content = {
        "from": time_text(start),
        "to": time_text(end),
        "orders": sum(part.orders for part in amounts),
        "by_state": [_amounts(part) for part in amounts],
        "time_in_state": [
            {
                "state": one.state,
                "visits": one.visits,
                "p50_seconds": one.p50_seconds,
                "p95_seconds": one.p95_seconds,
            }
            for one in times
        ],
    }
    return Reply(content).response


def _amounts(part: Amounts) -> Json:
    return {
        "state": part.state,
        "currency": part.currency,
        "orders": part.orders,
        "total": to_text(part.total, part.currency),
        "paid": to_text(part.paid, part.currency),
        "refunded": to_text(part.refunded, part.currency),
    }
