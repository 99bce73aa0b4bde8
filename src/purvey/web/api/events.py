"""The feed of all that happens, and what is not there yet: returns."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from purvey.queries.history import events_after
from purvey.web.api.answers import EventOut, PageOf
from purvey.web.api.caller import Caller, Reply, reads
from purvey.web.api.documented import API, shows
from purvey.web.api.more_answers import ReturnOut
from purvey.web.api.orders import event_json
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
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


@router.get("/returns", tags=["returns"], **shows(PageOf[ReturnOut]))
def show_returns(
    *,
    caller: Annotated[Caller, reads("returns:read")],
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """None yet: returns cannot be taken so far."""
    read_cursor(cursor, (str,))
    return list_reply([], None).response
