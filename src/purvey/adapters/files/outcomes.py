"""What became of the rows of a file. Each row is in exactly one of these values.

`amount` is what the row is worth by the file (quantity times price, in exact decimals); the amount
of a value is computed from what the value holds, so that comparing both sums proves that no money
was lost on the way.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from purvey.domain.draft import Contact, Draft

RowOutcome = Literal["imported", "merged", "charge", "cancellation"]
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class RowRef:
    """`imported`: a line of its own; `merged`: its quantity went to a line of an earlier row."""

    line: int
    amount: Decimal
    outcome: RowOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOf:
    """One order. `services` are skus among its lines that no shelf holds (a fee, a manual entry).

    `rounding` is the part of `amount` below the currency's smallest coin, which no order can hold.
    """

    draft: Draft
    rows: tuple[RowRef, ...]
    amount: Decimal
    rounding: Decimal = NOTHING
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of a cancellation or a charge, as the file has it; quantities keep their sign."""

    sku: str
    name: str | None
    quantity: int
    unit_price: Decimal
    line: int

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationOf:
    """Goods that came back or never left (`items`, negative quantities) and credited `charges`.

    It names no order: the goods belong to earlier orders of the same customer, or to none.
    """

    external_id: str
    customer: Contact
    placed_at: datetime
    currency: str
    items: tuple[Item, ...]
    charges: tuple[Item, ...]
    rows: tuple[RowRef, ...]

    @property
    def amount(self) -> Decimal:
        return sum((item.amount for item in (*self.items, *self.charges)), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOf:
    """Money without goods: a bank's or a marketplace's fee, postage billed alone, a correction."""

    external_id: str
    customer: Contact
    placed_at: datetime
    currency: str
    items: tuple[Item, ...]
    rows: tuple[RowRef, ...]

    @property
    def amount(self) -> Decimal:
        return sum((item.amount for item in self.items), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that became nothing, and why. Its amount is 0 when it cannot be read."""

    line: int
    code: str
    detail: str
    amount: Decimal = NOTHING


Outcome = OrderOf | CancellationOf | ChargeOf | RefusedRow
