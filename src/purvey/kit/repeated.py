"""Something small that is done again and again in a thread of its own."""

import threading
from collections.abc import Callable

CLOSING_SECONDS = 5.0


class Repeated:
    """`work` must not last: closing waits for it. What it raises ends nothing, since it is done
    again; `trouble` is told the first time in a row."""

    def __init__(
        self,
        work: Callable[[], None],
        *,
        every: float,
        name: str,
        trouble: Callable[[Exception], None],
    ):
        self._work, self._every, self._trouble = work, every, trouble
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING_SECONDS)

    def _run(self) -> None:
        was_well = True
        while not self._closed.wait(self._every):
            try:
                self._work()
                was_well = True
            except Exception as error:  # noqa: BLE001  # a database that is away comes back
                if was_well:
                    self._trouble(error)
                was_well = False
