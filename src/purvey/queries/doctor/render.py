"""A report as people read it: one line when all is well, else what, where, and what mends it."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from purvey.queries.doctor.report import Finding, Report


def render(report: Report) -> RenderableType:
    return Group(*_lines(report))


def _lines(report: Report) -> Iterator[Text]:
    yield from _section("broken", report.findings, style="bold red")
    yield from _section("to look at", report.notes, style="bold yellow")
    for check, many in report.unlisted.items():
        yield Text(f"and {many:,} more of: {check.replace('_', ' ')}")
    yield _summary(report)


def _section(title: str, findings: Sequence[Finding], *, style: str) -> Iterator[Text]:
    for finding in findings:
        yield Text.assemble(
            (f"Promise {finding.promise} {title}: ", style),
            f"{finding.what}\n",
            ("  where   ", "dim"),
            f"{finding.where}\n",
            ("  remedy  ", "dim"),
            f"{finding.remedy}\n",
        )


def _summary(report: Report) -> Text:
    counts = ", ".join(
        f"{many:,} {_singular(name) if many == 1 else _words(name)}"
        for name, many in report.checked.items()
    )
    if report.ok:
        return Text(f"All promises hold. Checked: {counts}.", style="green")
    many = len(report.findings)
    return Text(f"{many} finding{'s' * (many > 1)}. Checked: {counts}.", style="red")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _singular(name: str) -> str:
    """Of what is counted: `orders`, `payments_compared`; `stock` and `history` have no plural."""
    first, *rest = _words(name).split(" ")
    return " ".join([first.removesuffix("s"), *rest])
