"""One line of an order as the page shows it: the product, its price, and when it can be had."""

from dataclasses import dataclass
from datetime import date

from purvey.domain.availability import Availability, Had
from purvey.domain.money import BadAmount, to_minor
from purvey.domain.promise import promised
from purvey.ports.storage import ShippingMethod
from purvey.queries.shelves import Offered
from purvey.web.office.new_order.reading import amount
from purvey.web.office.new_order.written import WrittenLine
from purvey.web.office.showing import day

TONES = {Had.NOW: "good", Had.LATER: "wait", Had.NOT: "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """`listed` is the catalogue's price, `price` the one that counts; None: not known."""

    no: int
    written: WrittenLine
    name: str
    units: int | None
    listed: int | None
    price: int | None
    total: int | None
    had: Availability | None
    sentence: str
    tone: str

    @property
    def is_overridden(self) -> bool:
        return bool(self.written.price) and self.price not in (None, self.listed)


def shown_line(
    line: WrittenLine,
    offer: Offered | None,
    *,
    no: int,
    had: Availability | None,
    method: ShippingMethod | None,
    currency: str,
    today: date,
) -> ShownLine:
    listed = offer.product.price if offer else None
    price = _price(line, listed, currency)
    units = int(line.units) if line.units.isdecimal() and len(line.units) <= 9 else None
    return ShownLine(
        no=no,
        written=line,
        name=offer.product.name if offer else "not in the catalogue",
        units=units,
        listed=listed,
        price=price,
        total=None if price is None or units is None else price * units,
        had=had,
        sentence=_sentence(had, method, today) if had else "",
        tone=TONES[had.had] if had else "idle",
    )


def _price(line: WrittenLine, listed: int | None, currency: str) -> int | None:
    if not line.price:
        return listed
    try:
        return to_minor(amount(line.price), currency)
    except BadAmount:
        return None


def _sentence(had: Availability, method: ShippingMethod | None, today: date) -> str:
    """What is said on the phone; the day is when it is at the customer's."""
    if had.had == Had.NOT:
        return f"Not available: {had.free} in stock."
    if had.had == Had.NOW:
        return f"{had.free} in stock{_there(today, method)}"
    some = f"{had.free} in stock, " if had.free else ""
    if had.day is None:
        return f"{some}{had.missing} backordered, no day announced"
    start = max(today, had.day)
    return f"{some}{had.missing} backordered until {day(had.day)}{_there(start, method)}"


def _there(start: date, method: ShippingMethod | None) -> str:
    """Collected at once needs no day."""
    if method is None or not method.days_to:
        return ""
    first, _ = promised(start, days_from=method.days_from, days_to=method.days_to)
    return f", delivered from {day(first)}"
