"""What an import says at its end: tables for people, one object for programs."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

from purvey.cli.output import console, plain, say, show_table, table

if TYPE_CHECKING:
    from purvey.importing import Report

REFUSED_SHOWN = 20

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
    yield "amount in the files", str(figures["amount_file"])
    yield "amount accounted for", str(figures["amount_accounted"])


def _show_refused(report: "Report") -> None:
    if not report.refused:
        return
    counts = ", ".join(f"{code} {many:,}" for code, many in report.refused.by_code.most_common())
    say(f"Refused rows: {counts}")
    first = islice(report.refused, REFUSED_SHOWN)
    show_table(
        ("file", ">line", "code", "why"), ((x.file, x.line, x.code, x.detail) for x in first)
    )
    if len(report.refused) > REFUSED_SHOWN:
        say(f"... and {len(report.refused) - REFUSED_SHOWN:,} more; --json lists all of them.")


def _write_json(report: "Report") -> None:
    """One object on one line, written piece by piece: a file may have millions of bad rows."""
    write = sys.stdout.write
    write(json.dumps(report.figures(), ensure_ascii=False)[:-1] + ', "refused": [')
    for number, line in enumerate(report.refused):
        write((", " if number else "") + json.dumps(asdict(line), ensure_ascii=False))
    write("]}\n")
