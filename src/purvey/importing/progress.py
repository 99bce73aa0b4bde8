"""How far an import is, by the bytes of its files: nobody knows their rows before they are read."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PosixPath
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """`rows` are done (committed); `bytes_read` of `bytes_total` over all files."""

    path: Path
    rows: int
    bytes_read: int
    bytes_total: int


Watch = Callable[[Progress], None]


def nobody_watches(_: Progress) -> None:
    return


class WatchedPath(PosixPath):
    """A path whose open file can be asked how far it has been read (packed files: as packed)."""

    _file: io.BufferedReader

    def open(self, *args: Any, **options: Any) -> Any:
        self._file = super().open(*args, **options)
        return self._file

    def bytes_read(self) -> int:
        return self._file.tell() if not self._file.closed else size_of(self)


def size_of(path: Path) -> int:
    """0 for what cannot be looked at: opening it will say why."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
