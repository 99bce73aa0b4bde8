"""What every measurement gets: which database, how long it may take, whom to tell."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.databases import Place
from bench.figures import Figure

RUNS, QUICK_RUNS = 3, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    place: Place
    quick: bool
    say: Callable[[str], None]

    @property
    def times(self) -> int:
        """How often a figure is taken."""
        return QUICK_RUNS if self.quick else RUNS

    def either(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def repeat(self, measure: Callable[[], float]) -> tuple[float, ...]:
        return tuple(measure() for _ in range(self.times))


Measurement = Callable[[Run], Iterator[Figure]]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
