"""How often something was tried, and by whom. Names are hashed: they hold addresses."""

from datetime import datetime, timedelta
from hashlib import sha256

from purvey.kit.leaking import NO_WAIT, Limit
from purvey.storage import people_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us


def wait_for(sql: Sql, limit: Limit, who: str, *, now: datetime) -> timedelta:
    """How long until the next try; zero: it may be now."""
    kept = sql.scalar(
        "select free_at from throttle where shard = :shard and name = :name",
        name=_name(limit, who),
    )
    return NO_WAIT if kept is None else limit.wait(from_us(kept), now)


def count_try(sql: Sql, limit: Limit, who: str, *, now: datetime) -> timedelta:
    """As `wait_for`; where it may be now, it is counted."""
    name = _name(limit, who)
    sql.insert_new(people_tables.throttle, [(name, to_us(now))])
    kept = sql.scalar(
        "select free_at from throttle where shard = :shard and name = :name for update", name=name
    )  # of two at once the second counts after the first
    free_at = now if kept is None else from_us(kept)
    wait = limit.wait(free_at, now)
    if not wait:
        sql.execute(
            "update throttle set free_at = :free_at where shard = :shard and name = :name",
            free_at=to_us(limit.after_try(free_at, now)),
            name=name,
        )
    return wait


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
