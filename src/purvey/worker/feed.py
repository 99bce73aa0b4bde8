"""The feed: every row of history gets a position after it was committed, in order and without gaps.

Rows become visible in another order than they were written in, so outsiders never read "newer than
the last I saw" from history itself. One dispatcher, the owner of the shard's lease, numbers them.
"""

from purvey.storage import tables
from purvey.storage.transaction import SqlTransaction
from purvey.wiring import House

ROWS_AT_ONCE = 1000


def dispatch(house: House, shard: int) -> int:
    """Give positions to rows that have none; returns how many got one."""
    return house.database.run(shard, _dispatch)


def _dispatch(tx: SqlTransaction) -> int:
    rows = tx.sql.rows(
        "select order_id, version from history where shard = :shard and position is null"
        " order by at, order_id, version limit :limit",
        limit=ROWS_AT_ONCE,
    )
    if not rows:
        return 0
    tx.sql.insert_new(tables.counter, [("event_position", 1)])
    after = tx.sql.scalar(
        "update counter set next = next + :count"
        " where shard = :shard and name = 'event_position' returning next",
        count=len(rows),
    )
    positions = range(after - len(rows), after)
    tx.sql.update(
        tables.history,
        sets=("position",),
        keys=("order_id", "version"),
        rows=[(p, row.order_id, row.version) for p, row in zip(positions, rows, strict=True)],
    )
    return len(rows)
