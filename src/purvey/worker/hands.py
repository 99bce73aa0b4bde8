"""Several jobs at once, where the database takes several writers; one after the other else.

While one thread waits for PostgreSQL, another one decides: the worker's time is half waiting there.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class Hands:
    """A job may hand out jobs itself: the caller always works along, so nobody waits for nobody."""

    def __init__(self, count: int):
        self._pool = ThreadPoolExecutor(count - 1, "hand") if count > 1 else None

    def run(self, jobs: Sequence[Callable[[], Result]]) -> list[Result]:
        """The results in the order of the jobs; the first error ends it, after all have ended."""
        if self._pool is None or len(jobs) < 2:  # nothing to share out
            return [job() for job in jobs]
        left = iter(enumerate(jobs))  # taking from it is atomic
        results: dict[int, Result] = {}

        def work() -> None:
            for index, job in left:
                results[index] = job()

        others: list[Future[None]] = [self._pool.submit(work) for _ in jobs[1:]]
        try:
            work()
        finally:
            for other in others:
                if not other.cancel():
                    other.result()
        return [results[index] for index in range(len(jobs))]

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
