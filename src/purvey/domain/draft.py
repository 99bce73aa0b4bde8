"""An order as it comes in, before anything is decided. Every way in builds this one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

CHANNELS = ("web", "phone", "store", "email", "import", "edi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    name: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who orders. Customers are found again by e-mail or by `external_id`."""

    email: str | None = None
    name: str | None = None
    phone: str | None = None
    external_id: str | None = None
    language: str | None = None  # "de", "fr-CH": the one that messages are written in


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """`price_reason`: why a person who may do so sells at another price than the catalogue's.
    `list_price`: the catalogue's when the price was agreed (a quote); None: today's."""

    sku: str
    quantity: int
    unit_price: int | None = None  # minor units; None takes the catalogue's price
    name: str | None = None  # None takes the catalogue's name
    price_reason: str | None = None
    list_price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    method: str = "standard"
    price: int | None = None  # minor units; None takes the method's price
    complete: bool = False  # True: nothing ships before everything can
    location: str | None = None  # all of it is taken from here; None: from wherever it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    code: str
    amount: int  # minor units, positive


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChoice:
    """How the customer wants to pay. `method`: gateway, cash, bank_transfer or terms."""

    method: str
    gateway: str | None = None
    token: str | None = None
    terms: str | None = None  # "net30"
    purchase_order: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check noticed. `severity`: note, hold (a person decides) or refuse."""

    code: str
    field: str  # RFC 6901 pointer into the draft
    sentence: str
    severity: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`fingerprint` tells two contents apart; `findings` were made before the transaction began.

    `actor` is who sends it where one batch has drafts of several; None: the actor of the batch.
    """

    channel: str
    external_id: str | None = None
    currency: str
    customer: Contact = Contact()
    ship_to: Address | None = None
    bill_to: Address | None = None
    lines: tuple[DraftLine, ...]
    shipping: Shipping = Shipping()
    discounts: tuple[Discount, ...] = ()
    requested_delivery_date: str | None = None  # ISO date
    payment: PaymentChoice
    notes: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    placed_at: datetime | None = None  # None: now
    idempotency_key: str | None = None
    fingerprint: str
    findings: tuple[Finding, ...] = ()
    actor: str | None = None
