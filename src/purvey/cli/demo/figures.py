"""What the database says about the demo: read-only, and independent of what the API told."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from purvey.wiring import DEFAULT_SHARD

if TYPE_CHECKING:
    from purvey.storage.sql import Sql
    from purvey.wiring import House

PAGE = 500
TIMERS = "('hold.expire', 'payment.expire')"  # due in days; they find nothing to do


def states(house: "House") -> Counter[str]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        rows = sql.rows("select state, count(*) from orders where shard = :shard group by state")
    return Counter({row[0]: row[1] for row in rows})


def open_messages(house: "House") -> int:
    """What the worker still has to do, and webhooks that it has not read."""
    with house.database.reading(DEFAULT_SHARD) as sql:
        return int(sql.scalar(_OPEN_MESSAGES))


def is_new(house: "House") -> bool:
    """Nothing of a shop's own is in the database yet."""
    with house.database.reading(DEFAULT_SHARD) as sql:
        return not any(
            sql.first(f"select 1 from {table} where shard = :shard limit 1")  # noqa: S608
            for table in ("orders", "product", "api_key", "customer")
        )


def state_and_wait(house: "House", ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """State and waiting code of each of these orders."""
    found: dict[str, tuple[str, str]] = {}
    wanted = sorted(ids)
    with house.database.reading(DEFAULT_SHARD) as sql:
        for start in range(0, len(wanted), PAGE):
            rows = sql.rows(_STATES, ids=wanted[start : start + PAGE])
            found |= {row[0]: (row[1], row[2] or "") for row in rows}
    return found


def notices(house: "House") -> Counter[str]:
    """Messages to customers, by what they say."""
    with house.database.reading(DEFAULT_SHARD) as sql:
        return Counter({row[0]: row[1] for row in sql.rows(_NOTICES)})


def outbox_by_state(house: "House") -> Counter[str]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return Counter({row[0]: row[1] for row in sql.rows(_OUTBOX)})


def seconds_in_states(house: "House") -> Mapping[str, Sequence[float]]:
    """How long each order stayed in each state, sorted; final states are not left."""
    found: dict[str, list[float]] = defaultdict(list)
    with house.database.reading(DEFAULT_SHARD) as sql:
        after = ""
        while rows := _page_of_steps(sql, after):
            for (order_id, _, target, at), (next_id, source, _, left) in zip(
                rows, rows[1:], strict=False
            ):
                if order_id == next_id and source == target:
                    found[target].append((left - at) / 1e6)
            after = rows[-1][0]
    return {state: sorted(values) for state, values in found.items()}


def _page_of_steps(sql: "Sql", after: str) -> list[Any]:
    """The changes of state of the next PAGE orders, by order and version."""
    ids = [row[0] for row in sql.rows(_NEXT_ORDERS, after=after, limit=PAGE)]
    return sql.rows(_STEPS, ids=ids) if ids else []


def percentile(values: Sequence[float], share: float) -> float:
    """Of sorted values: the nearest rank."""
    return values[min(len(values) - 1, int(len(values) * share))]


_OPEN_MESSAGES = f"""
select count(*) from outbox
 where shard = :shard and state = 'open' and effect not in {TIMERS}
"""  # noqa: S608  # a constant of this file
_STATES = """
select id, state, waiting_code from orders where shard = :shard and id = any(:ids)
"""
_NOTICES = "select template, count(*) from notice where shard = :shard group by template"
_OUTBOX = "select state, count(*) from outbox where shard = :shard group by state"
_NEXT_ORDERS = """
select id from orders where shard = :shard and id > :after order by id limit :limit
"""
_STEPS = """
select order_id, source, target, at from history
 where shard = :shard and order_id = any(:ids) and process = 'order' and source <> target
 order by order_id, version
"""
