"""`purvey lifecycle`: the four processes as tables, or as Mermaid diagrams for a page."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

from cyclopts import Parameter

from purvey.cli.output import AsJson, console, show_json, table
from purvey.kit.process import Process, Row


def lifecycle(
    *,
    mermaid: Annotated[bool, Parameter(negative=())] = False,
    as_json: AsJson = False,
) -> None:
    """Show the processes that orders, payments, shipments and returns follow.

    Parameters
    ----------
    mermaid
        Print Mermaid state diagrams, in Markdown.
    """
    from purvey.lifecycle import PROCESSES

    if as_json:
        show_json({process.name: _as_data(process) for process in PROCESSES})
    elif mermaid:
        sys.stdout.write("\n".join(_section(process) for process in PROCESSES))
    else:
        for process in PROCESSES:
            _show(process)


def _section(process: Process) -> str:
    return f"## {process.name.capitalize()}\n\n```mermaid\n{process.to_mermaid()}```\n"


def _show(process: Process) -> None:
    """The rows as they stand in lifecycle.py: one row, one step from one or several states."""
    made = table("trigger", "kind", "from", "to", "only if", "then do", title=process.name.upper())
    for kind, rows in (("request", process.requests), ("report", process.reports)):
        for row in rows:
            made.add_row(*_cells(row, kind))
    late = ((trigger, effects) for trigger, effects in process.late.items() if effects)
    for trigger, effects in late:
        made.add_row(trigger, "late report", "any other", "=", "", ", ".join(effects))
    console().print(made)
    console().print(f"starts {process.start}; ends {', '.join(sorted(process.ends))}\n")


def _cells(row: Row, kind: str) -> Iterator[str]:
    trigger, sources, target, guards, effects = row
    states = (sources,) if isinstance(sources, StrEnum) else tuple(sources)
    yield trigger
    yield kind
    yield ", ".join(states)
    yield target if states != (target,) else "="
    yield ", ".join(guard.__name__.replace("_", " ") for guard in guards)
    yield ", ".join(effects)


def _as_data(process: Process) -> dict[str, Any]:
    return {
        "start": process.start,
        "ends": sorted(process.ends),
        "steps": [
            {
                "trigger": step.trigger,
                "kind": "request" if step.trigger in process.request_names else "report",
                "from": step.source,
                "to": step.target,
                "only_if": [guard.__name__ for guard in step.guards],
                "then_do": list(step.effects),
            }
            for step in process.steps
        ],
        "late": {trigger: list(effects) for trigger, effects in process.late.items()},
    }
