"""`purvey webhooks`: who is told what happens, what was sent, and sending it once more."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from cyclopts import App

from purvey.cli.opening import ACTOR, existing
from purvey.cli.output import AsJson, counted, say, show_json, show_table
from purvey.cli.problem import Problem
from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.storage.sql import Sql
    from purvey.wiring import House

WEBHOOKS = App(name="webhooks", help="Show webhooks and what was sent; send it once more.")
ENDPOINTS = ("id", "host", "state", ">waiting", ">failed", "last_success_at", "description")
DELIVERIES = ("id", "event_type", "order", "state", ">attempts", "last_answer")
MAX_LISTED = 200


@WEBHOOKS.command(name="list")
def list_all(*, as_json: AsJson = False) -> None:
    """Show the endpoints with their health. They are set up under Settings > Webhooks, or by the
    API."""
    from purvey.queries.webhooks import list_endpoints
    from purvey.web.api.webhook_json import webhook_json
    from purvey.wiring import DEFAULT_SHARD

    with existing() as house, house.database.reading(DEFAULT_SHARD) as sql:
        found = [webhook_json(health) for health in list_endpoints(sql).items]
    if as_json:
        show_json({"items": found})
    elif not found:
        say("There are no webhooks: set one up under Settings > Webhooks, or by the API.")
    else:
        _show(ENDPOINTS, [{**x, "host": _host(x["url"]), "state": _state(x)} for x in found])


@WEBHOOKS.command
def deliveries(
    endpoint: str, *, state: str | None = None, limit: int = 50, as_json: AsJson = False
) -> None:
    """What was sent to an endpoint, newest first, with what was answered.

    Parameters
    ----------
    endpoint
        Its id, as `purvey webhooks list` shows it.
    state
        open, delivered, failed or skipped; by default all.
    limit
        How many at most.
    """
    from purvey.domain.webhooks import STATES
    from purvey.queries.webhooks import DeliveryWish, list_deliveries
    from purvey.web.api.webhook_json import delivery_json
    from purvey.wiring import DEFAULT_SHARD

    if state is not None and state not in STATES:
        raise Problem(f"--state: write one of {', '.join(STATES)}.")
    if not 1 <= limit <= MAX_LISTED:
        raise Problem(f"--limit: write a number from 1 to {MAX_LISTED}.")
    with existing() as house, house.database.reading(DEFAULT_SHARD) as sql:
        _must_be_there(sql, endpoint)
        wish = DeliveryWish(endpoint_id=endpoint, state=state)
        found = [delivery_json(x) for x in list_deliveries(sql, wish, limit=limit).items]
    if as_json:
        show_json({"items": found})
    elif not found:
        say("Nothing was sent to it.")
    else:
        _show(DELIVERIES, [_line(x) for x in found])


@WEBHOOKS.command
def replay(
    endpoint: str,
    *messages: str,
    failed_since: str | None = None,
    as_json: AsJson = False,
) -> int:
    """Send deliveries once more, with the same webhook-id.

    Ends with 1 when some of those that were named cannot be sent.

    Parameters
    ----------
    endpoint
        Its id, as `purvey webhooks list` shows it.
    messages
        Ids of deliveries, as `purvey webhooks deliveries` shows them.
    failed_since
        All that failed since then, such as 2026-05-03 or 2026-05-03T10:00:00Z.
    """
    from purvey.wiring import DEFAULT_SHARD

    if bool(messages) == (failed_since is not None):
        raise Problem("Name deliveries, or say --failed-since TIME.")
    with existing() as house:
        with house.database.reading(DEFAULT_SHARD) as sql:
            _must_be_there(sql, endpoint)
        if failed_since is not None:
            answers: list[Any] = [_replay_failed(house, endpoint, _moment(failed_since))]
        else:
            answers = _replay(house, endpoint, messages)
    return _tell(answers, as_json=as_json)


def _replay(house: "House", endpoint: str, ids: tuple[str, ...]) -> list[Any]:
    from purvey.operations.webhook_deliveries import Replay, replay

    wishes = [Replay(endpoint_id=endpoint, delivery_id=id_) for id_ in dict.fromkeys(ids)]
    return house.do(replay, wishes, actor=ACTOR)


def _replay_failed(house: "House", endpoint: str, since: datetime) -> Any:
    """All of them, a bite at a time. What was sent once more fails again after days at the
    earliest, so this ends."""
    from purvey.operations.webhook_deliveries import Replayed, ReplayFailed, replay_failed

    count, more = 0, True
    while more:
        wish = ReplayFailed(endpoint_id=endpoint, since=since)
        (answer,) = house.do(replay_failed, [wish], actor=ACTOR)
        if isinstance(answer, Refusal):
            return answer
        count, more = count + answer.count, answer.more
    return Replayed(count=count, more=False)


def _tell(answers: list[Any], *, as_json: bool) -> int:
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    count = sum(getattr(answer, "count", 1) for answer in answers if answer not in refused)
    if as_json:
        problems = [{"code": r.code, "detail": r.sentence} for r in refused]
        show_json({"replayed": count, "refused": problems})
    else:
        say(f"{counted(count, 'webhook')} will be sent once more as soon as a worker runs.")
        for refusal in refused:
            say(refusal.sentence)
    return 1 if refused else 0


def _moment(text: str) -> datetime:
    from purvey.web.api.moments import read_moment
    from purvey.web.problems import Problem as WebProblem

    try:
        moment = read_moment(text, "failed_since")
    except WebProblem:
        moment = None
    if moment is None:
        raise Problem("--failed-since: write a time such as 2026-05-03T10:00:00Z, or a day.")
    return moment


def _must_be_there(sql: "Sql", endpoint: str) -> None:
    from purvey.queries.webhooks import find_endpoint

    if find_endpoint(sql, endpoint) is None:
        raise Problem(f'There is no webhook endpoint "{endpoint}": see `purvey webhooks list`.')


def _show(columns: tuple[str, ...], found: list[dict[str, Any]]) -> None:
    names = [column.removeprefix(">") for column in columns]
    show_table(columns, ([one[name] for name in names] for one in found))


def _host(url: str) -> str:
    """Paths and queries of hooks are often secrets: with --json they are there."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def _state(endpoint: dict[str, Any]) -> str:
    return f"off ({endpoint['off_reason']})" if endpoint["off_reason"] else endpoint["state"]


def _line(delivery: dict[str, Any]) -> dict[str, Any]:
    attempts = delivery["attempts"]
    last = attempts[-1] if attempts else None
    answer = "" if last is None else str(last["status"] or last["outcome"])
    return {
        **delivery,
        "order": delivery["order_number"],
        "attempts": len(attempts),
        "last_answer": answer,
    }
