"""A process is a table of steps. Deciding is pure; recording and acting happen elsewhere.

A *request* comes from a person or a program and may be refused. A *report* says what has already
happened in the world, so it can never be refused: in a state that has no row for it, the `late`
row applies, which changes no state but may still promise effects ("return that money").

Several rows may share a trigger and a state: the first whose guards all pass is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something may not be done now. A result of business rules, never a bug.

    `code` is stable, `sentence` is for people, `pointer` names the field (RFC 6901) when one is to
    blame, `allowed` what may be done instead.
    """

    code: str
    sentence: str
    pointer: str = ""
    allowed: tuple[str, ...] = ()
    more: tuple[Refusal, ...] = ()


class OrphanReport(Exception):
    """A report arrived in a state for which the process has neither a row nor a late row."""


Facts = Mapping[str, Any]
Guard = Callable[[Any, Facts], Refusal | None]
Row = tuple[str, StrEnum | Sequence[StrEnum], StrEnum, Sequence[Guard], Sequence[StrEnum]]


@dataclass(frozen=True, slots=True)
class Step:
    trigger: str
    source: StrEnum
    target: StrEnum
    guards: tuple[Guard, ...]
    effects: tuple[StrEnum, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """One process: where it starts, where it ends, its rows, and what a late report still does."""

    name: str
    start: StrEnum
    ends: frozenset[StrEnum]
    requests: tuple[Row, ...]
    reports: tuple[Row, ...]
    late: Mapping[str, Sequence[StrEnum]]
    table: dict[tuple[StrEnum, str], tuple[Step, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table: dict[tuple[StrEnum, str], tuple[Step, ...]] = {}
        for step in _expand((*self.requests, *self.reports)):
            key = (step.source, step.trigger)
            table[key] = (*table.get(key, ()), step)
        object.__setattr__(self, "table", table)

    @property
    def steps(self) -> Iterator[Step]:
        return (step for steps in self.table.values() for step in steps)

    @property
    def states(self) -> set[StrEnum]:
        return {self.start, *self.ends, *(s for x in self.steps for s in (x.source, x.target))}

    @property
    def request_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[0] for row in self.requests))

    @property
    def report_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*(row[0] for row in self.reports), *self.late]))

    def allowed(self, state: StrEnum) -> tuple[str, ...]:
        """The requests that have a row in `state`, in the table's order (guards not asked)."""
        return tuple(name for name in self.request_names if (state, name) in self.table)

    def decide(self, subject: Any, trigger: str, facts: Facts) -> Step | Refusal:
        """The step to take, or why not. Reads everything, changes nothing.

        Raises OrphanReport for a report without a row: a hole in the table, so a bug.
        """
        rows = self.table.get((subject.state, trigger))
        if rows is None:
            return self._without_row(subject.state, trigger)
        refusal: Refusal | None = None
        for step in rows:
            refusal = _first_refusal(step, subject, facts)
            if refusal is None:
                return step
        assert refusal is not None
        return refusal

    def _without_row(self, state: StrEnum, trigger: str) -> Step | Refusal:
        if trigger in self.late:
            return Step(trigger, state, state, (), tuple(self.late[trigger]))
        if trigger not in self.request_names:
            raise OrphanReport(f"{self.name}: {trigger} arriving in {state}")
        allowed = self.allowed(state)
        instead = f"; possible now: {', '.join(allowed)}" if allowed else ""
        words, now = trigger.replace("_", " "), state.replace("_", " ")
        return Refusal(
            "not_allowed",
            f"The step '{words}' is not possible: the {self.name} is {now}{instead}.",
            allowed=allowed,
        )

    def to_mermaid(self) -> str:
        """The process as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for step in self.steps:
            only_if = " and ".join(guard.__name__ for guard in step.guards)
            label = f"{step.trigger} [{only_if}]" if only_if else step.trigger
            lines.append(f"    {step.source} --> {step.target}: {label}")
        return "\n".join([*lines, *(f"    {end} --> [*]" for end in sorted(self.ends))]) + "\n"


def _expand(rows: Sequence[Row]) -> Iterator[Step]:
    for trigger, sources, target, guards, effects in rows:
        for source in (sources,) if isinstance(sources, StrEnum) else sources:
            yield Step(trigger, source, target, tuple(guards), tuple(effects))


def _first_refusal(step: Step, subject: Any, facts: Facts) -> Refusal | None:
    return next((r for guard in step.guards if (r := guard(subject, facts)) is not None), None)
