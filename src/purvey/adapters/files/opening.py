"""A path becomes a stream of bytes, whatever it was packed in. Nothing is unpacked to disk."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

SAMPLE_BYTES = 65_536
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"


class FileRefused(Exception):
    """The file cannot be read as orders; nothing after `line` was looked at."""

    def __init__(self, code: str, detail: str, line: int = 0):
        super().__init__(detail)
        self.code, self.detail, self.line = code, detail, line


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedIOBase]:
    """By its first bytes, not by its name: exports are often named wrongly."""
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(path.open("rb"))
            first = raw.peek(4)[:4]
        except OSError as error:
            raise FileRefused("unreadable", f"The file cannot be read: {error.strerror}.") from None
        if first.startswith(_GZIP):
            yield stack.enter_context(gzip.GzipFile(fileobj=raw))
        elif first.startswith(_ZIP):
            yield stack.enter_context(_only_member(raw))
        else:
            yield raw


def _only_member(raw: IO[bytes]) -> io.BufferedIOBase:
    try:
        archive = zipfile.ZipFile(raw)
        return archive.open(_its_name(archive))  # type: ignore[return-value]  # a ZipExtFile is one
    except (zipfile.BadZipFile, NotImplementedError):
        raise FileRefused("damaged_archive", "The ZIP archive is damaged; pack it anew.") from None
    except RuntimeError:  # the module's word for a password
        sentence = "The ZIP archive has a password; pack it without one."
        raise FileRefused("encrypted_archive", sentence) from None


def _its_name(archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]
    files = [name for name in names if not name.endswith("/")]
    if "[Content_Types].xml" in files:
        sentence = "This is an Excel workbook; save the sheet with the orders as CSV."
        raise FileRefused("spreadsheet", sentence)
    if len(files) != 1:
        sentence = f"The ZIP archive holds {len(files)} files; pack the one with the orders alone."
        raise FileRefused("several_files", sentence)
    return files[0]
