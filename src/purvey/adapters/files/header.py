"""Where does the table begin, what separates its cells, and which column means what?

The three are answered together: the row that names the most of the columns we know is the header,
and the separator under which it does so is the separator. Titles and blank rows above it are passed
over, and a file that merely contains many commas is not mistaken for one.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from purvey.adapters.files.opening import FileRefused

SEPARATORS = ",;\t|"
NAMES_SHOWN = 20
_NOT_IN_NAMES = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What one kind of file calls its columns: our name -> theirs, the preferred one first."""

    names: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """`index` has our names only; `line` is the last physical line of the header."""

    columns: Columns
    separator: str
    line: int
    cells: tuple[str, ...]
    index: Mapping[str, int]


def find_header(head: Sequence[str], kinds: Sequence[Columns]) -> Header:
    """The first of the best; raises FileRefused when no row will do."""
    found = [header for kind in kinds for header in _candidates(head, kind)]
    if not found:
        needed = ", ".join(kinds[0].needed)
        sentence = f"No row at the top of the file names the columns that are needed: {needed}."
        raise FileRefused("no_header", sentence)
    best = max(found, key=lambda header: (not _missing(header), len(header.index)))
    _refuse_missing(best)
    _refuse_doubled(best)
    return best


def _candidates(head: Sequence[str], columns: Columns) -> Iterator[Header]:
    known = {_folded(name): ours for ours, names in columns.names.items() for name in names}
    for separator in SEPARATORS:
        for line, cells in _rows(head, separator):
            if not known.keys().isdisjoint(map(_folded, cells)):
                index = _index(cells, columns)
                yield Header(
                    columns=columns, separator=separator, line=line, cells=cells, index=index
                )


def _rows(head: Sequence[str], separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(head, delimiter=separator, skipinitialspace=True)
    try:
        for cells in reader:
            yield reader.line_num, tuple(cells)
    except csv.Error:  # a quote that never ends: no header below it
        return


def _index(cells: Sequence[str], columns: Columns) -> dict[str, int]:
    folded = [_folded(cell) for cell in cells]
    index = {}
    for ours, names in columns.names.items():
        at = next((folded.index(n) for n in map(_folded, names) if n in folded), None)
        if at is not None:
            index[ours] = at
    return index


def _missing(header: Header) -> list[str]:
    return [name for name in header.columns.needed if name not in header.index]


def _refuse_missing(header: Header) -> None:
    missing = _missing(header)
    if missing:
        found = ", ".join(cell.strip()[:40] for cell in header.cells[:NAMES_SHOWN] if cell.strip())
        sentence = f"Missing columns: {', '.join(missing)}. The header has: {found}."
        raise FileRefused("missing_columns", sentence, header.line)


def _refuse_doubled(header: Header) -> None:
    """Only for columns that we read: which of the two would count?"""
    folded = [_folded(cell) for cell in header.cells]
    for ours, at in header.index.items():
        if folded.count(folded[at]) > 1:
            sentence = f"Two columns are named {header.cells[at].strip()!r} ({ours}); keep one."
            raise FileRefused("duplicate_column", sentence, header.line)


def _folded(name: str) -> str:
    """One name: Lineitem SKU, lineitem_sku, LineItem sku."""
    return _NOT_IN_NAMES.sub("", name.casefold())
