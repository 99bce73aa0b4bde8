"""`purvey messages`: what was promised to the outside, what is stuck, and another try."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from purvey.cli.opening import ACTOR, existing
from purvey.cli.output import AsJson, counted, say, show_facts, show_json, show_table
from purvey.cli.problem import Problem
from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.queries.messages import MessageWish, PromisedMessage
    from purvey.wiring import House

MESSAGES = App(name="messages", help="Show what was promised to the outside; try it again.")
COLUMNS = ("key", "effect", "order", "state", ">attempts", "due_at", "error")
MAX_LISTED = 100_000


@MESSAGES.command(name="list")
def list_all(
    *,
    state: str | None = None,
    topic: str | None = None,
    limit: int = 50,
    as_json: AsJson = False,
) -> None:
    """Messages that are not done: waiting for their time, or given up.

    Parameters
    ----------
    state
        open, gave_up or done; by default all that are not done.
    topic
        An effect such as payment.secure, or its first word: payment, label, notify ...
    limit
        How many at most.
    """
    wish = _wish(state, topic)
    if not 1 <= limit <= MAX_LISTED:
        raise Problem(f"--limit: write a number from 1 to {MAX_LISTED:,}.")
    with existing() as house:
        found = [_as_data(message) for message in islice(_all(house, wish), limit)]
    if as_json:
        show_json({"items": found})
    elif not found:
        say("There is no such message: nothing is stuck.")
    else:
        names = [column.removeprefix(">") for column in COLUMNS]
        show_table(COLUMNS, ([message[name] for name in names] for message in found))


def _wish(state: str | None, topic: str | None) -> "MessageWish":
    from purvey.queries.messages import NOT_DONE, STATES, MessageWish

    if state is not None and state not in STATES:
        raise Problem(f"--state: write one of {', '.join(STATES)}.")
    return MessageWish(states=NOT_DONE if state is None else (state,), topic=topic)


@MESSAGES.command
def show(message: str, *, as_json: AsJson = False) -> None:
    """One message with all that is known about it.

    Parameters
    ----------
    message
        Its key, as `purvey messages list` shows it.
    """
    from purvey.queries.messages import read_messages
    from purvey.wiring import DEFAULT_SHARD

    with existing() as house, house.database.reading(DEFAULT_SHARD) as sql:
        found = read_messages(sql, [message]).get(message)
    if found is None:
        raise Problem(f'There is no message "{message}": see `purvey messages list`.')
    data = {**_as_data(found), "payload": found.payload}
    if as_json:
        show_json(data)
    else:
        show_facts(data)


@MESSAGES.command
def retry(
    *messages: str,
    all_given_up: Annotated[bool, Parameter(negative=())] = False,
    topic: str | None = None,
    as_json: AsJson = False,
) -> int:
    """Try again what the worker gave up. Mend the cause first: `purvey messages show` tells it.

    Ends with 1 when some of the messages that were named cannot be tried again.

    Parameters
    ----------
    messages
        Their keys, as `purvey messages list` shows them.
    all_given_up
        All that were given up.
    topic
        With --all-given-up: only these, for example payment.
    """
    if bool(messages) == all_given_up:
        raise Problem("Name messages, or say --all-given-up: see `purvey messages list`.")
    if topic is not None and not all_given_up:
        raise Problem("--topic: it goes with --all-given-up.")
    with existing() as house:
        sets = _given_up(house, topic) if all_given_up else _pages(messages)
        answers = [pair for keys in sets for pair in _retry(house, keys)]
    return _tell(answers, as_json=as_json)


def _given_up(house: "House", topic: str | None) -> Iterator[Sequence[str]]:
    """Page by page. Each is read when the one before is done, so what fails again meanwhile
    comes behind `after`, and is not met twice."""
    from purvey.queries.messages import GAVE_UP, MessageWish

    wish = MessageWish(states=(GAVE_UP,), topic=topic)
    for page in _read(house, wish):
        yield [message.key for message in page]


def _pages(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    from purvey.queries.paging import MAX_PAGE

    wanted = list(dict.fromkeys(keys))
    yield from (wanted[at : at + MAX_PAGE] for at in range(0, len(wanted), MAX_PAGE))


def _retry(house: "House", keys: Sequence[str]) -> Iterator[tuple[str, str | Refusal]]:
    from purvey.operations.retry_messages import retry_messages

    return zip(keys, house.do(retry_messages, keys, actor=ACTOR), strict=True)


def _tell(answers: Sequence[tuple[str, str | Refusal]], *, as_json: bool) -> int:
    refused = [(key, answer) for key, answer in answers if isinstance(answer, Refusal)]
    if as_json:
        problems = [{"key": key, "code": r.code, "detail": r.sentence} for key, r in refused]
        show_json({"retried": len(answers) - len(refused), "refused": problems})
    else:
        many = counted(len(answers) - len(refused), "message")
        say(f"{many} will be tried again as soon as a worker runs.")
        for key, refusal in refused:
            say(f"{key}: {refusal.sentence}")
    return 1 if refused else 0


def _all(house: "House", wish: "MessageWish") -> Iterator["PromisedMessage"]:
    for page in _read(house, wish):
        yield from page


def _read(house: "House", wish: "MessageWish") -> Iterator[Sequence["PromisedMessage"]]:
    from purvey.queries.messages import list_messages
    from purvey.queries.paging import MAX_PAGE
    from purvey.wiring import DEFAULT_SHARD

    after = ""
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            page = list_messages(sql, wish, limit=MAX_PAGE, after=after)
        yield page.items
        if page.next is None:
            return
        after = str(page.next[0])


def _as_data(message: "PromisedMessage") -> dict[str, Any]:
    from purvey.web.api.order_json import time_text

    return {
        "key": message.key,
        "effect": message.effect,
        "state": message.state,
        "order": None if message.order_number is None else str(message.order_number),
        "subject_id": message.subject_id,
        "attempts": message.attempts,
        "due_at": time_text(message.due_at),
        "created_at": time_text(message.created_at),
        "done_at": time_text(message.done_at) if message.done_at else None,
        "error": message.error,
    }
