"""The feed of all that happens."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from purvey.queries.history import event_json, events_after
from purvey.web.api.answers import EventOut, PageOf
from purvey.web.api.caller import Caller, Reply, reads
from purvey.web.api.documented import API, shows
from purvey.web.api.pages import USUAL, Limit
from purvey.web.bodies import StrictRoute

router = APIRouter(prefix=API, route_class=StrictRoute)
MAX_POSITION = 2**63 - 1


@router.get("/events", tags=["events"], **shows(PageOf[EventOut]))
def show_events(
    *,
    caller: Annotated[Caller, reads("events:read")],
    after: Annotated[int, Query(ge=0, le=MAX_POSITION)] = 0,
    limit: Limit = USUAL,
) -> Response:
    """In order and without gaps. Ask again with `after` = the last `position` you have seen; while
    there is more, `next_cursor` says it, too."""
    with caller.reading() as sql:
        page = events_after(sql, after, limit=limit)
    following = None if page.next is None else str(page.next[0])
    content = {"items": [event_json(event) for event in page.items], "next_cursor": following}
    return Reply(content).response
