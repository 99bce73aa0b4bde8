"""Settings: leads to the first page of them that the person may open."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.web.office.door import LOCKED_PAGE, LOGGED_IN, Visitor, page
from purvey.web.office.navigation import settings_for


@page("/settings", right=LOGGED_IN)
def show_settings(request: Request, visitor: Visitor) -> Response:
    entries = settings_for(visitor)
    if not entries:
        raise HTTPException(403, LOCKED_PAGE)
    return RedirectResponse(entries[0].path, 303)
