"""What is to do at one location: to pick, to pack, to hand over; the oldest promise first."""

from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.warehouse import HAND_OVER, PACK, PICK, STAGES
from purvey.operations.waves import MAX_SHIPMENTS
from purvey.ports.storage import Location
from purvey.queries.catalogue import list_locations
from purvey.queries.warehouse import count_work, find_parcel, list_waves, list_work
from purvey.storage.sql import Sql
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, is_secure, render

PLACE = "/warehouse"
READ, WRITE = "shipments:read", "shipments:write"
ROWS = 50
COOKIE, COOKIE_SECONDS = "place", 366 * 24 * 3600
LABELS = {PICK: "Pick", PACK: "Pack", HAND_OVER: "Hand over"}


def location_of(request: Request, sql: Sql) -> tuple[str, list[Location]]:
    """Where this person works: what was chosen on this phone, else the first; and all there are."""
    places = list_locations(sql)
    chosen = unquote(request.cookies.get(COOKIE, ""))
    known = [place.code for place in places]
    return (chosen if chosen in known else known[0] if known else ""), places


@page(PLACE, right=READ)
def show_work(request: Request, visitor: Visitor) -> Response:
    """`show`: pick or pack; what is to hand over has a page of its own."""
    stage = request.query_params.get("show", PICK)
    if stage not in (PICK, PACK):
        raise HTTPException(404, "There is no such list.")
    with visitor.reading() as sql:
        place, places = location_of(request, sql)
        counts = count_work(sql, place)
        rows = list_work(sql, place, stage, limit=ROWS)
        waves = list_waves(sql, place)
        methods = sql.rows("select code, name from shipping_method where shard = :shard order by 1")
    return render(
        visitor,
        "warehouse/work.html",
        stage=stage,
        place=place,
        places=[(one.code, one.name) for one in places],
        tabs=tabs(counts, stage),
        rows=rows,
        more=counts[stage] - len(rows),
        waves=waves,
        methods=[("", "Any method"), *((row.code, row.name) for row in methods)],
        most=MAX_SHIPMENTS,
    )


def tabs(counts: Mapping[str, int], chosen: str) -> list[tuple[str, str, int, bool]]:
    paths = {PICK: PLACE, PACK: f"{PLACE}?show=pack", HAND_OVER: f"{PLACE}/leaving"}
    return [(paths[one], LABELS[one], counts[one], one == chosen) for one in STAGES]


@deed(f"{PLACE}/place", right=READ)
def choose_place(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: location. Kept on this phone."""
    chosen = text(form, "location")
    with visitor.reading() as sql:
        if chosen not in {place.code for place in list_locations(sql)}:
            raise HTTPException(422, "location: choose one of the list.")
    answer = RedirectResponse(PLACE, 303)
    secure = is_secure(visitor.house.settings.web_address)
    answer.set_cookie(
        COOKIE, quote(chosen), max_age=COOKIE_SECONDS, httponly=True, secure=secure, samesite="lax"
    )
    return answer


@page(f"{PLACE}/find", right=READ)
def find(request: Request, visitor: Visitor) -> Response:
    """`code`: scanned off a parcel, a slip or a label."""
    code = request.query_params.get("code", "").strip()[:200]
    with visitor.reading() as sql:
        found = find_parcel(sql, code) if code else None
    if found is None:
        return back(PLACE, told=f"Nothing here is called {code or '(nothing)'}.")
    return RedirectResponse(f"{PLACE}/parcels/{found}", 303)
