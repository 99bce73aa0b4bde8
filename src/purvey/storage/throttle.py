"""How often something may be tried: a bucket that leaks, kept as one number per name (GCRA).

`free_at` is when the bucket would be empty again. A try adds `every` to it; a try that would lift
it more than `burst * every` above now is refused. Names are hashed: they hold addresses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from purvey.storage import people_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

NOW = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`burst` tries at once, then one `every` so often."""

    kind: str
    burst: int
    every: timedelta


def wait_for(sql: Sql, limit: Limit, who: str, *, now: datetime) -> timedelta:
    """How long until the next try; zero: it may be now."""
    kept = sql.scalar(
        "select free_at from throttle where shard = :shard and name = :name",
        name=_name(limit, who),
    )
    return NOW if kept is None else _wait(limit, max(now, from_us(kept)), now)


def count_try(sql: Sql, limit: Limit, who: str, *, now: datetime) -> timedelta:
    """As `wait_for`; where it may be now, it is counted."""
    name = _name(limit, who)
    sql.insert_new(people_tables.throttle, [(name, to_us(now))])
    kept = sql.scalar(
        "select free_at from throttle where shard = :shard and name = :name for update", name=name
    )  # of two at once the second counts after the first
    free_at = now if kept is None else max(now, from_us(kept))
    wait = _wait(limit, free_at, now)
    if not wait:
        sql.execute(
            "update throttle set free_at = :free_at where shard = :shard and name = :name",
            free_at=to_us(free_at + limit.every),
            name=name,
        )
    return wait


def _wait(limit: Limit, free_at: datetime, now: datetime) -> timedelta:
    return max(NOW, free_at + limit.every - now - limit.burst * limit.every)


def forgive(sql: Sql, limit: Limit, who: str) -> None:
    sql.execute(
        "delete from throttle where shard = :shard and name = :name", name=_name(limit, who)
    )


def _name(limit: Limit, who: str) -> str:
    return sha256(f"{limit.kind}:{who}".encode("utf-8", "replace")).hexdigest()


def forget_tries(sql: Sql, *, now: datetime, limit: int) -> int:
    return sql.execute(
        "delete from throttle where shard = :shard and name in (select name from throttle"
        " where shard = :shard and free_at < :now limit :limit)",
        now=to_us(now),
        limit=limit,
    )
