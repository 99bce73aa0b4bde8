"""`purvey orders place`: orders from a JSON file, from stdin, or one from flags.

It goes the way that every order goes: the same shapes as `POST /orders`, the same plural operation.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from purvey.cli.opening import ACTOR, existing
from purvey.cli.order_flags import Flags, order_from
from purvey.cli.output import AsJson, complain, say, show_json
from purvey.cli.problem import Problem
from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.domain.draft import Draft
    from purvey.operations.receive import Received
    from purvey.web.problems import Problem as Refused
    from purvey.wiring import House

MAX_BYTES = 10 * 1024 * 1024
MAX_ORDERS = 1_000  # as `POST /orders/batch`; more: purvey import
DONE, SOME_REFUSED, NONE_TAKEN = 0, 1, 2
Json = dict[str, Any]


def place(
    *files: Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)],
    order: Annotated[Flags | None, Parameter(name="*")] = None,
    as_json: AsJson = False,
) -> int:
    """Place orders: from a file, from stdin (-), or one that is written in flags.

    purvey orders place --sku 85123A=6 --email ann@example.com --name "Ann Lee"
    --line1 "1 High Street" --city Leeds --postal-code "LS1 4DT" --country GB --payment cash

    The file has the JSON of one order as `POST /orders` takes it, or a list of them. An order whose
    channel and external id were taken before is there already: nothing is placed twice. Ends with 0
    when all are there, with 1 when some were refused, with 2 when none was taken.

    Parameters
    ----------
    files
        The file with the orders; - reads them from stdin.
    """
    contents = _contents(_the_one(files, flags=order))
    with existing() as house:
        if order is not None:
            contents = [order_from(order, house)]
        results = list(_placed(house, contents))
    if as_json:
        show_json({"results": results})
    else:
        for number, result in enumerate(results, 1):
            _tell(result, number if len(results) > 1 else None)
    return _code(results)


def _code(results: Sequence[Json]) -> int:
    refused = sum("problem" in result for result in results)
    if refused == len(results):
        return NONE_TAKEN
    return SOME_REFUSED if refused else DONE


def _the_one(files: Sequence[str], *, flags: Flags | None) -> Path | None:
    """A lone hyphen may stand as a file, so misspelt options arrive here, too."""
    unknown = next((file for file in files if file.startswith("-") and file != "-"), None)
    if unknown is not None:
        raise Problem(f"Unknown option: {unknown}. See: purvey orders place --help")
    if len(files) != (flags is None):
        raise Problem("Name one file (- for stdin), or write one order with --sku SKU=QUANTITY.")
    return Path(files[0]) if files else None


def _contents(file: Path | None) -> list[Any]:
    if file is None:
        return []
    from purvey.web.json_body import BadJson, read_json

    try:
        content = read_json(_bytes(file))
    except BadJson as error:
        raise Problem(f"{file}: {error}") from None
    if isinstance(content, dict) and set(content) == {"orders"}:
        content = content["orders"]
    found = content if isinstance(content, list) else [content]
    if not 1 <= len(found) <= MAX_ORDERS:
        raise Problem(f"{file}: give 1 to {MAX_ORDERS:,} orders; `purvey import` takes more.")
    return found


def _bytes(file: Path) -> bytes:
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with file.open("rb") as opened:
                raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}.") from None
    if len(raw) > MAX_BYTES:
        raise Problem(f"{file}: it may have at most {MAX_BYTES:,} bytes; see `purvey import`.")
    return raw


def _placed(house: "House", contents: Sequence[Any]) -> Iterator[Json]:
    """What became of each, as `POST /orders/batch` answers."""
    from purvey.domain.draft import Draft

    drafted = [_draft(house, content) for content in contents]
    answers = iter(_received(house, [x for x in drafted if isinstance(x, Draft)]))
    yield from _shown(house, [next(answers) if isinstance(x, Draft) else x for x in drafted])


def _draft(house: "House", content: Any) -> "Draft | Refused":
    from purvey.web.api.drafts import draft_of
    from purvey.web.problems import Problem as Refused

    try:
        return draft_of(content, house.policies, actor=ACTOR, key=None)
    except Refused as refused:
        return refused


def _received(house: "House", drafts: Sequence["Draft"]) -> Iterator["Received | Refused"]:
    from purvey.web.problems import of_refusal

    size = house.settings.batch_limit
    for at in range(0, len(drafts), size):
        for answer in house.receive(drafts[at : at + size], actor=ACTOR):
            yield of_refusal(answer) if isinstance(answer, Refusal) else answer


def _shown(house: "House", answers: Sequence["Received | Refused"]) -> Iterator[Json]:
    from purvey.cli.orders import as_shown
    from purvey.operations.receive import Received
    from purvey.queries.paging import MAX_PAGE

    ids = [answer.order.id for answer in answers if isinstance(answer, Received)]
    pages = (ids[at : at + MAX_PAGE] for at in range(0, len(ids), MAX_PAGE))
    orders = (order for page in pages for order in as_shown(house, page))
    for answer in answers:
        if isinstance(answer, Received):
            yield {"status": 201 if answer.created else 200, "order": next(orders)}
        else:
            yield {"status": answer.status_code, "problem": answer.body}


def _tell(result: Json, number: int | None) -> None:
    which = "" if number is None else f"{number}. "
    if "problem" in result:
        _tell_problem(which, result["problem"])
        return
    order = result["order"]
    again = " It was there already." if result["status"] == 200 else ""
    say(f"{which}Order {order['number']} is {order['state']}.{again}")
    if order["waiting_for"]:
        say(f"    {order['waiting_for']['sentence']}")
    for hold in order["holds"]:
        say(f"    Held: {hold['reason']}")


def _tell_problem(which: str, problem: Json) -> None:
    errors = problem.get("errors") or [{"pointer": "", **problem}]
    for error in errors:
        field = f"{error['pointer']}: " if error["pointer"] else ""
        complain(f"purvey: {which}Not placed: {field}{error['detail']} [{error['code']}]")
