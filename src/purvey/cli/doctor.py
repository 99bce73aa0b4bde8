"""`purvey doctor`: are the promises kept, on live data? Exit code 1 when one is not."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from purvey import adapters
from purvey.cli.opening import as_it_is
from purvey.cli.output import AsJson, console, show_json
from purvey.ports.trouble import GiveUp

if TYPE_CHECKING:
    from purvey.queries.doctor import Progress, Report
    from purvey.wiring import House


def doctor(*, as_json: AsJson = False) -> int:
    """Check every promise on all that is stored, while the shop runs. Writes nothing.

    Ends with 0 when every promise holds, with 1 when one is broken.
    """
    from purvey.queries.doctor import render

    with as_it_is() as house:
        report = examined(house)
    if as_json:
        show_json(report.to_json())
    else:
        console().print(render(report))
    return report.exit_code


def examined(house: "House") -> "Report":
    """The examination, with a line on stderr that says how far it is, if anybody watches."""
    from purvey.queries.doctor import examine

    screen = console(to_stderr=True)
    if not screen.is_terminal:
        return examine(house.database, books=_books(house), durability=True)
    with screen.status("Looking at everything ...") as status:
        progress = _telling(status.update)
        return examine(house.database, books=_books(house), durability=True, progress=progress)


def _telling(update: Callable[[str], None]) -> "Progress":
    return lambda what, done, of: update(f"Looking at {what}: {done:,} of {of:,}")


def _books(house: "House") -> Mapping[str, Callable[[], Any]]:
    """Of the gateways that payments here went through, those whose books can be read."""
    found = {}
    for name in _gateways(house):
        with suppress(GiveUp):  # an adapter that is not installed any more has no books to compare
            gateway: Any = house.outside.gateway(name)
            if "books" in adapters.find(name).can:
                found[name] = gateway.books
    return found


def _gateways(house: "House") -> set[str]:
    with house.database.reading(0) as sql:
        shards = [row.shard for row in sql.rows("select shard from shop order by shard")]
    found: set[str] = set()
    for shard in shards:
        with house.database.reading(shard) as sql:
            found |= {row.gateway for row in sql.rows(_GATEWAYS)}
    return found


_GATEWAYS = "select distinct gateway from payment where shard = :shard and gateway is not null"
