"""The sums of an import: every row in one class, every penny accounted for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from purvey.adapters.files.opening import FileRefused
from purvey.adapters.files.outcomes import (
    NOTHING,
    CancellationOf,
    ChargeOf,
    OrderOf,
    Outcome,
    RefusedRow,
)
from purvey.importing.records import Record
from purvey.importing.refused_lines import RefusedLine, RefusedLines, told
from purvey.importing.taking import Answer, Remembered, TakenOrder
from purvey.kit.process import Refusal

UNITS = ("cancelled", "return", "unmatched")  # what can become of cancelled units
STOCK_NOTE = "stock_note"  # a row that no import could take: refusing it is in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The file that could not be read on, and where; what came before it was taken."""

    file: str
    line: int
    code: str
    detail: str


@dataclass(slots=True, kw_only=True)
class Report:
    """`rows` is the sum of `rows_by` and the refused ones; the two amounts are equal."""

    dry_run: bool = False
    rows: int = 0
    rows_by: Counter[str] = field(default_factory=Counter)  # imported, merged, charge, cancellation
    orders_created: int = 0
    orders_existing: int = 0
    products_created: int = 0
    cancelled_units_by: Counter[str] = field(default_factory=Counter)  # records.Fate
    amount_file: Decimal = NOTHING
    amount_accounted: Decimal = NOTHING
    refused: RefusedLines = field(default_factory=RefusedLines)
    stopped: Stopped | None = None

    def add(self, file: str, outcome: Outcome, *, answer: Answer) -> None:
        """`answer` is what intake made of the outcome."""
        if isinstance(outcome, RefusedRow):
            self.rows += 1
            self.amount_file += outcome.amount
            self._refuse(file, outcome)
            return
        self.rows += len(outcome.rows)
        self.amount_file += sum([row.amount for row in outcome.rows])
        self._answered(file, outcome, answer)

    def _answered(
        self, file: str, outcome: OrderOf | CancellationOf | ChargeOf, answer: Answer
    ) -> None:
        match answer:
            case Refusal():
                detail = told(outcome, answer)
                for x in outcome.rows:
                    row = RefusedRow(line=x.line, code=answer.code, detail=detail, amount=x.amount)
                    self._refuse(file, row)
                return
            case TakenOrder(created):
                self.orders_created += created
                self.orders_existing += not created
                self.amount_accounted += outcome.amount
            case Remembered(records):
                self._remember(records)
            case None:
                raise AssertionError("an outcome without an answer")
        self.rows_by.update([row.outcome for row in outcome.rows])

    def _remember(self, records: Sequence[Record]) -> None:
        self.amount_accounted += sum([record.amount for record in records])
        for record in records:
            if record.fate in UNITS:
                self.cancelled_units_by[record.fate] += record.units

    def _refuse(self, file: str, row: RefusedRow) -> None:
        self.refused.add(RefusedLine(file=file, line=row.line, code=row.code, detail=row.detail))
        self.amount_accounted += row.amount

    def stop(self, file: str, refused: FileRefused) -> None:
        self.stopped = Stopped(
            file=file, line=refused.line, code=refused.code, detail=refused.detail
        )

    @property
    def complete(self) -> bool:
        """Everything that could be taken was taken, and the sums say so."""
        adds_up = self.amount_file == self.amount_accounted
        rows = self.rows_by.total() + len(self.refused)
        return adds_up and rows == self.rows and self.refused.by_code.keys() <= {STOCK_NOTE}

    def figures(self) -> dict[str, object]:
        """As `--json` shows them; the refused lines stand beside it, being too many for memory."""
        return {
            "rows": self.rows,
            "rows_imported": self.rows_by["imported"],
            "rows_merged": self.rows_by["merged"],
            "rows_charge": self.rows_by["charge"],
            "rows_cancellation": self.rows_by["cancellation"],
            "rows_refused": len(self.refused),
            "orders_created": self.orders_created,
            "orders_existing": self.orders_existing,
            "products_created": self.products_created,
            "cancelled_units": {fate: self.cancelled_units_by[fate] for fate in UNITS},
            "amount_file": amount_text(self.amount_file),
            "amount_accounted": amount_text(self.amount_accounted),
            "dry_run": self.dry_run,
            "stopped": asdict(self.stopped) if self.stopped else None,
        }


def amount_text(amount: Decimal) -> str:
    """At least two decimals, more only where they count: equal amounts are equal texts."""
    exponent = amount.normalize().as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:.{decimals}f}"
