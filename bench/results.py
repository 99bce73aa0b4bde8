"""bench/RESULTS.md: the machine, a table for each database, how it was measured, what it hides."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.figures import Figure
from bench.load import TOOL

FILE = Path(__file__).with_name("RESULTS.md")
Tables = Mapping[str, Sequence[Figure]]


def write(
    file: Path,
    facts: Mapping[str, str],
    tables: Tables,
    *,
    quick: bool,
    remarks: Sequence[str],
) -> None:
    size = "quick run: small sizes, one run each" if quick else "full run: median of three"
    parts = [
        "# What was measured\n",
        f"Made by `python -m bench{' --quick' if quick else ''}` ({size}); do not edit.\n",
        "\n".join(f"- {name}: {value}" for name, value in facts.items()) + "\n",
        *(_table(name, figures) for name, figures in tables.items()),
        _HOW.format(tool=TOOL),
        *(["## Remarks of this run\n\n" + "\n".join(f"- {x}" for x in remarks)] if remarks else []),
    ]
    file.write_text("\n".join(parts).rstrip() + "\n")


def _table(name: str, figures: Sequence[Figure]) -> str:
    rows = "\n".join(_row(figure) for figure in figures)
    head = "| what | measured | asked for | in the same run | reached | others | remark |"
    return f"## {name}\n\n{head}\n|---|---|---|---|---|---|---|\n{rows}\n"


def _row(figure: Figure) -> str:
    reached = {True: "yes", False: "**no**", None: ""}[figure.met]
    others = f"{figure.others:.0%}"
    cells = (figure.what, figure.measured(), figure.asked(), figure.compared(), reached)
    return f"| {' | '.join((*cells, others, figure.note))} |"


_HOW = """## How it was measured

- *measured* is the median of the runs, with the smallest and the largest; *asked for* is what
  docs/design asks (section 7); *in the same run* is a ratio of two figures taken in turns, which
  means more than either on a machine whose speed swings; *others* is the share of all cores that
  processes other than the bench's used meanwhile: above a few per cent, absolute figures are low.
- Every commit is durable: SQLite with WAL and synchronous=FULL, PostgreSQL as it comes (fsync,
  synchronous_commit=on), over a Unix socket, on the same machine and disk.
- *Over HTTP*: a real `purvey serve` process, kept to the first core; load by {tool}, in closed
  loop, kept to the last core; PostgreSQL runs where it likes. Each order has three lines, a
  customer and an external id of its own. At the end the orders in the database are those that were
  confirmed, give or take the ones on their way when the clock stopped. With the worker beside it,
  and with two server processes, nothing is kept to a core.
- *Same rows by the bare driver*: the rows that one batch wrote, with new keys, written again into
  the same tables by the same statements, prepared, without SQLAlchemy, on PostgreSQL in one
  pipeline; the rows are ready before the clock starts, and nothing is read, checked or locked.
- *Hand-written limit*: the SQL of shared/bench/limit on its own, smaller tables. It writes about
  half as many rows, with integer keys and one index each.
- *Whole life*: received, paid, picked, packed, labelled, handed over, tracked, delivered, told
  about and closed, with the sandbox's gateway and carrier; mails are written and kept, not sent.
- *After many orders*: a year of orders made set-based (bench/many_orders.py), 1,000,000 in a full
  run and 300,000 in a quick one, since a million take about four minutes to make; the doctor has
  looked at all of a smaller one made the same way. Their history is shortened to four rows, and
  they have no documents and no messages that are done.
- The bench looks for circles of objects as seldom as purvey's own processes do.
- *Memory* adds up the resident memory of server and worker, pages that they share counted twice.
"""
