"""Commands of `purvey returns` for goods that are here: taken in, inspected, settled."""

from typing import Annotated, Any

from cyclopts import Parameter

from purvey.cli.opening import existing
from purvey.cli.output import AsJson
from purvey.cli.problem import Problem
from purvey.cli.returns import pair, tell


def arrived(returned: str, *, location: str | None = None, as_json: AsJson = False) -> None:
    """The goods of a return are here.

    Parameters
    ----------
    returned
        Its id.
    location
        Where they are.
    """
    from purvey.operations.take_returns import ReturnedParcel, take_returns

    with existing() as house:
        parcel = ReturnedParcel(return_id=returned, location=location)
        tell(house, take_returns, wish=parcel, as_json=as_json)


def inspect(returned: str, *, found: list[str], as_json: AsJson = False) -> None:
    """Say of every unit what it is like and what becomes of it.

    Parameters
    ----------
    returned
        Its id.
    found
        LINE=UNITS:CONDITION:DISPOSITION[:PERCENT], such as 1=2:as_new:restock or
        1=1:opened:scrap:50. Conditions: as_new, opened, damaged, missing; dispositions: restock,
        scrap, send_back, nothing (of what is missing).
    """
    from purvey.operations.inspect_returns import Found, Inspection, inspect_returns

    lines = [Found(**_finding(one)) for one in found]
    with existing() as house:
        wish = Inspection(return_id=returned, lines=lines)
        tell(house, inspect_returns, wish=wish, as_json=as_json)


def _finding(text: str) -> dict[str, Any]:
    first, *words = text.split(":")
    if len(words) not in (2, 3) or (len(words) == 3 and not words[2].isdecimal()):
        raise Problem(f"--found {text}: write LINE=UNITS:CONDITION:DISPOSITION[:PERCENT].")
    no, units = pair(first)
    percent = int(words[2]) if len(words) == 3 else 100
    named = {"condition": words[0], "disposition": words[1], "percent": percent}
    return {"no": no, "quantity": units, **named}


def settle(
    returned: str,
    *,
    location: str | None = None,
    paid_out: Annotated[bool, Parameter(negative=())] = False,
    as_json: AsJson = False,
) -> None:
    """Stock comes back to its shelf, and the money goes back.

    Parameters
    ----------
    returned
        Its id.
    location
        Where the goods go on the shelf; by default where they were taken in.
    paid_out
        Money that was taken by hand was handed over: it is booked.
    """
    from purvey.operations.settle_returns import SettleReturn, settle_returns

    with existing() as house:
        wish = SettleReturn(return_id=returned, location=location, paid_out=paid_out)
        tell(house, settle_returns, wish=wish, as_json=as_json)
