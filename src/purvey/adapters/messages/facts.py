"""What a message may say. Amounts and dates are texts already, in the way that its reader knows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One line of the order; in a message about a parcel, what of it is in the parcel."""

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
    promised: str | None = None  # "Tuesday 2 December"
    stock_expected: str | None = None  # "3 May"
    amount: str | None = None  # money that goes back
    confirm_url: str | None = None  # where the bank asks for the customer's yes
    collect_at: str | None = None  # the place where the customer collects it
    instructions: str | None = None  # how goods are sent back
    send_by: str | None = None  # until when: "Tuesday 2 December"
    reason: str | None = None  # as a person or a gateway wrote it: maybe not for the customer
