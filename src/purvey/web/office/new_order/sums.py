"""What an order costs as far as it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.money import BadAmount, to_minor
from purvey.ports.storage import ShippingMethod
from purvey.web.office.new_order.lines_shown import ShownLine
from purvey.web.office.new_order.reading import amount
from purvey.web.office.new_order.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Minor units. `given`: in cash, over the counter."""

    goods: int
    discount: int
    shipping: int
    given: int | None = None

    @property
    def total(self) -> int:
        return self.goods + self.shipping - self.discount

    @property
    def change(self) -> int | None:
        return None if self.given is None else self.given - self.total


def sums_of(
    written: Written,
    lines: Sequence[ShownLine],
    *,
    methods: Sequence[ShippingMethod],
    currency: str,
) -> Sums:
    prices = {method.code: method.price for method in methods}
    cash = written.at_counter and written["pay"] == "cash" and written["given"]
    return Sums(
        goods=sum(line.total or 0 for line in lines),
        discount=_minor(written["discount"], currency) or 0,
        shipping=prices.get(written["method"], 0),
        given=_minor(written["given"], currency) if cash else None,
    )


def _minor(given: str, currency: str) -> int | None:
    try:
        return to_minor(amount(given), currency) if given else None
    except BadAmount:
        return None
