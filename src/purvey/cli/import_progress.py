"""How far an import is: a bar with rows, rows a second and time left, where somebody watches."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from purvey.cli.output import console, plain

if TYPE_CHECKING:
    from purvey.importing import Progress


@contextmanager
def watched(paths: Sequence[Path]) -> Iterator["Callable[[Progress], None]"]:
    """Gives what is to be called after each batch. On stderr; nothing where that is no terminal."""
    screen = console(to_stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[told]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(plain(paths[0].name), total=None, told="")
        started = monotonic()

        def tell(progress: "Progress") -> None:
            told = _told(progress.rows, monotonic() - started)
            name = plain(progress.path.name)
            done, total = progress.bytes_read, progress.bytes_total
            bar.update(task, description=name, completed=done, total=total, told=told)

        yield tell


def _told(rows: int, seconds: float) -> str:
    return f"{rows:,} rows  {rows / seconds:,.0f} rows/s" if seconds > 0 else f"{rows:,} rows"
