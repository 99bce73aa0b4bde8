"""What an examination found, in words for people and in the shape of `purvey doctor --json`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LISTED = 20  # findings of one check that are told one by one; the others are counted

Progress = Callable[
    [str, int, int], None
]  # what is being looked at, how many are done, of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`promise` is its number in the design, `check` the name of what noticed it."""

    promise: int
    what: str
    where: str
    remedy: str
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`notes` break no promise but wait for a person. `unlisted`: what was not told, by check."""

    checked: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    unlisted: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def exit_code(self) -> int:
        """0 when every promise holds, 1 when one is broken."""
        return 0 if self.ok else 1

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "checked": dict(self.checked),
            "findings": [asdict(finding) for finding in self.findings],
            "notes": [asdict(note) for note in self.notes],
            "unlisted": dict(self.unlisted),
        }


class Tally:
    """Findings as they come in, in bounded memory."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self._listed: dict[str, list[Finding]] = {}
        self._notes: dict[str, list[Finding]] = {}
        self._found: Counter[str] = Counter()

    def add(self, findings: Iterable[Finding], *, note: bool = False) -> None:
        for finding in findings:
            self._found[finding.check] += 1
            kept = (self._notes if note else self._listed).setdefault(finding.check, [])
            if len(kept) < LISTED:
                kept.append(finding)

    def add_unlisted(self, check: str, many: int) -> None:
        """There are so many more that nobody has read."""
        self._found[check] += many

    def report(self) -> Report:
        listed = {**self._notes, **self._listed}
        more = {name: many - len(listed.get(name, ())) for name, many in self._found.items()}
        return Report(
            checked=dict(self.checked),
            findings=_in_order(self._listed),
            notes=_in_order(self._notes),
            unlisted={name: many for name, many in more.items() if many},
        )


def _in_order(kept: Mapping[str, list[Finding]]) -> tuple[Finding, ...]:
    every = (finding for findings in kept.values() for finding in findings)
    return tuple(sorted(every, key=lambda finding: finding.promise))
