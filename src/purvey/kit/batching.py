"""Group commit: what arrives while one batch is under way makes up the next one.

1. `submit` puts an item into the queue and returns at once.
2. A writer thread takes all that has queued up, at most `limit`, and runs the batch.
3. While it runs, new items queue up: they are the next batch. A lone item is handled at once.
4. With `patience`, whoever was answered by the last batch may join the next one: it begins when as
   many are there as were then, at the latest after that share of the last batch's time. Where a
   batch costs much by itself, two halves that take turns cost more than one whole.
5. `run` answers its items itself, all at once. If a batch fails, each item is run by itself, so
   that only the guilty one fails; unless it is unclear whether it has happened.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
TICK_SECONDS = 0.0005


class Full(Exception):
    """More is waiting than may wait: try again later."""


class Closed(Full):
    """The queue has ended: nothing that is put in now would ever be taken out."""


class Unclear(Exception):
    """It may or may not have happened: to do it again could do it twice."""


class GroupCommit(Generic[Item]):
    """`run` handles a batch in one transaction; `fail` tells those whose own run failed."""

    def __init__(
        self,
        run: Callable[[Sequence[Item]], None],
        *,
        fail: Callable[[Sequence[Item], Exception], None],
        limit: int,
        waiting_limit: int,
        writers: int = 1,
        patience: float = 0.0,
        clock: Callable[[], float] = lambda: 0.0,
    ):
        """`patience` needs a clock: seconds since whenever."""
        self._run, self._fail = run, fail
        self._patience, self._clock, self._tick = patience, clock, threading.Event()
        self._limit, self._waiting_limit = limit, waiting_limit
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._write, name=f"writer-{n}", daemon=True)
            for n in range(writers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, item: Item) -> None:
        """Raises Full when too many wait already, Closed after the end."""
        if self._closed:
            raise Closed(Closed.__doc__)
        if self._queue.qsize() >= self._waiting_limit:
            raise Full(Full.__doc__)
        self._queue.put(item)

    def close(self) -> None:
        """Finish what is queued, then stop. Called by the thread that submits."""
        self._closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        present, ended, took = 0, 0.0, 0.0
        while (first := self._queue.get()) is not None:
            now = self._clock()
            if now < ended + took:
                self._wait_for(present - 1, now + self._patience * took)
            batch = [first]
            stop = not self._fill(batch)
            began = self._clock()
            self._handle(batch)
            if stop:
                return
            ended = self._clock()
            took, present = ended - began, len(batch) + self._queue.qsize()

    def _wait_for(self, others: int, until: float) -> None:
        while self._queue.qsize() < others and self._clock() < until:
            self._tick.wait(TICK_SECONDS)

    def _fill(self, batch: list[Item]) -> bool:
        """Take what has queued up; False when the end was among it."""
        while len(batch) < self._limit:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                return True
            if more is None:
                return False
            batch.append(more)
        return True

    def _handle(self, batch: Sequence[Item]) -> None:
        try:
            self._run(batch)
        except Exception as error:  # noqa: BLE001  # told to whoever waits for the batch
            if len(batch) > 1 and not isinstance(error, Unclear):
                for one in batch:
                    self._handle([one])
            else:
                self._fail(batch, error)
