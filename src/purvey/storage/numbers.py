"""Order numbers that people read. They come in blocks from a counter row, so that no order waits.

A process takes a block in a transaction of its own and hands it out from memory; numbers that were
taken and not used are gone (a restart leaves a gap, never a double).
"""

import threading
from collections import defaultdict, deque
from collections.abc import Iterator

from purvey.storage.database import Database
from purvey.storage.transaction import SqlTransaction


class OrderNumbers:
    """`block` numbers are taken at once, or as many as a batch needs."""

    def __init__(self, database: Database, *, block: int = 1):
        self._database, self._block = database, block
        self._lock = threading.Lock()
        self._left: dict[int, deque[int]] = defaultdict(deque)

    def reserve(self, shard: int, count: int) -> list[int]:
        """`count` numbers for one batch; give back what it did not use with `give_back`."""
        with self._lock:
            left = self._left[shard]
            if len(left) < count:
                left.extend(self._take(shard, max(self._block, count - len(left))))
            return [left.popleft() for _ in range(count)]

    def give_back(self, shard: int, numbers: Iterator[int]) -> None:
        with self._lock:
            self._left[shard].extendleft(sorted(numbers, reverse=True))

    def _take(self, shard: int, count: int) -> range:
        def take(tx: SqlTransaction) -> int:
            return int(
                tx.sql.scalar(
                    "update counter set next = next + :count"
                    " where shard = :shard and name = 'order_number' returning next",
                    count=count,
                )
            )

        after = self._database.run(shard, take)
        return range(after - count, after)
