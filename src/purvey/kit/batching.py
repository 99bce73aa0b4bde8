"""Group commit: what arrives while one batch is under way makes up the next one.

1. `submit` puts an item and a future into the queue and returns at once.
2. A writer thread takes all that has queued up, at most `limit`, and runs the batch.
3. While it runs, new items queue up: they are the next batch. Nobody waits for a timer, so a lone
   item is handled at once.
4. The answers are given to the futures in the order of the items. If a batch fails, each item is
   run by itself, so that only the guilty one fails; unless it is unclear whether it has happened.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Full(Exception):
    """More is waiting than may wait: try again later."""


class Unclear(Exception):
    """It may or may not have happened: to do it again could do it twice."""


class GroupCommit(Generic[Item, Answer]):
    """`run` turns a batch into its answers, in one transaction."""

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Answer]],
        *,
        limit: int,
        waiting_limit: int,
        writers: int = 1,
    ):
        self._run, self._limit = run, limit
        self._queue: queue.Queue[tuple[Item, Future[Answer]] | None] = queue.Queue(waiting_limit)
        self._threads = [
            threading.Thread(target=self._write, name=f"writer-{n}", daemon=True)
            for n in range(writers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, item: Item) -> "Future[Answer]":
        """Raises Full when too many wait already."""
        future: Future[Answer] = Future()
        # Whoever waits may give up; the batch goes on, and its answer must still find a place.
        future.set_running_or_notify_cancel()
        try:
            self._queue.put_nowait((item, future))
        except queue.Full:
            raise Full(Full.__doc__) from None
        return future

    def close(self) -> None:
        """Finish what is queued, then stop."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            stop = not self._fill(batch)
            self._answer(batch)
            if stop:
                return

    def _fill(self, batch: list[tuple[Item, "Future[Answer]"]]) -> bool:
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

    def _answer(self, batch: Sequence[tuple[Item, "Future[Answer]"]]) -> None:
        try:
            answers = self._run([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  # told to whoever waits for the batch
            if len(batch) > 1 and not isinstance(error, Unclear):
                for one in batch:
                    self._answer([one])
            else:
                for _, future in batch:
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)
