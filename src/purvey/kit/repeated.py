"""Something small that is done again and again in a thread of its own."""

import threading
from collections.abc import Callable

CLOSING_SECONDS = 5.0


class Repeated:
    """`work` must not last: closing waits for it. What it raises ends nothing: it is done again."""

    def __init__(self, work: Callable[[], None], *, every: float, name: str):
        self._work, self._every = work, every
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING_SECONDS)

    def _run(self) -> None:
        while not self._closed.wait(self._every):
            try:
                self._work()
            except Exception:  # noqa: BLE001, S112  # a database that is away comes back
                continue
