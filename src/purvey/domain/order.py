"""The order with everything that belongs to it, as the process sees it. Amounts are minor units.

What is copied at every step has no slots: see `kit.frozen`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from purvey.domain.draft import Address, Contact, Discount
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState
from purvey.kit.frozen import evolve


@dataclass(frozen=True, kw_only=True)
class Line:
    """ordered = cancelled + backordered + reserved + shipped, always; `held`: reserved where."""

    no: int
    sku: str
    name: str
    unit_price: int
    weight_grams: int = 0
    ordered: int
    reserved: int = 0
    backordered: int = 0
    shipped: int = 0
    cancelled: int = 0
    returned: int = 0
    held: tuple[tuple[str, int], ...] = ()  # (location, quantity), adds up to `reserved`

    def __post_init__(self) -> None:
        """The two sums that must hold; written out, since lines are made by the thousand."""
        open_units = self.reserved + self.backordered
        assert self.ordered == open_units + self.shipped + self.cancelled, f"line {self.no}: {self}"
        assert self.reserved >= 0 <= self.backordered, f"line {self.no}: {self}"
        assert self.shipped >= 0 <= self.cancelled, f"line {self.no}: {self}"
        held = 0
        for _, quantity in self.held:
            held += quantity
        assert self.reserved == held, f"line {self.no}: {self}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why a person must look, and which triggers wait for that."""

    id: str
    type: str
    reason: str
    blocks: tuple[str, ...]
    by: str
    since: datetime
    until: datetime | None = None
    released_at: datetime | None = None
    released_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One attempt to be paid. The four balances are the sums of its ledger entries."""

    id: str
    method: str
    gateway: str | None = None
    token: str | None = None
    state: PaymentState = PaymentState.REQUESTED
    amount: int
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    voided: int = 0
    reference: str | None = None  # the gateway's name for it
    reason: str | None = None  # why it was declined or is unknown
    terms: str | None = None
    purchase_order: str | None = None
    expires_at: datetime | None = None
    created_at: datetime
    confirm_url: str | None = None  # where the customer says yes to the bank, while that is awaited

    @property
    def held(self) -> int:
        """Authorised and neither captured nor given back: what may still be captured."""
        return max(0, self.authorised - self.captured - self.voided)

    @property
    def received(self) -> int:
        return self.captured - self.refunded


@dataclass(frozen=True, kw_only=True)
class Shipment:
    id: str
    state: ShipmentState = ShipmentState.PLANNED
    location: str
    method: str
    lines: tuple[tuple[int, int], ...]  # (line number, quantity)
    carrier: str | None = None
    service: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    cost: int | None = None
    planned_at: datetime
    state_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """Units of a line of the order that come back. What became of them is known once they were
    inspected (domain/returns.py has the words); `refund` once the return was settled."""

    no: int
    quantity: int
    reason: str
    note: str | None = None
    condition: str | None = None
    disposition: str | None = None
    percent: int = 100  # of the units' price that goes back
    refund: int = 0


@dataclass(frozen=True, kw_only=True)
class Return:
    """Goods that come back. `refund` and `shipping_refund` went back when it was settled;
    `given_before` had been given back on the order beyond what was due until then."""

    id: str
    state: ReturnState = ReturnState.REQUESTED
    lines: tuple[ReturnLine, ...]
    requested_at: datetime
    state_since: datetime
    asked_by: str
    note: str | None = None
    late_reason: str | None = None  # why it is taken back after the shop's time
    decision: str | None = None  # why it was refused
    instructions: str | None = None  # how the customer sends it back
    send_by: datetime | None = None
    location: str | None = None  # where the goods are
    refund: int = 0
    shipping_refund: int = 0
    given_before: int = 0

    @property
    def credit(self) -> int:
        """What the order costs less since it was settled."""
        return self.refund + self.shipping_refund + self.given_before


@dataclass(frozen=True, kw_only=True)
class Order:
    id: str
    number: int
    state: OrderState = OrderState.RECEIVED
    version: int = 0
    channel: str
    external_id: str | None = None
    currency: str
    customer_id: str | None = None
    customer: Contact
    ship_to: Address | None = None
    bill_to: Address | None = None
    lines: tuple[Line, ...]
    shipping_method: str
    ship_complete: bool = False
    shipping_total: int = 0
    tax_total: int = 0
    discounts: tuple[Discount, ...] = ()
    discount_total: int = 0
    placed_at: datetime
    state_since: datetime
    promised_from: str | None = None  # ISO dates
    promised_to: str | None = None
    requested_delivery_date: str | None = None
    notes: str | None = None
    metadata: str = "{}"  # JSON as it came
    fingerprint: str
    lookalike: str | None = None  # same customer, lines and amount; None when nobody is named
    track_token: str
    history_hash: str = ""
    holds: tuple[Hold, ...] = ()
    payments: tuple[Payment, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    returns: tuple[Return, ...] = ()

    def at(self, state: OrderState, now: datetime) -> Self:
        since = self.state_since if state == self.state else now
        return evolve(self, state=state, version=self.version + 1, state_since=since)

    def with_line(self, line: Line) -> Self:
        return evolve(self, lines=tuple(line if x.no == line.no else x for x in self.lines))

    def with_payment(self, payment: Payment) -> Self:
        others = tuple(x for x in self.payments if x.id != payment.id)
        return evolve(self, payments=(*others, payment))

    def with_shipment(self, shipment: Shipment) -> Self:
        others = tuple(x for x in self.shipments if x.id != shipment.id)
        return evolve(self, shipments=(*others, shipment))

    def with_return(self, returned: Return) -> Self:
        others = tuple(x for x in self.returns if x.id != returned.id)
        return evolve(self, returns=(*others, returned))

    @property
    def open_holds(self) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds if hold.released_at is None)
