"""What an import says at its end: tables for people, one object for programs."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from purvey.cli.output import console, counted, plain, say, table

if TYPE_CHECKING:
    from purvey.importing import Report
    from purvey.importing.refused_lines import RefusedLine

EXAMPLES = 3  # of each kind of refusal
LOOKED_THROUGH = 10_000  # for examples

# figure of the report -> what people call it
ROWS = {
    "rows_imported": "  lines of orders",
    "rows_merged": "  merged into an earlier line of their order",
    "rows_charge": "  charges",
    "rows_cancellation": "  cancellations",
    "rows_refused": "  refused",
}
UNITS = {
    "cancelled": "units cancelled before they left",
    "return": "units matched to their order as a return",
    "unmatched": "cancelled units without an order",
}


def show_report(report: "Report", *, as_json: bool) -> None:
    if as_json:
        _write_json(report)
        return
    made = table(
        "what", ">how much", title="Dry run: nothing was written" if report.dry_run else None
    )
    for what, figure in _lines(report):
        made.add_row(what, figure)
    console().print(made)
    _show_refused(report)
    if report.stopped:
        x = report.stopped
        say(f"Stopped at line {x.line} of {plain(x.file)}: {x.detail} [{x.code}]")


def _lines(report: "Report") -> Iterator[tuple[str, str]]:
    figures = report.figures()
    yield "rows read", f"{report.rows:,}"
    yield from ((words, f"{figures[name]:,}") for name, words in ROWS.items())
    yield "orders created", f"{report.orders_created:,}"
    yield "orders that were there already", f"{report.orders_existing:,}"
    yield "products created", f"{report.products_created:,}"
    for fate, words in UNITS.items():
        if report.cancelled_units_by[fate]:
            yield words, f"{report.cancelled_units_by[fate]:,}"
    yield "amount in the files", f"{Decimal(str(figures['amount_file'])):,}"
    yield "amount accounted for", f"{Decimal(str(figures['amount_accounted'])):,}"


def _show_refused(report: "Report") -> None:
    if not report.refused:
        return
    examples: dict[str, list[RefusedLine]] = defaultdict(list)
    for line in islice(report.refused, LOOKED_THROUGH):
        if len(examples[line.code]) < EXAMPLES:
            examples[line.code].append(line)
    for code, many in report.refused.by_code.most_common():
        say(f"Refused as {code}: {counted(many, 'row')}, for example")
        for line in examples[code]:
            say(f"    {plain(Path(line.file).name)}, line {line.line:,}: {plain(line.detail)}")
    if len(report.refused) > sum(map(len, examples.values())):
        say("--json lists every one.")


def _write_json(report: "Report") -> None:
    """One object on one line, written piece by piece: a file may have millions of bad rows."""
    write = sys.stdout.write
    write(json.dumps(report.figures(), ensure_ascii=False)[:-1] + ', "refused": [')
    for number, line in enumerate(report.refused):
        write((", " if number else "") + json.dumps(asdict(line), ensure_ascii=False))
    write("]}\n")
