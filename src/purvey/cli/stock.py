"""`purvey stock`: what there is, what comes and goes, what has been announced."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from purvey.cli.opening import ACTOR, existing
from purvey.cli.output import AsCsv, AsJson, say, show_csv, show_json, show_table
from purvey.cli.problem import Problem
from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.ports.storage import Level, Supply
    from purvey.queries.paging import Page
    from purvey.wiring import House

STOCK = App(name="stock", help="Show, adjust, announce and receive stock.")
PAGE = 200
LEVEL = ("sku", "location", ">on_hand", ">reserved", ">available")
SUPPLY = ("id", "sku", "location", ">expected", ">arrived", "expected_on", "state")


@STOCK.command
def show(
    sku: str | None = None,
    *,
    location: str | None = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """How much there is of one product or of all, by location."""
    from purvey.queries.catalogue import list_stock

    with existing() as house:
        levels = _all(
            house,
            lambda sql, after: list_stock(
                sql, limit=PAGE, sku=sku, location=location, after=after or ("", "")
            ),
        )
        _tell(LEVEL, map(_level, levels), as_json=as_json, as_csv=as_csv)


@STOCK.command
def supplies(sku: str | None = None, *, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """What has been announced and is not here yet."""
    from purvey.queries.catalogue import list_supplies

    with existing() as house:
        found = _all(
            house,
            lambda sql, after: list_supplies(
                sql, limit=PAGE, sku=sku, state="expected", after=after[0] if after else ""
            ),
        )
        _tell(SUPPLY, map(_supply, found), as_json=as_json, as_csv=as_csv)


@STOCK.command
def adjust(
    sku: str,
    change: Annotated[int, Parameter(allow_leading_hyphen=True)],
    *,
    reason: str,
    location: str = "main",
    as_json: AsJson = False,
) -> None:
    """Units came or went; the ledger keeps the reason.

    Parameters
    ----------
    change
        Units that came (12) or went (-12). Reserved units cannot go.
    reason
        Why, for whoever reads the ledger.
    """
    from purvey.operations.adjust_stock import Adjustment, adjust_stock

    if not reason.strip():
        raise Problem("--reason: say why, for whoever reads the ledger.")
    wish = Adjustment(sku=sku, location=location, change=change, reason=reason)
    level: Level = _do(adjust_stock, wish)
    if as_json:
        show_json(_level(level))
    else:
        say(f"{sku} in {location}: {level.on_hand} there, {level.available} free")


@STOCK.command
def expect(
    sku: str,
    quantity: int,
    *,
    on: date | None = None,
    location: str = "main",
    as_json: AsJson = False,
) -> None:
    """A delivery is announced: orders that wait for it say so.

    Parameters
    ----------
    on
        The day on which it is expected, such as 2030-05-03.
    """
    from purvey.operations.adjust_stock import Announcement, announce_supplies

    wish = Announcement(sku=sku, location=location, quantity=quantity, expected_on=on)
    supply: Supply = _do(announce_supplies, wish)
    if as_json:
        show_json(_supply(supply))
    else:
        say(f"{supply.id}: when it is here, run `purvey stock receive {supply.id}`")


@STOCK.command
def receive(
    supply: str,
    *,
    quantity: int | None = None,
    more_follows: Annotated[bool, Parameter(negative=())] = False,
    as_json: AsJson = False,
) -> None:
    """A delivery is here: it is put away, and waiting orders get it, first promised first.

    Parameters
    ----------
    supply
        Its id, as `purvey stock supplies` shows it.
    quantity
        How many came; by default all that were expected.
    more_follows
        The rest comes later.
    """
    from purvey.operations.adjust_stock import Arrival, receive_supplies

    wish = Arrival(supply_id=supply, quantity=quantity, complete=not more_follows)
    after: Supply = _do(receive_supplies, wish)
    if as_json:
        show_json(_supply(after))
    else:
        say(f"{after.sku} in {after.location}: {after.arrived} of {after.expected} have arrived")


def _do(operation: Callable[..., list[Any]], wish: object) -> Any:
    with existing() as house:
        [answer] = house.do(operation, [wish], actor=ACTOR)
    if isinstance(answer, Refusal):
        raise Problem(f"{answer.pointer.lstrip('/')}: {answer.sentence}".removeprefix(": "))
    return answer


def _all(house: "House", read: Callable[..., "Page[Any]"]) -> Iterator[Any]:
    """Page by page, so that a long list costs no memory."""
    from purvey.wiring import DEFAULT_SHARD

    after = None
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            page = read(sql, after)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def _tell(
    columns: tuple[str, ...], rows: Iterator[dict[str, Any]], *, as_json: bool, as_csv: bool
) -> None:
    if as_json:
        show_json({"items": list(rows)})
        return
    names = [column.removeprefix(">") for column in columns]
    cells = ([row[name] for name in names] for row in rows)
    (show_csv if as_csv else show_table)(columns, cells)


def _level(level: "Level") -> dict[str, Any]:
    shown = ("sku", "location", "on_hand", "reserved", "available")
    return {name: getattr(level, name) for name in shown}


def _supply(supply: "Supply") -> dict[str, Any]:
    day = supply.expected_on.isoformat() if supply.expected_on else None
    return {**asdict(supply), "expected_on": day}
