"""One worker owns a shard at a time, by a row with a time: whoever dies loses it.

The owner of the row is "host:pid". A worker that starts on the same host and finds that the owner's
process is gone takes over at once; one on another host waits until the lease has run out.
"""

import os
import socket

from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.storage.transaction import SqlTransaction
from purvey.wiring import House

NAME = "worker"
SECOND = 1_000_000


def owner_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def take_lease(house: House, shard: int, *, owner: str) -> bool:
    """Take the lease, or keep it; False while somebody else has it."""
    return house.database.run(shard, lambda tx: _take(house, tx, owner))


def _take(house: House, tx: SqlTransaction, owner: str) -> bool:
    now = to_us(house.clock())
    until = now + int(house.settings.lease_seconds) * SECOND
    if tx.sql.insert_new(tables.lease, [(NAME, owner, until, 1)]):
        return True
    row = tx.sql.first(
        "select owner, until from lease where shard = :shard and name = :name for update",
        name=NAME,
    )
    assert row is not None
    if row.owner != owner and row.until > now and _lives(row.owner):
        return False
    tx.sql.execute(
        "update lease set owner = :owner, until = :until, epoch = epoch + :new"
        " where shard = :shard and name = :name",
        owner=owner,
        until=until,
        new=int(row.owner != owner),
        name=NAME,
    )
    return True


def give_up_lease(house: House, shard: int, *, owner: str) -> None:
    house.database.run(
        shard,
        lambda tx: tx.sql.execute(
            "delete from lease where shard = :shard and name = :name and owner = :owner",
            name=NAME,
            owner=owner,
        ),
    )


def _lives(owner: str) -> bool:
    """Could the owner still be at work? Certain only for processes of this host."""
    host, _, pid = owner.rpartition(":")
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
