"""How long it takes from `purvey serve` to the first answer."""

import time
from collections.abc import Iterator

from bench import shop
from bench.figures import Figure
from bench.processes import serving
from bench.running import Run

TIMES = 5


def start(run: Run) -> Iterator[Figure]:
    """Seconds from the start of the process to the first answered request: with a database that is
    not there yet, and with one that is up to date."""
    new = []
    for _ in range(run.times):
        url = run.place.fresh()
        new.append(_start(url))
        run.place.drop(url)
    url = run.place.fresh()
    with shop.house(url):
        pass
    again = [_start(url) for _ in range(run.either(TIMES, 2))]
    run.place.drop(url)
    run.say(f"first answer after {min(again):.2f} s, with a new database after {min(new):.2f} s")
    yield Figure(what="start to first answer", values=tuple(again), unit="s", most=1.5)
    yield Figure(what="the same, with a new database", values=tuple(new), unit="s", most=1.5)


def _start(url: str) -> float:
    with serving(url) as server:
        time.sleep(0.5)  # a worker that is stopped while it starts says nothing about the start
        return server.start_seconds
