"""Any text table as a stream of rows, each with its true line number in the file.

    with open_table(Path("orders.csv.gz"), [COLUMNS]) as table:
        for row in table.rows(): ...

Memory is bounded whatever comes: one physical line, one row, and the top of the file are all that
is ever held. What is wrong with one row refuses that row (`BadRow`); what makes the rest of the
file meaningless refuses the file (`FileRefused`), after the rows before it were given out.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from purvey.adapters.files.encoding import encoding_of
from purvey.adapters.files.header import Columns, Header, find_header
from purvey.adapters.files.opening import SAMPLE_BYTES, FileRefused, opened

HEAD_LINES = 50  # the header is looked for here ...
HEAD_CHARS = 250_000  # ... and no further than this
MAX_LINE_CHARS = 1_000_000
MAX_ROW_LINES = 200  # of one row with line breaks in its cells; beyond it a quote was left open
MAX_CELL_CHARS = 32_767  # what a spreadsheet can hold

NUL = ("nul_character", "The row has a NUL character; write the file anew.")
UNREADABLE = ("bad_encoding", "The row has bytes that are no letters; save the file as UTF-8.")
LONG_CELL = ("cell_too_long", f"A cell has more than {MAX_CELL_CHARS:,} characters.")
BAD_QUOTES = ("bad_quotes", "Something follows a closing quote; write a quote in a cell as two.")


class Row(NamedTuple):
    line: int  # where the row begins
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be read; `cells` is what could be made out."""

    line: int
    code: str
    detail: str
    cells: Sequence[str] = ()


class Table:
    """One pass over the rows below the header."""

    def __init__(self, lines: "_Lines", header: Header, encoding: str):
        self.header, self.encoding = header, encoding
        self._lines = lines

    def rows(self) -> Iterator[Row | BadRow]:
        """Blank rows, and headers repeated where exports were joined, are passed over."""
        top = list(self.header.cells)
        for row in self._raw_rows():
            if isinstance(row, BadRow):
                yield row
            elif any(map(str.strip, row.cells)) and row.cells != top:
                yield row if len(row.cells) == len(top) else _fitted(row, len(top))

    def _raw_rows(self) -> Iterator[Row | BadRow]:
        lines = self._lines
        separator = self.header.separator
        reader = csv.reader(lines.feed(), delimiter=separator, strict=True, skipinitialspace=True)
        while True:
            line = lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield lines.refused_by_reader(line, error)
                continue
            flaw = lines.flaw or lines.too_long(cells)
            yield BadRow(line=line, code=flaw[0], detail=flaw[1]) if flaw else Row(line, cells)


@contextmanager
def open_table(path: Path, kinds: Sequence[Columns]) -> Iterator[Table]:
    """`kinds`: what files of this format may call their columns; the best fit is taken."""
    with opened(path) as raw:
        buffered = io.BufferedReader(raw, SAMPLE_BYTES)
        encoding = encoding_of(_sample(buffered))
        # Bytes that are no UTF-8 survive as lone surrogates until `_Lines` looks at their line.
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        stream = io.TextIOWrapper(buffered, encoding=encoding, errors=errors, newline="")
        lines = _Lines(stream)
        header = find_header(lines.head(), kinds)
        lines.skip(header.line)
        yield Table(lines, header, encoding)


def _sample(stream: "io.BufferedReader[io.BufferedIOBase]") -> bytes:
    try:
        return stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]
    except _DAMAGED:
        raise _damaged(0) from None


def _fitted(row: Row, width: int) -> Row | BadRow:
    """Spreadsheets leave empty cells at the end; anything else means shifted columns."""
    extra = row.cells[width:]
    if len(row.cells) > width and not any(map(str.strip, extra)):
        return Row(row.line, row.cells[:width])
    code = "row_too_long" if extra else "row_too_short"
    detail = f"The row has {len(row.cells)} cells, the header {width}."
    return BadRow(line=row.line, code=code, detail=detail, cells=row.cells)


class _Lines:
    """Physical lines with their numbers, and what is known about the row that they make up."""

    def __init__(self, stream: io.TextIOWrapper):
        self._stream = stream
        self._head: list[str] = []
        self._number = self._row_lines = self._row_chars = 0
        self.flaw: tuple[str, str] | None = None

    def head(self) -> list[str]:
        """The top of the file, which `feed` gives out again."""
        chars = 0
        while len(self._head) < HEAD_LINES and chars < HEAD_CHARS and (line := self._read()):
            self._head.append(line)
            chars += len(line)
        return self._head

    def skip(self, lines: int) -> None:
        self._number = lines
        del self._head[:lines]

    def begin_row(self) -> int:
        self._row_lines = self._row_chars = 0
        self.flaw = None
        return self._number + 1

    def feed(self) -> Iterator[str]:
        for line in self._head:
            yield self._counted(line)
        while line := self._read():
            yield self._counted(line)

    def too_long(self, cells: list[str]) -> tuple[str, str] | None:
        long = self._row_chars > MAX_CELL_CHARS and max(map(len, cells), default=0) > MAX_CELL_CHARS
        return LONG_CELL if long else None

    def refused_by_reader(self, line: int, error: csv.Error) -> BadRow:
        """The reader goes on with the next physical line; at the end of the file it cannot."""
        if "unexpected end" in str(error):
            raise _open_quote(line)
        code, detail = LONG_CELL if "field limit" in str(error) else BAD_QUOTES
        return BadRow(line=line, code=code, detail=detail)

    def _read(self) -> str:
        try:
            line = self._stream.readline(MAX_LINE_CHARS)
        except _DAMAGED:
            raise _damaged(self._number) from None
        if len(line) >= MAX_LINE_CHARS:
            sentence = f"A line has more than {MAX_LINE_CHARS:,} characters: no table of orders."
            raise FileRefused("line_too_long", sentence, self._number + 1)
        return line if line.isascii() else _repaired(line)

    def _counted(self, line: str) -> str:
        self._number += 1
        self._row_lines += 1
        self._row_chars += len(line)
        if self._row_lines > MAX_ROW_LINES:
            raise _open_quote(self._number - MAX_ROW_LINES)
        if "\0" in line:
            self.flaw = NUL
        elif not line.isascii() and "\ufffd" in line:
            self.flaw = UNREADABLE
        return line


def _repaired(line: str) -> str:
    """A line that is not UTF-8 is Windows-1252; see encoding.py."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return line.encode("utf-8", "surrogateescape").decode("cp1252", errors="replace")
    return line


def _open_quote(line: int) -> FileRefused:
    sentence = "A quote opens here and is not closed; what follows cannot be told apart."
    return FileRefused("unclosed_quote", sentence, line)


# What gzip and zipfile raise when the bytes end early or are not what they say.
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


def _damaged(line: int) -> FileRefused:
    return FileRefused("damaged_archive", "The file ends early or is damaged; get it anew.", line)
