"""Stock: what lies where, what of it is free, what comes, and how long it lasts."""

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.queries.catalogue import list_locations
from purvey.queries.counts import open_counts
from purvey.queries.stock_levels import FILTERS, StockWish, list_stock_rows
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import render

PLACE = "/stock"
ROWS = 50
MAX_Q = 200
WORDS = {
    "": "All",
    "short": "Short",
    "backorders": "With backorders",
    "incoming": "Incoming",
}


@page(PLACE, right="stock:read")
def show_stock(request: Request, visitor: Visitor) -> Response:
    """`q`, `only`, `location`; `after`: the sku that the page before ended with. With `HX-Request`
    the list alone."""
    query = request.query_params
    wish = StockWish(
        q=query.get("q", "")[:MAX_Q],
        only=query.get("only", ""),
        location=query.get("location", ""),
    )
    if wish.only not in ("", *FILTERS):
        raise HTTPException(404, f"There is no such list; there are: {', '.join(FILTERS)}.")
    after, now = query.get("after", "")[:MAX_Q], visitor.house.clock()
    with visitor.reading() as sql:
        found = list_stock_rows(sql, wish, limit=ROWS, now=now, after=after)
        places = list_locations(sql)
        counting = open_counts(sql)
    part = "stock/rows.html" if request.headers.get("hx-request") else "stock/list.html"
    return render(
        visitor,
        part,
        wish=wish,
        rows=found.items,
        following=_address(wish, after=str(found.next[0])) if found.next else "",
        filters=[(_address(wish, only=one), words, one) for one, words in WORDS.items()],
        places=places,
        place_links=[(_address(wish, location=one.code), one.name, one.code) for one in places],
        everywhere=_address(wish, location=""),
        counting=counting,
        names={place.code: place.name for place in places},
    )


def _address(wish: StockWish, **changes: str) -> str:
    asked = {"q": wish.q, "only": wish.only, "location": wish.location, **changes}
    given = {name: value for name, value in asked.items() if value}
    return f"{PLACE}?{urlencode(given)}" if given else PLACE
