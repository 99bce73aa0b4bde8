"""Settings > Locations: where stock lies, from where it is taken first, and which are closed."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.kit.process import Refusal
from purvey.operations.put_places import MAX_PRIORITY, Put, change_locations
from purvey.ports.storage import Location
from purvey.queries.catalogue import list_locations
from purvey.web.office import html
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text, whole
from purvey.web.office.webhooks import problems_of

PLACE, RIGHT = "/settings/locations", "settings:write"
NEW = Location(code="", name="", version=0)


@page(PLACE, right=RIGHT)
def show_locations(request: Request, visitor: Visitor) -> Response:
    return html.render(visitor, "settings/locations.html", place=PLACE, found=_all(visitor))


@page(PLACE + "/new", right=RIGHT)
def show_new(request: Request, visitor: Visitor) -> Response:
    return _form(visitor, NEW)


@deed(PLACE, right=RIGHT)
def add(request: Request, visitor: Visitor, form: FormData) -> Response:
    return _save(visitor, form, code=text(form, "code").strip(), version=0)


@page(PLACE + "/{code:path}", right=RIGHT)
def show_location(request: Request, visitor: Visitor) -> Response:
    code = request.path_params["code"]
    found = next((one for one in _all(visitor) if one.code == code), None)
    if found is None:
        raise HTTPException(404, "There is no such location.")
    return _form(visitor, found)


@deed(PLACE + "/{code:path}", right=RIGHT)
def save(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: name, priority, address, active, version (of what was shown)."""
    version = whole(text(form, "version")) or 0
    return _save(visitor, form, code=request.path_params["code"], version=max(1, version))


def _save(visitor: Visitor, form: FormData, *, code: str, version: int) -> Response:
    typed = text(form, "priority").strip() or "0"
    digits = whole(typed.removeprefix("-"))
    priority = MAX_PRIORITY + 1 if digits is None else digits  # more than may be: refused
    wish = Location(
        code=code,
        name=text(form, "name").strip(),
        priority=-priority if typed.startswith("-") else priority,
        address=" ".join(text(form, "address").split()),
        active=text(form, "active") == "1",
        version=version,
    )
    (answer,) = visitor.do(change_locations, [Put(place=wish, version=version)])
    if isinstance(answer, Refusal):
        return _form(visitor, wish, problems_of(answer))
    return html.back(PLACE, told=f"{answer.name} is saved.")


def _form(visitor: Visitor, shown: Location, problems: Mapping[str, str] | None = None) -> Response:
    return html.render(
        visitor,
        "settings/location.html",
        status=422 if problems else 200,
        place=PLACE,
        one=shown,
        problems=problems or {},
    )


def _all(visitor: Visitor) -> list[Location]:
    with visitor.reading() as sql:
        return list_locations(sql)
