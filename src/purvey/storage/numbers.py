"""Order numbers that people read: 1001, 1002, ... They come in blocks from a counter row.

A process takes a block in a transaction of its own and hands it out from memory, so that no commit
waits for the counter. What is left is given back when the process ends; a crash leaves a gap, never
a double.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Iterator

from purvey.storage.database import Database
from purvey.storage.transaction import SqlTransaction

BLOCK = 50  # a crash leaves a gap of at most so many, or of AHEAD batches where batches are large
AHEAD = 30


class OrderNumbers:
    """BLOCK numbers are taken at once, or enough for AHEAD batches: a busy shop asks seldom."""

    def __init__(self, database: Database):
        self._database = database
        self._lock = threading.Lock()
        self._left: dict[int, deque[int]] = defaultdict(deque)

    def reserve(self, shard: int, count: int) -> list[int]:
        """`count` numbers for one batch; give back what it did not use with `give_back`."""
        with self._lock:
            left = self._left[shard]
            if len(left) < count:
                left.extend(self._take(shard, max(BLOCK, count * AHEAD)))
            return [left.popleft() for _ in range(count)]

    def give_back(self, shard: int, numbers: Iterator[int]) -> None:
        with self._lock:
            self._left[shard].extendleft(sorted(numbers, reverse=True))

    def close(self) -> None:
        """Give the unused numbers back to the counter, unless others have gone on meanwhile."""
        with self._lock:
            for shard, left in self._left.items():
                if left:
                    self._return(shard, min(left), len(left))
            self._left.clear()

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

    def _return(self, shard: int, first: int, count: int) -> None:
        self._database.run(
            shard,
            lambda tx: tx.sql.execute(
                "update counter set next = :first"
                " where shard = :shard and name = 'order_number' and next = :after",
                first=first,
                after=first + count,
            ),
        )
