"""Rows that became nothing, with the reason: all of them, in bounded memory."""

import json
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from purvey.adapters.files.outcomes import CancellationOf, ChargeOf, OrderOf
from purvey.kit.process import Refusal

KEPT_IN_MEMORY_BYTES = 1_000_000
SENTENCES_SHOWN = 5  # of all that is wrong with one order


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    file: str
    line: int
    code: str
    detail: str


class RefusedLines:
    """Beyond a megabyte they wait in a temporary file."""

    def __init__(self) -> None:
        self.by_code: Counter[str] = Counter()
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115  # lives as long as we do
            KEPT_IN_MEMORY_BYTES, "w+", encoding="utf-8"
        )
        weakref.finalize(self, self._file.close)

    def add(self, line: RefusedLine) -> None:
        self.by_code[line.code] += 1
        self._file.write(json.dumps(asdict(line)) + "\n")

    def __len__(self) -> int:
        return self.by_code.total()

    def __iter__(self) -> Iterator[RefusedLine]:
        self._file.seek(0)
        try:
            for text in self._file:
                yield RefusedLine(**json.loads(text))
        finally:
            self._file.seek(0, os.SEEK_END)  # where the next one is written


def told(outcome: OrderOf | CancellationOf | ChargeOf, refusal: Refusal) -> str:
    """Why intake refused it: each sentence once, with the sku that it is about."""
    if not isinstance(outcome, OrderOf):
        return f"{outcome.external_id}: {refusal.sentence}"
    reasons = refusal.more or (refusal,)
    sentences = list(dict.fromkeys(_about(outcome, reason) for reason in reasons))
    more = len(sentences) - SENTENCES_SHOWN
    rest = [f"(and {more} more)"] if more > 0 else []
    return f"{outcome.draft.external_id}: {' '.join([*sentences[:SENTENCES_SHOWN], *rest])}"


def _about(outcome: OrderOf, reason: Refusal) -> str:
    """Pointers of a refusal say which line of the draft is meant: /lines/3/sku."""
    _, part, *rest = [*reason.pointer.split("/"), ""]
    if part != "lines" or not rest[0].isdecimal():
        return reason.sentence
    sku = outcome.draft.lines[int(rest[0])].sku
    return reason.sentence if sku in reason.sentence else f"{sku}: {reason.sentence}"
