"""What one batch of `receive` writes, written again by the bare driver: the limit that counts.

1. `recorded` listens while a batch is received, and keeps each set-based write: statement, rows.
2. `freshened` gives these rows new keys: ids (their time moves on), order numbers, external ids.
3. `replay` writes them into the same tables of the same database, one transaction a batch, by the
   driver alone: nothing is looked up, decided or locked, and the rows were made before the clock
   ran.
"""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from purvey.storage import dialect
from purvey.storage.driver import Driver, Rows

Write = tuple[str, list[tuple[Any, ...]]]
TAG = "recorded"  # stands in every external id and e-mail of the batch that is recorded
_ID = re.compile(r"\b((?:ord|pay|shp|cus|trk|mov|hld)_)([0-9a-f]{12})")
_TIME_STEP_MS = 10


@contextmanager
def recorded() -> Iterator[list[Write]]:
    """All that is written set-based while the block runs, in order."""
    writes: list[Write] = []
    real = dialect.write

    def write(driver: Driver, statement: str, *, rows: Rows, sqlite: bool) -> Any:
        writes.append((statement, list(rows)))
        return real(driver, statement, rows=rows, sqlite=sqlite)

    dialect.write = write
    try:
        yield writes
    finally:
        dialect.write = real


def freshened(writes: Sequence[Write], round_no: int, *, orders: int) -> list[Write]:
    """The same rows for other orders; each round has keys of its own."""

    def later(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2], 16) + round_no * _TIME_STEP_MS:012x}"

    def fresh(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return _ID.sub(later, value.replace(TAG, f"{round_no:0{len(TAG)}d}"))

    def row_of(statement: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
        new = [fresh(value) for value in row]
        if statement.startswith("insert into orders "):
            new[1] += round_no * orders
        return tuple(new)

    return [(statement, [row_of(statement, row) for row in rows]) for statement, rows in writes]


def replay(driver: Any, rounds: Sequence[Sequence[Write]]) -> float:
    """Seconds for all rounds, one transaction each."""
    run = _on_sqlite if isinstance(driver, sqlite3.Connection) else _on_postgres
    ready = [run(driver, writes) for writes in rounds]
    start = time.perf_counter()
    for write in ready:
        write()
    return time.perf_counter() - start


def _on_sqlite(driver: sqlite3.Connection, writes: Sequence[Write]) -> Callable[[], None]:
    def write() -> None:
        driver.execute("begin immediate")
        for statement, rows in writes:
            driver.executemany(statement, rows)
        driver.execute("commit")

    return write


def _on_postgres(driver: Any, writes: Sequence[Write]) -> Callable[[], None]:
    """Columns as arrays through `unnest`, the statements prepared and sent in one pipeline."""
    ready = [
        (statement, [_array(column) for column in zip(*rows, strict=True)])
        for statement, rows in writes
    ]

    def write() -> None:
        with driver.pipeline(), driver.transaction():
            for statement, columns in ready:
                driver.execute(statement, columns, prepare=True)

    return write


def _array(column: tuple[Any, ...]) -> str:
    """PostgreSQL's own text for an array: what the driver would make of a list takes far longer."""
    text = json.dumps(column, ensure_ascii=False)
    assert not re.search(r"\\[nrtbfu]", text), "JSON and PostgreSQL escape these differently"
    return "{" + text[1:-1] + "}"
