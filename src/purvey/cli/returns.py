"""`purvey returns`: who waits for what, and each step of a return as a command."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from purvey.cli.opening import ACTOR, existing
from purvey.cli.output import AsJson, say, show_facts, show_json, show_table
from purvey.cli.problem import Problem
from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.domain.order import Order, Return
    from purvey.wiring import House

RETURNS = App(name="returns", help="List, show and decide returns; take goods in and settle them.")
for _name in ("arrived", "inspect", "settle"):
    RETURNS.command(f"purvey.cli.take_back:{_name}", name=_name)
COLUMNS = ("return", "order", "state", ">units", "asked by", "waiting for")
MAX_LISTED = 100_000


@RETURNS.command(name="list")
def list_all(
    *, state: str | None = None, order: str | None = None, limit: int = 50, as_json: AsJson = False
) -> None:
    """Returns, newest first.

    Parameters
    ----------
    state
        requested, approved, received, inspected, settled, refused, withdrawn or expired.
    order
        Only those of this order: its number or id.
    limit
        How many at most.
    """
    from purvey.domain.states import ReturnState

    if state is not None and state not in set(ReturnState):
        raise Problem(f"--state: write one of {', '.join(ReturnState)}.")
    if not 1 <= limit <= MAX_LISTED:
        raise Problem(f"--limit: write a number from 1 to {MAX_LISTED:,}.")
    with existing() as house:
        found = list(islice(_all(house, state, order), limit))
    if as_json:
        show_json({"items": found})
    elif not found:
        say("There is no such return.")
    else:
        show_table(COLUMNS, map(_cells, found))


def _all(house: "House", state: str | None, order: str | None) -> Iterator[dict[str, Any]]:
    from purvey.queries.order_parts import PartWish, list_returns
    from purvey.queries.paging import MAX_PAGE
    from purvey.wiring import DEFAULT_SHARD

    before: str | None = None
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            wish = PartWish(state=state, order=order)
            page = list_returns(sql, wish, limit=MAX_PAGE, before=before)
        yield from (_as_data(house, one.order, one.part) for one in page.items)
        if page.next is None:
            return
        before = str(page.next[0])


def _as_data(house: "House", order: "Order", returned: "Return") -> dict[str, Any]:
    from purvey.web.api.return_json import return_json

    return return_json(order, returned, policies=house.policies)


def _cells(shown: dict[str, Any]) -> list[object]:
    units = sum(line["quantity"] for line in shown["lines"])
    waits = shown["waiting_for"]["sentence"] if shown["waiting_for"] else ""
    return [shown["id"], shown["order_number"], shown["state"], units, shown["asked_by"], waits]


@RETURNS.command
def show(returned: str, *, as_json: AsJson = False) -> None:
    """One return with its lines.

    Parameters
    ----------
    returned
        Its id, as `purvey returns list` shows it.
    """
    from purvey.queries.order_parts import find_returned
    from purvey.wiring import DEFAULT_SHARD

    with existing() as house:
        with house.database.reading(DEFAULT_SHARD) as sql:
            found = find_returned(sql, returned)
        if found is None:
            raise Problem(f'There is no return "{returned}": see `purvey returns list`.')
        shown = _as_data(house, found.order, found.part)
    if as_json:
        show_json(shown)
        return
    words = ("sku", "reason", "condition", "disposition")
    lines = [
        f"{x['quantity']} x " + ", ".join(x[word] for word in words if x[word])
        for x in shown["lines"]
    ]
    waits = shown["waiting_for"]["sentence"] if shown["waiting_for"] else None
    names = ("id", "order_number", "state", "asked_by", "note", "decision", "location")
    facts = {name: shown[name] for name in names}
    back = f"{shown['refund']['total']} {shown['currency']}"
    show_facts({**facts, "lines": "; ".join(lines), "refund": back, "waiting_for": waits})


@RETURNS.command
def request(
    order: str,
    *,
    line: list[str],
    reason: str = "other",
    late_reason: str = "",
    arrived: Annotated[bool, Parameter(negative=())] = False,
    location: str | None = None,
    as_json: AsJson = False,
) -> None:
    """Ask for a return, or take in goods that came back without one.

    Parameters
    ----------
    order
        Its number or id.
    line
        LINE=UNITS, once for each line: --line 1=2 --line 3=1.
    reason
        changed_mind, damaged, defective, wrong_item, not_as_described, late or other.
    late_reason
        Why it is taken back after the shop's time.
    arrived
        The goods are here already.
    location
        Where they are, if they arrived.
    """
    from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
    from purvey.operations.take_returns import ReturnedParcel, take_returns

    wanted = [Wanted(no=no, quantity=units, reason=reason) for no, units in map(pair, line)]
    with existing() as house:
        order_id = _order_id(house, order)
        wish: object = ReturnWish(
            order_id=order_id, lines=wanted, late_reason=late_reason, may_be_late=True
        )
        if arrived:
            wish = ReturnedParcel(order_id=order_id, lines=wanted, location=location)
        tell(house, take_returns if arrived else request_returns, wish=wish, as_json=as_json)


def pair(text: str) -> tuple[int, int]:
    no, equals, units = text.partition("=")
    if not (equals and no.isdecimal() and units.isdecimal()):
        raise Problem(f'--line {text}: write LINE=UNITS, such as "1=2".')
    return int(no), int(units)


def _order_id(house: "House", name: str) -> str:
    from purvey.queries.orders import find_order_id
    from purvey.wiring import DEFAULT_SHARD

    with house.database.reading(DEFAULT_SHARD) as sql:
        found = find_order_id(sql, name)
    if found is None:
        raise Problem(f'There is no order "{name}": see `purvey orders list`.')
    return found


@RETURNS.command
def approve(returned: str, *, instructions: str = "", as_json: AsJson = False) -> None:
    """The customer may send it back, and is told how.

    Parameters
    ----------
    returned
        Its id.
    instructions
        How to send it back; without any, the setting `return_instructions`.
    """
    _decide(returned, "approve", instructions=instructions, as_json=as_json)


@RETURNS.command
def refuse(returned: str, *, reason: str, as_json: AsJson = False) -> None:
    """It is not taken back; the customer is told why.

    Parameters
    ----------
    returned
        Its id.
    reason
        Why; the customer reads it.
    """
    _decide(returned, "refuse", reason=reason, as_json=as_json)


@RETURNS.command
def withdraw(returned: str, *, as_json: AsJson = False) -> None:
    """The customer keeps the goods.

    Parameters
    ----------
    returned
        Its id.
    """
    _decide(returned, "withdraw", as_json=as_json)


def _decide(returned: str, trigger: str, *, as_json: bool, **said: str) -> None:
    from purvey.operations.decide_returns import ReturnDecision, decide_returns

    wish = ReturnDecision(return_id=returned, trigger=trigger, **said)  # type: ignore[arg-type]
    with existing() as house:
        tell(house, decide_returns, wish=wish, as_json=as_json)


def tell(
    house: "House", operation: Callable[..., list[Any]], *, wish: object, as_json: bool
) -> None:
    """Do it in the command line's name, and say what the return is now. Raises Problem."""
    [answer] = house.do(operation, [wish], actor=ACTOR)
    if isinstance(answer, Refusal):
        raise Problem(answer.sentence)
    shown = _as_data(house, *answer)
    if as_json:
        show_json(shown)
    else:
        waits = f" {shown['waiting_for']['sentence']}." if shown["waiting_for"] else ""
        say(f"Return {shown['id']} of order {shown['order_number']} is {shown['state']}.{waits}")
