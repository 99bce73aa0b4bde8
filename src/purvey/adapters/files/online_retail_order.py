"""The rows of one invoice become one order that is worth what the invoice says, to the penny."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from purvey.adapters.files.countries import code_of
from purvey.adapters.files.fingerprint import fingerprinted
from purvey.adapters.files.online_retail_codes import CHARGES
from purvey.adapters.files.outcomes import NOTHING, OrderOf, RowOutcome, RowRef
from purvey.adapters.files.values import BadValue
from purvey.domain.draft import (
    Address,
    Contact,
    Discount,
    Draft,
    DraftLine,
    PaymentChoice,
    Shipping,
)

CURRENCY = "GBP"
TERMS = PaymentChoice(method="terms", terms="net30")  # a wholesaler's customers; the file has none
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Entry(NamedTuple):
    """One row, with its cells read. `flaw`: what could not be."""

    line: int
    invoice: str
    sku: str = ""
    name: str = ""
    quantity: int = 0
    price: Decimal = NOTHING
    amount: Decimal = NOTHING
    at: datetime = LONG_AGO
    customer: str = ""
    country: str = ""
    flaw: BadValue | None = None


def contact_of(entry: Entry) -> Contact:
    return Contact(external_id=entry.customer or None)


def order_of(rows: Sequence[Entry]) -> OrderOf:
    sheet = _Sheet()
    refs = tuple([RowRef(row.line, row.amount, sheet.take(row)) for row in rows])
    country = code_of(rows[0].country)
    draft = Draft(
        channel="import",
        external_id=rows[0].invoice,
        currency=CURRENCY,
        customer=contact_of(rows[0]),
        ship_to=Address(country=country) if country else None,
        lines=sheet.lines(),
        shipping=Shipping(price=sheet.shipping()),
        discounts=sheet.discounts(),
        payment=TERMS,
        metadata={} if country else {"country": rows[0].country},
        placed_at=rows[0].at,
        fingerprint="",
    )
    return OrderOf(
        draft=fingerprinted(draft),
        rows=refs,
        amount=_worth(draft) + sheet.rounding,
        rounding=sheet.rounding,
        services=frozenset(CHARGES.keys() & {line.sku for line in draft.lines}),
    )


def _worth(draft: Draft) -> Decimal:
    goods = sum([line.quantity * (line.unit_price or 0) for line in draft.lines])
    discounts = sum([discount.amount for discount in draft.discounts])
    return Decimal(goods + (draft.shipping.price or 0) - discounts).scaleb(-2)


class _Sheet:
    """An invoice being added up. Prices below a penny: each line is rounded once, as a whole.

    1,000 pieces at 0.0125 are 12.50, but no unit price in pence says so. Such a line gets the next
    higher price and the excess becomes a discount named "rounding"; what a line has beyond whole
    pence is summed up in `rounding`.
    """

    def __init__(self) -> None:
        self.rounding = NOTHING
        self._units: dict[tuple[str, Decimal], int] = {}
        self._names: dict[tuple[str, Decimal], str] = {}
        self._shipping = NOTHING
        self._discounts: dict[str, Decimal] = {}
        self._excess_pence = 0

    def take(self, row: Entry) -> RowOutcome:
        kind = CHARGES.get(row.sku)
        if kind and row.amount < 0:
            self._discounts[row.sku] = self._discounts.get(row.sku, NOTHING) - row.amount
        elif kind == "shipping":
            self._shipping += row.amount
        else:
            merged = self._add(row)
            return "charge" if kind else merged
        return "charge"

    def _add(self, row: Entry) -> RowOutcome:
        key = (row.sku, row.price)
        known = self._units.get(key)
        self._units[key] = row.quantity + (known or 0)
        if not self._names.get(key):
            self._names[key] = row.name
        return "imported" if known is None else "merged"

    def lines(self) -> tuple[DraftLine, ...]:
        return tuple(
            [
                DraftLine(
                    sku=key[0],
                    quantity=units,
                    unit_price=self._unit_pence(key[1], units),
                    name=self._names[key] or None,
                )
                for key, units in self._units.items()
            ]
        )

    def shipping(self) -> int:
        return self._pence(self._shipping)

    def discounts(self) -> tuple[Discount, ...]:
        pence = {code: self._pence(-amount) for code, amount in self._discounts.items()}
        pence["rounding"] = -self._excess_pence
        return tuple([Discount(code=c, amount=-amount) for c, amount in pence.items() if amount])

    def _unit_pence(self, price: Decimal, units: int) -> int:
        whole = _whole_pence(price)
        if whole is not None:
            return whole
        line = self._pence(price * units)
        each = price.scaleb(2)
        nearest = int(each.to_integral_value(ROUND_HALF_EVEN))
        if nearest * units == line:
            return nearest
        higher = int(each.to_integral_value(ROUND_CEILING))
        self._excess_pence += higher * units - line
        return higher

    def _pence(self, amount: Decimal) -> int:
        """Rounded to pence; what is lost or won goes to `rounding`."""
        pence = int(amount.scaleb(2).to_integral_value(ROUND_HALF_EVEN))
        self.rounding += amount - Decimal(pence).scaleb(-2)
        return pence


@lru_cache(8_192)  # a catalogue has a few hundred prices
def _whole_pence(price: Decimal) -> int | None:
    pence = price.scaleb(2)
    return int(pence) if pence == pence.to_integral_value() else None
