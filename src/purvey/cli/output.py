"""What commands print: tables for people, JSON and CSV for programs.

What customers wrote is data here: no markup is read in it, control characters cannot reach the
terminal, and no cell of a CSV file starts a formula in a spreadsheet.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, Parameter("--json", negative=(), help="Print JSON.")]
AsCsv = Annotated[bool, Parameter("--csv", negative=(), help="Print CSV.")]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDTH_OF_A_PIPE = 240
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def console(*, to_stderr: bool = False) -> Console:
    """On a terminal as wide as it is; a pipe gets lines that are not folded."""
    file = sys.stderr if to_stderr else sys.stdout
    return Console(file=file, width=None if file.isatty() else WIDTH_OF_A_PIPE, highlight=False)


def plain(value: object) -> str:
    """Text without control characters: a name cannot move the cursor or colour the screen."""
    return _CONTROL.sub("�", "" if value is None else str(value))


def say(sentence: str) -> None:
    console().print(Text(sentence), soft_wrap=True)


def complain(sentence: str) -> None:
    """What is wrong goes to stderr, so that it is seen where the output is piped away."""
    console(to_stderr=True).print(Text(plain(sentence)), soft_wrap=True)


def show_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def table(*columns: str, title: str | None = None) -> Table:
    """Columns whose name starts with ">" stand to the right."""
    made = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    for column in columns:
        made.add_column(
            column.removeprefix(">"), justify="right" if column.startswith(">") else "left"
        )
    return made


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    made = table(*columns)
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    console().print(made)


def show_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.removeprefix(">") for column in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: object) -> object:
    """A number stays one; text that a spreadsheet would take for a formula is marked as text."""
    if cell is None or isinstance(cell, int | float):
        return cell
    text = str(cell)
    marked = f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return marked.replace(
        "\r", " "
    )  # the csv module leaves it bare, and readers end the line there


def show_facts(facts: Mapping[str, object]) -> None:
    """One thing: a line for each fact."""
    width = max(map(len, facts)) + 2
    for name, value in facts.items():
        line = Text.assemble((f"{name:<{width}}", "dim"), plain(value))
        console().print(line, soft_wrap=True)


def counted(number: int, one: str, *, many: str | None = None) -> str:
    """As people write it: 1 order, 2 orders."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
