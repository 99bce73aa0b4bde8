"""A path that leads nowhere: people get a page, programs a problem."""

from starlette.requests import Request
from starlette.responses import Response

from purvey.web.office.door import visitor_of
from purvey.web.office.html import render

NO_PAGE = "There is no such page. The address may be misspelt, or what was here is gone."
FOR_PROGRAMS = ("/api/", "/hooks/")


def is_a_persons(request: Request) -> bool:
    """Browsers name HTML in what they accept when somebody opens an address."""
    asked_for = request.headers.get("accept", "")
    return "text/html" in asked_for and not request.url.path.startswith(FOR_PROGRAMS)


def no_page(request: Request) -> Response:
    """With the way to the other pages for whoever is logged in. Reads the database."""
    return render(visitor_of(request) or request, "refused.html", status=404, sentence=NO_PAGE)
