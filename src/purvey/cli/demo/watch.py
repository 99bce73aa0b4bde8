"""Watch the orders until nothing is left to do: count, rate and time left, and what got stuck."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from purvey.cli.demo import figures
from purvey.cli.demo.register import ENDS

if TYPE_CHECKING:
    from purvey.wiring import House

LOOK_AGAIN_SECONDS = 0.2
STALL_SECONDS = 30.0
LINE_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class View:
    """One look at everything."""

    sent: int
    taken: int
    ended: int
    open_messages: int

    @property
    def is_quiet(self) -> bool:
        return self.ended == self.taken and not self.open_messages


Show = Callable[[View], None]


def look(house: "House", *, sent: int) -> View:
    counts = figures.states(house)
    ended = sum(many for state, many in counts.items() if state in ENDS)
    return View(sent, counts.total(), ended, figures.open_messages(house))


def watch(
    looks: Callable[[], View],
    *,
    all_sent: Callable[[], bool],
    half_way: Callable[[View], None],
    show: Show,
) -> bool:
    """Until all is sent and quiet; False when nothing has moved for STALL_SECONDS."""
    before, moved_at = None, time.monotonic()
    while True:
        over = all_sent()  # asked first: what was sent before it is in the view
        view = looks()
        show(view)
        half_way(view)
        if over and view.is_quiet:
            return True
        if view != before:
            before, moved_at = view, time.monotonic()
        elif time.monotonic() - moved_at > STALL_SECONDS:
            return False
        time.sleep(LOOK_AGAIN_SECONDS)


@contextmanager
def progress(screen: Console, orders: int) -> Iterator[Show]:
    """Bars on a terminal; elsewhere a line now and then."""
    if not screen.is_terminal:
        yield _Lines(screen, orders)
        return
    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen) as bars:
        sent = bars.add_task("sent", total=orders, rate="")
        ended = bars.add_task("finished", total=orders, rate="")
        started = time.monotonic()

        def show(view: View) -> None:
            seconds = time.monotonic() - started
            bars.update(sent, completed=view.sent, rate=_rate(view.sent, seconds))
            bars.update(
                ended,
                completed=view.ended,
                total=max(view.taken, orders if view.sent < orders else 0),
                rate=_rate(view.ended, seconds),
            )

        yield show


def _rate(many: int, seconds: float) -> str:
    return f"{many / max(seconds, 0.1):,.0f}/s"


class _Lines:
    def __init__(self, screen: Console, orders: int):
        self._screen, self._orders = screen, orders
        self._started = self._told = time.monotonic()

    def __call__(self, view: View) -> None:
        now = time.monotonic()
        if now - self._told < LINE_EVERY_SECONDS:
            return
        self._told = now
        rate = view.ended / (now - self._started)
        left = f"{(self._orders - view.ended) / rate:.0f} s left" if rate else "starting"
        self._screen.print(
            f"sent {view.sent} of {self._orders}, finished {view.ended} ({rate:.0f}/s), {left}"
        )
