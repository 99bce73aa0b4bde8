"""Stock: how much there is, what comes and goes, what has been announced."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from purvey.operations.act import Act
from purvey.operations.adjust_stock import (
    Adjustment,
    Announcement,
    Arrival,
    adjust_stock,
    announce_supplies,
    receive_supplies,
)
from purvey.ports.storage import Level, Supply
from purvey.queries.catalogue import list_stock, list_supplies
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Changer, Reply, accepted, posts, reads
from purvey.web.api.documented import API, Name, Text, Word, shows
from purvey.web.api.more_answers import LevelOut, SupplyOut
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.api.shapes import MAX_UNITS, Code, Shape, Sku, Units, words
from purvey.web.bodies import StrictRoute

router = APIRouter(prefix=API, tags=["stock"], route_class=StrictRoute)
Reader = Annotated[Caller, reads("stock:read")]
Writer = Annotated[Changer, posts("stock:write")]


class AdjustmentIn(Shape):
    """`change`: units that came (positive) or went (negative)."""

    sku: Sku
    location: Code = "main"
    change: Annotated[int, Field(ge=-MAX_UNITS, le=MAX_UNITS)]
    reason: Annotated[str, words(200)]


class SupplyIn(Shape):
    """Stock on its way to us."""

    sku: Sku
    location: Code = "main"
    quantity: Units
    expected_on: Annotated[date, Field(strict=False)] | None = None


class ArrivalIn(Shape):
    """`quantity` left out: all that was expected. `complete` false: more will come."""

    quantity: Units | None = None
    complete: bool = True


@router.get("/stock", **shows(PageOf[LevelOut]))
def show_stock(
    *,
    caller: Reader,
    sku: Text = None,
    location: Word = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """By sku and location. `available` is what may still be promised."""
    after = read_cursor(cursor, (str, str))
    last = (str(after[0]), str(after[1])) if after else ("", "")
    with caller.reading() as sql:
        page = list_stock(sql, limit=limit, sku=sku, location=location, after=last)
    return list_reply(map(level_json, page.items), page.next).response


@router.post("/stock/adjustments", **shows(LevelOut, 201))
def adjust(*, body: AdjustmentIn, caller: Writer) -> Response:
    """Units came or went; the ledger keeps the reason. Answers with the level after it."""
    wanted = Adjustment(
        sku=body.sku, location=body.location, change=body.change, reason=body.reason
    )

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [level] = adjust_stock(tx, [wanted], act=act)
        return Reply(level_json(accepted(level)), 201)

    return caller.change(work)


@router.get("/supplies", **shows(PageOf[SupplyOut]))
def show_supplies(
    *,
    caller: Reader,
    sku: Text = None,
    state: Literal["expected", "arrived", "cancelled"] | None = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Stock that was announced, first announced first."""
    after = read_cursor(cursor, (str,))
    with caller.reading() as sql:
        last = str(after[0]) if after else ""
        page = list_supplies(sql, limit=limit, sku=sku, state=state, after=last)
    return list_reply(map(supply_json, page.items), page.next).response


@router.post("/supplies", **shows(SupplyOut, 201))
def announce(*, body: SupplyIn, caller: Writer) -> Response:
    """Stock is on its way: orders that wait for it say so."""
    wanted = Announcement(
        sku=body.sku,
        location=body.location,
        quantity=body.quantity,
        expected_on=body.expected_on,
    )

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [supply] = announce_supplies(tx, [wanted], act=act)
        return Reply(supply_json(accepted(supply)), 201)

    return caller.change(work)


@router.post("/supplies/{supply}/receive", **shows(SupplyOut))
def receive_supply(*, supply: Name, caller: Writer, body: ArrivalIn | None = None) -> Response:
    """It is here: it is put away, and waiting orders get it, first promised first."""
    body = body or ArrivalIn()
    arrival = Arrival(supply_id=supply, quantity=body.quantity, complete=body.complete)

    def work(tx: SqlTransaction, act: Act) -> Reply:
        [arrived] = receive_supplies(tx, [arrival], act=act)
        return Reply(supply_json(accepted(arrived)))

    return caller.change(work)


def level_json(level: Level) -> dict[str, Any]:
    return {
        "sku": level.sku,
        "location": level.location,
        "on_hand": level.on_hand,
        "reserved": level.reserved,
        "available": level.available,
    }


def supply_json(supply: Supply) -> dict[str, Any]:
    return {
        "id": supply.id,
        "sku": supply.sku,
        "location": supply.location,
        "expected": supply.expected,
        "arrived": supply.arrived,
        "expected_on": supply.expected_on.isoformat() if supply.expected_on else None,
        "state": supply.state,
    }
