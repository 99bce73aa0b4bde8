"""Processes that belong to this one: started again when they die, stopped with it, never orphans.

1. The parent starts a child with its own process id as an argument, and watches it in a thread.
2. A child that ends while nobody stopped it is started again, after a pause that grows.
3. The child looks every POLL_SECONDS whether its parent still is its parent. When it is not (the
   parent was killed), it stops, and ends itself after GRACE_SECONDS whatever it is doing: all that
   it has not committed comes back by its lease.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

POLL_SECONDS = 0.2
GRACE_SECONDS = 0.6
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
WELL_AFTER_SECONDS = 60.0  # a child that lived so long starts again at the first pause
STOP_SECONDS = 10.0


class Child:
    """`python -m purvey ARGUMENTS --with-parent PID`, for as long as it is wanted."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], inherits: Sequence[int] = ()
    ):
        """`inherits`: file descriptors that stay open in it, whenever it starts again."""
        self._environment, self._inherits = dict(environment), tuple(inherits)
        self._command = [sys.executable, "-m", "purvey", *arguments, "--with-parent"]
        self._name = arguments[0]
        self._stopping = threading.Event()
        self._process = self._spawn()
        self._thread = threading.Thread(target=self._keep, name=f"keeps {self._name}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """Ask it to end; after STOP_SECONDS it is killed."""
        self._stopping.set()
        end = time.monotonic() + STOP_SECONDS
        while self._thread.is_alive():
            # Asked again and again: one that was just being started may not listen yet.
            (self._process.terminate if time.monotonic() < end else self._process.kill)()
            self._thread.join(0.5)

    def _spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C goes to the parent, which stops its children in good order.
        command = [*self._command, str(os.getpid())]
        return subprocess.Popen(  # noqa: S603  # ours
            command, env=self._environment, start_new_session=True, pass_fds=self._inherits
        )

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            started = time.monotonic()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            pause = self._pause_after(time.monotonic() - started, pause)
            self._tell(f"{self._name} ended with code {code}; it starts again in {pause:g} s")
            if self._stopping.wait(pause):
                return
            self._process = self._spawn()

    @staticmethod
    def _pause_after(lived_seconds: float, pause: float) -> float:
        if lived_seconds > WELL_AFTER_SECONDS:
            return FIRST_PAUSE_SECONDS
        return min(LONGEST_PAUSE_SECONDS, pause * 2)

    @staticmethod
    def _tell(sentence: str) -> None:
        print(f"purvey: {sentence}", file=sys.stderr, flush=True)  # noqa: T201


def end_with(parent: int, stop: Callable[[], None]) -> None:
    """In a child: stop when `parent` is not our parent any more."""
    threading.Thread(target=_watch, args=(parent, stop), name="parent", daemon=True).start()


def _watch(parent: int, stop: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    stop()
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def stop_all(children: Sequence[Child]) -> None:
    for child in children:
        child.stop()
