"""What a mail may say. Amounts and dates are texts already, in the way that its reader knows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One line of the order; in a mail about a parcel, what of it is in the parcel."""

    name: str
    sku: str
    quantity: int
    unit_price: str  # "£2.55"
    total: str  # "£15.30"
    waiting: int = 0  # units of it that wait for stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Texts with their currency; None leaves the row out."""

    lines: str
    discounts: str | None = None  # "-£2.00"
    shipping: str
    tax: str | None = None
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    carrier: str
    number: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    shop_name: str
    order_number: str
    order_url: str  # the customer's own page about the order
    customer_name: str | None = None
    lines: tuple[MessageLine, ...] = ()
    totals: Totals | None = None
    ship_to: tuple[str, ...] = ()  # the address, line by line
    tracking: Tracking | None = None
    promised: str | None = None  # "Tuesday 2 to Thursday 4 December"
    stock_expected: str | None = None  # "3 May"
    reason: str | None = None  # why a payment failed or an order was cancelled: a whole sentence
