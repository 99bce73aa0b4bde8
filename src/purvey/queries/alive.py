"""Is the shop at work: can its database be read, is it up to date, does a worker own it?"""

from datetime import datetime

from purvey.storage.migrate import HEAD, current_revision
from purvey.storage.sql import Sql
from purvey.storage.times import to_us

WORKER = "worker"  # the name of the lease that the worker holds


def migrations_done(sql: Sql) -> bool:
    return current_revision(sql.connection) == HEAD


def worker_alive(sql: Sql, *, now: datetime) -> bool:
    until = sql.scalar("select until from lease where shard = :shard and name = :name", name=WORKER)
    return until is not None and until > to_us(now)
