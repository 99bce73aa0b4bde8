"""What the database says about the demo: read-only, and independent of what the API told."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from purvey.queries.figures import TimeInState, orders_by_state, times_in_state
from purvey.wiring import DEFAULT_SHARD

if TYPE_CHECKING:
    from purvey.wiring import House

PAGE = 500
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def states(house: "House") -> Counter[str]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return Counter(orders_by_state(sql))


def times(house: "House") -> Sequence[TimeInState]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return times_in_state(sql, start=BEGINNING, end=house.clock())


def open_messages(house: "House") -> int:
    """What the worker still has to do. Timers are due in days, and will find nothing to do."""
    with house.database.reading(DEFAULT_SHARD) as sql:
        return int(
            sql.scalar(
                "select count(*) from outbox where shard = :shard and state = 'open'"
                " and effect not in ('hold.expire', 'payment.expire', 'return.expire')"
            )
        )


def is_new(house: "House") -> bool:
    """Nothing of a shop's own is in the database yet."""
    with house.database.reading(DEFAULT_SHARD) as sql:
        return sql.first(_ANYTHING) is None


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


_ANYTHING = """
select 1 from product where shard = :shard union all
select 1 from orders where shard = :shard union all
select 1 from customer where shard = :shard limit 1
"""
_STATES = """
select id, state, waiting_code from orders where shard = :shard and id = any(:ids)
"""
_NOTICES = "select template, count(*) from notice where shard = :shard group by template"
_OUTBOX = "select state, count(*) from outbox where shard = :shard group by state"
