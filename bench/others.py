"""How much of the machine others use while we measure: on a shared one, figures swing with it."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from bench.processes import children, cpu_seconds

CALM_SHARE, CALM_WAIT_SECONDS = 0.15, 20


class Watch:
    """`with Watch(pids) as watch: ...`, then `watch.share`: of all cores, from 0 to 1.

    What we, our children and `pids` (a database server's) use is ours; the rest is others'.
    """

    def __init__(self, pids: Iterable[int] = ()):
        self._pids, self.share = (os.getpid(), *pids), 0.0

    def __enter__(self) -> Self:
        self._start, self._busy, self._own = time.perf_counter(), _busy_seconds(), self._ours()
        return self

    def __exit__(self, *_: object) -> None:
        spent = (time.perf_counter() - self._start) * (os.cpu_count() or 1)
        others = _busy_seconds() - self._busy - (self._ours() - self._own)
        self.share = max(0.0, others / spent)

    def _ours(self) -> float:
        family = {pid for root in self._pids for pid in (root, *children(root))}
        return sum(cpu_seconds(pid) for pid in family)


def wait_for_calm(pids: Iterable[int]) -> None:
    """Until others leave the machine to us for a second; CALM_WAIT_SECONDS at most."""
    end = time.monotonic() + CALM_WAIT_SECONDS
    while time.monotonic() < end:
        with Watch(pids) as watch:
            time.sleep(1)
        if watch.share < CALM_SHARE:
            return


def _busy_seconds() -> float:
    """Of all cores together: user, nice, system, interrupts (proc(5), /proc/stat)."""
    user, nice, system, _idle, _wait, hard, soft = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8]
    )
    return (user + nice + system + hard + soft) / os.sysconf("SC_CLK_TCK")
