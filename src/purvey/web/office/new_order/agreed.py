"""What was agreed in a quote: its prices hold, for so many units, until its day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from purvey.ports.desk import Quote
from purvey.queries.desk import find_quote
from purvey.storage.sql import Sql
from purvey.web.office.forms import whole
from purvey.web.office.new_order.lines_shown import ShownLine
from purvey.web.office.new_order.sums import Sums
from purvey.web.office.new_order.written import Written, WrittenLine, from_json
from purvey.web.office.showing import day


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedLine:
    """`price` of a unit; `listed`: what the catalogue said on that day."""

    units: int
    price: int
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Nothing is agreed where `problem` says why the quote does not hold."""

    number: int
    lines: Mapping[str, AgreedLine] = field(default_factory=dict)
    discount: int = 0
    problem: str = ""

    @property
    def reason(self) -> str:
        return f"quote {self.number}"

    def among(self, lines: Sequence[ShownLine]) -> Mapping[int, AgreedLine]:
        """The agreements that lines keep to, by the line's place: no more units than quoted."""
        left = {sku: line.units for sku, line in self.lines.items()}
        found = {}
        for line in lines:
            agreed = self.lines.get(line.written.sku)
            if agreed is None or line.price != agreed.price or not line.units:
                continue
            left[line.written.sku] -= line.units
            if left[line.written.sku] >= 0:
                found[line.no] = agreed
        return found

    def covers_discount(self, lines: Sequence[ShownLine], discount: int) -> bool:
        """It was given for all of it."""
        kept = self.among(lines)
        bought = dict.fromkeys(self.lines, 0)
        for line in lines:
            if line.no in kept:
                bought[line.written.sku] += line.units or 0
        complete = all(bought[sku] == line.units for sku, line in self.lines.items())
        return bool(self.lines) and complete and discount <= self.discount


NOTHING = Agreed(number=0)


def agreed_in(sql: Sql, written: Written, *, today: date) -> Agreed:
    """By the quote that the sheet names."""
    if not written["quote"]:
        return NOTHING
    number = whole(written["quote"]) or 0
    quote = find_quote(sql, number)
    if quote is None:
        return Agreed(number=number, problem="There is no such quote.")
    if problem := why_not(quote, today=today):
        return Agreed(number=number, problem=problem)
    content = json.loads(quote.content)
    lines = {sku: AgreedLine(**line) for sku, line in content["lines"].items()}
    return Agreed(number=number, lines=lines, discount=content["discount"])


def why_not(quote: Quote, *, today: date) -> str:
    if quote.order_id is not None:
        return f"Quote {quote.number} has become an order already."
    if quote.valid_until < today:
        return f"Quote {quote.number} held until {day(quote.valid_until)}; quote it again."
    return ""


def content_of_quote(written: Written, *, lines: Sequence[ShownLine], sums: Sums) -> str:
    """As it is kept. Lines of one product must have one price."""
    kept: dict[str, dict[str, int]] = {}
    for line in lines:
        assert None not in (line.price, line.listed, line.units), "judged before"
        before = kept.get(line.written.sku, {"units": 0})
        kept[line.written.sku] = {
            "units": before["units"] + (line.units or 0),
            "price": line.price or 0,
            "listed": line.listed or 0,
        }
    content = {"written": written.to_json(), "lines": kept, "discount": sums.discount}
    return json.dumps(content, ensure_ascii=False)


def written_again(quote: Quote, *, amount: Any, holding: bool) -> Written:
    """The sheet of an order from a quote; `holding`: at its prices, and not at today's."""
    content = json.loads(quote.content)
    written = from_json(content["written"])
    if not holding:
        plain = tuple(WrittenLine(sku=line.sku, units=line.units) for line in written.lines)
        today = written.but(quote="", valid_until="", discount="", discount_reason="")
        return replace(today, lines=plain)
    lines = tuple(
        WrittenLine(
            sku=line.sku,
            units=line.units,
            price=amount(content["lines"][line.sku]["price"]),
            reason=f"quote {quote.number}",
        )
        for line in written.lines
    )
    return replace(written.but(quote=str(quote.number)), lines=lines)
