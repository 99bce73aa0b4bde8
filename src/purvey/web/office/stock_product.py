"""One product's stock, and what is done about it: adjusted, announced, received."""

from datetime import date
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.kit.process import Refusal
from purvey.operations.adjust_stock import (
    Adjustment,
    Announcement,
    Arrival,
    adjust_stock,
    announce_supplies,
    receive_supplies,
)
from purvey.queries.catalogue import list_locations, list_supplies
from purvey.queries.stock_levels import StockRow, find_stock_row
from purvey.queries.stock_of import movements_of, on_hand_by_day, reserved_for, who_waits
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.plots import over_days

PLACE, ONE, RIGHT = "/stock", "/stock/{sku:path}", "stock:write"
CLAIMS, MOVEMENTS, SUPPLIES = 50, 25, 50
MAX_REASON = 200
WHOLE = Refusal("bad_quantity", "Write a whole number of units.")
BAD_DAY = Refusal("bad_day", "Choose a day, or leave it empty.", pointer="/expected_on")
NO_REASON = Refusal("reason_missing", "Say why: the ledger keeps it.", pointer="/reason")
FIELDS = ("change", "reason", "location", "quantity", "expected_on", "supply", "arrived")


@page(ONE, right="stock:read")
def show_product(request: Request, visitor: Visitor) -> Response:
    """`before`: the movement that the ledger's page before ended with."""
    before = request.query_params.get("before", "")[:64]
    return product_page(visitor, request.path_params["sku"], before=before)


def product_page(
    visitor: Visitor,
    sku: str,
    *,
    before: str = "",
    refusal: Refusal | None = None,
    form: FormData | None = None,
) -> Response:
    """`refusal`: why what `form` asked for was not done. What was typed stays."""
    row, found = _what_is(visitor, sku, before=before)
    path = f"{PLACE}/{quote(sku)}"
    following = found["ledger"].next
    return render(
        visitor,
        "stock/product.html",
        status=200 if refusal is None else 422,
        row=row,
        path=path,
        older=f"{path}?before={following[0]}#ledger" if following else "",
        is_first=not before,
        names={place.code: place.name for place in found["places"]},
        choices=[(place.code, place.name) for place in found["places"]],
        unlisted=_unlisted(row, found),
        may_write=visitor.may(RIGHT),
        given={name: text(form or FormData(), name) for name in FIELDS},
        problems=_problems(refusal, form),
        **found,
    )


def _what_is(visitor: Visitor, sku: str, *, before: str) -> tuple[StockRow, dict[str, Any]]:
    now = visitor.house.clock()
    with visitor.reading() as sql:
        row = find_stock_row(sql, sku, now=now)
        if row is None:
            raise HTTPException(404, f"There is no product {sku}.")
        levels = [(place.location, place.on_hand) for place in row.places]
        codes = [code for code, _ in levels]
        return row, {
            "reserved": reserved_for(sql, sku, limit=CLAIMS),
            "waiting": who_waits(sql, sku, limit=CLAIMS),
            "supplies": list_supplies(sql, limit=SUPPLIES, sku=sku, state="expected").items,
            "places": list_locations(sql),
            "ledger": movements_of(sql, sku, codes, limit=MOVEMENTS, before=before or "mov_g"),
            "plot": over_days(on_hand_by_day(sql, sku, levels, now=now)),
        }


def _unlisted(row: StockRow, found: dict[str, Any]) -> dict[str, int]:
    """Units that the lists of orders leave out."""
    return {
        "reserved": row.reserved - sum(claim.units for claim in found["reserved"]),
        "waiting": row.backordered - sum(claim.units for claim in found["waiting"]),
    }


def _problems(refusal: Refusal | None, form: FormData | None) -> dict[str, str]:
    """By field; the two forms that ask for a location keep theirs apart."""
    if refusal is None:
        return {}
    at = (refusal.pointer or "").strip("/")
    if form is not None and "quantity" in form and at == "change":
        at = "quantity"
    if form is not None and "supply" in form:
        at = f"arrived-{text(form, 'supply')}"
    return {at: refusal.sentence}


@deed(ONE + "/adjust", right=RIGHT)
def adjust(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: location, change (-3 or 12), reason."""
    sku, change = request.path_params["sku"], _whole(text(form, "change"))
    reason = " ".join(text(form, "reason").split())[:MAX_REASON]
    if not reason:
        return product_page(visitor, sku, refusal=NO_REASON, form=form)
    if change is None:
        return product_page(visitor, sku, refusal=_at(WHOLE, "/change"), form=form)
    wish = Adjustment(sku=sku, location=text(form, "location"), change=change, reason=reason)
    [answer] = visitor.do(adjust_stock, [wish])
    if isinstance(answer, Refusal):
        return product_page(visitor, sku, refusal=answer, form=form)
    told = f"Booked {change:+,}: {answer.on_hand:,} are on hand in {answer.location} now."
    return back(f"{PLACE}/{quote(sku)}", told=told)


@deed(ONE + "/announce", right=RIGHT)
def announce(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: location, quantity, expected_on (an ISO day, or empty)."""
    sku, quantity = request.path_params["sku"], _whole(text(form, "quantity"))
    if quantity is None or quantity <= 0:
        return product_page(visitor, sku, refusal=_at(WHOLE, "/quantity"), form=form)
    try:
        given = text(form, "expected_on")
        day = date.fromisoformat(given) if given else None
    except ValueError:
        return product_page(visitor, sku, refusal=BAD_DAY, form=form)
    wish = Announcement(
        sku=sku, location=text(form, "location"), quantity=quantity, expected_on=day
    )
    [answer] = visitor.do(announce_supplies, [wish])
    if isinstance(answer, Refusal):
        return product_page(visitor, sku, refusal=answer, form=form)
    return back(f"{PLACE}/{quote(sku)}", told="Announced: orders that wait for it say so.")


@deed(ONE + "/receive", right=RIGHT)
def receive(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: supply, arrived (units), more ("1": the rest comes later)."""
    sku, quantity = request.path_params["sku"], _whole(text(form, "arrived"))
    if quantity is None:
        return product_page(visitor, sku, refusal=_at(WHOLE, "/arrived"), form=form)
    arrival = Arrival(
        supply_id=text(form, "supply"), quantity=quantity, complete=text(form, "more") != "1"
    )
    [answer] = visitor.do(receive_supplies, [arrival])
    if isinstance(answer, Refusal):
        return product_page(visitor, sku, refusal=answer, form=form)
    told = f"{quantity:,} are on hand in {answer.location}; waiting orders get theirs first."
    return back(f"{PLACE}/{quote(sku)}", told=told)


def _at(refusal: Refusal, pointer: str) -> Refusal:
    return Refusal(refusal.code, refusal.sentence, pointer=pointer)


def _whole(given: str) -> int | None:
    digits = given.strip().replace("\u2212", "-").removeprefix("+")
    bare = digits.removeprefix("-")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 12):
        return None
    return int(digits)
