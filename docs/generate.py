"""Write the reference pages from the code: `make docs`. With --check only tell which are stale.

Each page is one function from the code to Markdown. tests/docs/test_reference.py runs the check.
"""

import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from generate_api import api
from generate_rights import rights

from purvey import metrics
from purvey.config import OF_ADAPTERS, PREFIX, Settings
from purvey.domain.effects import Effect
from purvey.kit.process import Process, Row
from purvey.lifecycle import PROCESSES
from purvey.operations.change_settings import CHANGEABLE
from purvey.operations.event_types import event_types, groups

DOCS = Path(__file__).parent
SIGNED = "<!-- Made by docs/generate.py: change the code, then run `make docs`. -->\n"


def main(arguments: Sequence[str]) -> int:
    pages = {DOCS / place: SIGNED + make() for place, make in PAGES.items()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        sys.stdout.writelines(f"stale: {path} (run `make docs`)\n" for path in stale)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path])
        sys.stdout.write(f"wrote {path}\n")
    return 0


# Settings


def settings() -> str:
    return "\n".join([SETTINGS_INTRO, *_settings_lines(inspect.getsource(Settings))]) + "\n"


SETTINGS_INTRO = f"""# Settings

Each can be given as `{PREFIX}` and its name in capitals in the environment, or by its name in
`purvey.toml` in the working folder (`shop_name = "Tea & Co"`). The command line wins over the
environment, which wins over the file. An unknown name, or a value that cannot be, ends the start
and says what would be right.

Those with a star can also be changed in the office, under *Settings > Shop*: all servers and
workers follow within seconds, and the journal keeps who changed what. What is given in any of the
ways above stands above that.

The settings of an adapter of your own stand in a section of the file, `[adapters.NAME]`, or in
variables: `{OF_ADAPTERS}NAME__SETTING`."""
_SETTING = re.compile(r"^    (\w+): (str|int|float) = (.+?)(?:  # (.+))?$")
_KINDS = {"str": "text", "int": "whole number", "float": "number"}


def _settings_lines(source: str) -> Iterator[str]:
    for line in source.splitlines():
        if found := _SETTING.match(line):
            name, kind, default, meaning = found.groups()
            shown = "" if default == '""' else f"`{default.strip(chr(34))}`"
            star = " *" if name in CHANGEABLE else ""
            yield f"| `{name}`{star} | {_KINDS[kind]} | {shown} | {_cell(meaning or '')} |"
        elif line.startswith("    # "):
            title = re.sub(r" \(.*\)", "", line.removeprefix("    # ").rstrip("."))
            yield f"\n## {title}\n\n| setting | kind | default | meaning |\n|---|---|---|---|"


# The processes


def lifecycle() -> str:
    parts = [LIFECYCLE_INTRO, *map(_process, PROCESSES), _effects()]
    return "\n".join(parts)


LIFECYCLE_INTRO = """# The four processes

An order has payments and shipments, and may have returns; each of these follows a process of its
own. Nothing changes a state but the steps below, which are the rows of
[`lifecycle.py`](../src/purvey/lifecycle.py).

*Requests* come from people and programs and may be refused; the refusal says why and what is
possible instead. *Reports* tell what has already happened, so they cannot be refused: where no row
fits, the *late* row applies, which changes no state. Where rows share a trigger and a state, the
first whose conditions all hold is taken. The diagrams leave out the steps that stay in their state.

`purvey lifecycle` shows the same tables, `purvey lifecycle --mermaid` draws every single row.
"""


def _process(process: Process) -> str:
    lines = [
        *(f"## {process.name.capitalize()}", "", "```mermaid", *_diagram(process), "```", ""),
        *_table(("state", "means"), _states(process)),
        *("", "Requests:", ""),
        *_table(STEP_COLUMNS, map(_step, process.requests)),
        *("", "Reports:", ""),
        *_table(STEP_COLUMNS, map(_step, process.reports)),
        *("", _late(process), ""),
    ]
    return "\n".join(lines)


STEP_COLUMNS = ("trigger", "from", "to", "only if", "then do")


def _diagram(process: Process) -> Iterator[str]:
    """One arrow for each pair of states, with all triggers that lead along it."""
    arrows: dict[tuple[StrEnum, StrEnum], list[str]] = defaultdict(list)
    for step in process.steps:
        if step.source != step.target and step.trigger not in arrows[step.source, step.target]:
            arrows[step.source, step.target].append(step.trigger)
    yield "stateDiagram-v2"
    yield f"    [*] --> {process.start}"
    for (source, target), triggers in arrows.items():
        if triggers:
            yield f"    {source} --> {target}: {', '.join(triggers)}"
    yield from (f"    {end} --> [*]" for end in sorted(process.ends))


def _states(process: Process) -> Iterator[tuple[str, str]]:
    kind = type(process.start)
    meanings = _comments(kind)
    for state in kind:
        ends = ["an end"] if state in process.ends else []
        yield f"`{state}`", "; ".join(filter(None, [meanings.get(state.name), *ends]))


def _comments(kind: type[StrEnum]) -> dict[str, str]:
    """What the source says behind each member."""
    found = re.findall(r"^    (\w+) = \S+(?:  # (.+))?$", inspect.getsource(kind), re.MULTILINE)
    return dict(found)


def _step(row: Row) -> tuple[str, ...]:
    trigger, sources, target, guards, effects = row
    states = (sources,) if isinstance(sources, StrEnum) else tuple(sources)
    return (
        f"`{trigger}`",
        ", ".join(states),
        target if states != (target,) else "the same",
        ", ".join(guard.__name__.replace("_", " ") for guard in guards),
        ", ".join(effects),
    )


def _late(process: Process) -> str:
    doing = [f"`{name}`: {', '.join(effects)}" for name, effects in process.late.items() if effects]
    more = f" These still do something: {'; '.join(doing)}." if doing else ""
    return f"In any other state a report is late: it is written down.{more}"


def _effects() -> str:
    meanings = _comments(Effect)
    rows = ((f"`{x}`", meanings[x.name]) for x in Effect if meanings[x.name])
    return "\n".join([EFFECTS_INTRO, *_table(("effect", "goal"), rows), ""])


EFFECTS_INTRO = """## What steps make happen

Each effect is a goal, so that promising it twice does no harm. `notify.` and a template's name
tells the customer; `hold.expire`, `payment.expire` and `order.close` are timers; `..._exactly`
moves the amount that a person asked for.
"""


# The command line


def cli() -> str:
    from purvey.cli.app import app

    text = app.generate_docs(output_format="markdown")
    text = re.sub(r"\*\*Commands\*\*:\n\n(\* .+\n)+\n?", "", text)
    text = re.sub(r" \*\[default: False\]\*", "", text).replace("# purvey", "# The command line", 1)
    text = text.replace("## Table of Contents", f"{CLI_INTRO}\n\n## Commands")
    return "\n".join(line.rstrip(" :") for line in text.splitlines()) + "\n"


CLI_INTRO = """Commands print words and tables for people, and one JSON value with `--json`.

| exit code | |
|---|---|
| 0 | done |
| 1 | done, and what was found is not in order: a broken promise, refused rows |
| 2 | not done; one line on stderr says what is wrong and what would be right |
| 130 | stopped by Ctrl-C |"""


# Figures


def figures() -> str:
    rows = (
        (f"`{name}`", found.type, ", ".join(f"`{x}`" for x in labels), found.documentation)
        for name, labels, found in _figures()
    )
    table = _table(("figure", "kind", "labels", "what"), rows)
    return "\n".join([FIGURES_INTRO, *table]) + "\n"


FIGURES_INTRO = """# Figures

`/metrics` tells them in Prometheus's text format, without a key: keep it from the outside. Counters
and histograms are those of the one server process that answers, since its start; gauges come from
the database and are at most ten seconds old. `purvey_messages_total` is counted by the worker: the
server that runs it (`purvey serve`) shows its figures with its own, and a worker that runs alone
tells them on a page of 127.0.0.1 (`purvey work --metrics-port 9101`, or `worker_metrics_port`; a
server with the same setting on the same machine shows them, too). What to set an alarm on:
[keep it running](../how-to/keep-it-running.md).
"""


def _figures() -> Iterator[tuple[str, Sequence[str], Any]]:
    for collector in (
        *metrics.REGISTRY._collector_to_names,
        *metrics.WORKER._collector_to_names,
    ):
        [found] = collector.describe()
        suffix = "_total" if found.type == "counter" else ""
        yield found.name + suffix, collector._labelnames, found


# Events


def events() -> str:
    rows = ((f"`{name}`", meaning) for name, meaning in event_types().items())
    every = ", ".join(f"`{group}`" for group in groups())
    return "\n".join([EVENTS_INTRO.format(groups=every), *_table(("type", "when"), rows)]) + "\n"


EVENTS_INTRO = """# Types of events

What the feed (`GET /events`) tells and webhooks are told; see [tell other
systems](../how-to/tell-other-systems.md). A step into another state is called after the state, one
that stays in its state after its trigger, and `..._noted` is a report that came too late to change
the state. [The four processes](../lifecycle.md) say what leads to what. An endpoint
may ask for all of one process: {groups}.

`webhook.test` is sent when somebody asks for a test, to every endpoint.
"""


# Tables


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {
    "lifecycle.md": lifecycle,
    "reference/settings.md": settings,
    "reference/cli.md": cli,
    "reference/api.md": api,
    "reference/metrics.md": figures,
    "reference/rights.md": rights,
    "reference/events.md": events,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
