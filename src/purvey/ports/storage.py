"""What the operations need from a database: one transaction on one shard, everything plural."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple, Protocol

from purvey.domain.draft import Contact
from purvey.domain.order import Order
from purvey.ports.approvals import Approvals
from purvey.ports.counts import Counts
from purvey.ports.customers import Customer as Customer  # noqa: PLC0414  # what intake knows
from purvey.ports.customers import Customers
from purvey.ports.desk import Desk
from purvey.ports.messages import Message as Message  # noqa: PLC0414  # part of a Change
from purvey.ports.messages import Messages
from purvey.ports.notices import Telling
from purvey.ports.order_notes import Noting
from purvey.ports.people import People
from purvey.ports.shop_settings import ShopSettings
from purvey.ports.warehouse import Picking
from purvey.ports.webhooks import Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`backordered` is the number of units promised beyond stock, over all open orders."""

    sku: str
    name: str
    price: int
    currency: str
    weight_grams: int = 0
    tax_class: str = "standard"
    backorder_limit: int = 0
    backordered: int = 0
    active: bool = True
    version: int = 1
    barcode: str | None = None  # GTIN, of one product of the shop only


class Level(NamedTuple):
    """Stock of one sku at one location; `available` is what may still be promised: nothing at a
    location that is closed."""

    sku: str
    location: str
    on_hand: int = 0
    reserved: int = 0
    is_open: bool = True

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved if self.is_open else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One row of the stock ledger; the movements of a sku at a location add up to `on_hand`."""

    id: str
    sku: str
    location: str
    change: int
    reason: str
    actor: str
    at: datetime
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Stock on its way to us."""

    id: str
    sku: str
    location: str
    expected: int
    arrived: int = 0
    expected_on: date | None = None
    state: str = "expected"  # expected, arrived, cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """From one that is not `active` nothing more is promised; what is reserved there still leaves.
    `address` is one line, for customers who collect."""

    code: str
    name: str
    priority: int = 0  # lower is tried first
    address: str = ""
    active: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingMethod:
    code: str
    name: str
    price: int
    currency: str
    days_from: int
    days_to: int
    active: bool = True  # may be chosen for new orders
    version: int = 1


class HistoryRow(NamedTuple):
    """One thing that happened to an order. `hash` chains it to the row before."""

    order_id: str
    version: int
    process: str
    subject_id: str
    trigger: str
    source: str
    target: str
    actor: str
    reason: str | None
    facts: str  # JSON, keys sorted
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the payment ledger. `key` says which movement it is, so that it counts once."""

    payment_id: str
    key: str
    kind: str  # authorised, captured, refunded, voided
    amount: int
    reference: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: str
    order_id: str
    subject_id: str
    kind: str
    media_type: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """An order before and after, with all that has to be written along with it."""

    before: Order | None
    after: Order
    history: Sequence[HistoryRow] = ()
    messages: Sequence[Message] = ()
    entries: Sequence[Entry] = ()
    documents: Sequence[Document] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that a key or a (channel, external id) already stands for."""

    order_id: str
    fingerprint: str


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What receiving wants to know about what was received before."""

    keys: Collection[str] = ()
    external: Collection[tuple[str, str]] = ()  # (channel, external id)
    lookalikes: Collection[str] = ()
    since: datetime = LONG_AGO
    contacts: Collection[Contact] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`lookalikes`: the number of an order since then, for each key that has one. `methods`: all
    shipping methods by code."""

    keys: dict[str, Taken]
    external: dict[tuple[str, str], Taken]
    lookalikes: dict[str, int]
    customers: Sequence[Customer]
    methods: Mapping[str, "ShippingMethod"]


class Intake(Protocol):
    """What receiving orders asks and writes besides the orders themselves."""

    def look_up(self, asked: "Asked") -> "Known": ...
    def keep_keys(self, keys: Mapping[str, Taken], now: datetime) -> None: ...
    def add_customers(self, customers: Sequence[Customer]) -> None: ...


class Stock(Protocol):
    """Reading products takes their locks, in sku order: all stock of a sku is behind that lock."""

    def products(self, skus: Collection[str]) -> dict[str, Product]: ...
    def levels(self, skus: Collection[str]) -> Sequence[Level]:
        """Best place first."""

    def locked(self, skus: Collection[str]) -> tuple[dict[str, Product], Sequence[Level]]:
        """Products and their levels in one round trip."""
        ...

    def locations(self) -> Sequence[Location]:
        """All, best place first, closed ones too."""
        ...

    def awaited_at(self, places: Collection[str]) -> Sequence[str]:
        """Skus of which some are free at these places, and that orders wait for."""
        ...

    def put_products(self, products: Sequence[Product]) -> None: ...
    def with_barcodes(self, barcodes: Collection[str]) -> Mapping[str, str]:
        """The sku that has each of these barcodes."""
        ...

    def save_levels(self, levels: Sequence[Level]) -> None: ...
    def save_backordered(self, backordered: Mapping[str, int]) -> None: ...
    def add_movements(self, movements: Sequence[Movement]) -> None: ...
    def supplies(self, ids: Collection[str]) -> Sequence[Supply]: ...
    def expected(self, skus: Collection[str]) -> Sequence[Supply]: ...
    def put_supplies(self, supplies: Sequence[Supply]) -> None: ...
    def put_locations(self, locations: Sequence[Location]) -> None: ...


NOTHING_KNOWN: Mapping[str, Order] = {}


class Orders(Protocol):
    def skus_of(self, order_ids: Collection[str]) -> set[str]: ...
    def load(
        self, order_ids: Collection[str], known: Mapping[str, Order] = NOTHING_KNOWN
    ) -> dict[str, Order]:
        """The orders with all that belongs to them, locked in id order.

        Orders in `known` were read before without a lock: those whose version is still the same
        are taken as they are, and only the others are read again.
        """
        ...

    def save(self, changes: Sequence[Change]) -> None: ...
    def waiting_for_stock(self, skus: Collection[str], limit: int) -> Sequence[str]:
        """Ids of accepted orders with backordered units of these skus, first promised first."""
        ...

    def of_shipments(self, shipment_ids: Collection[str]) -> Mapping[str, str]: ...
    def of_payments(self, payment_ids: Collection[str]) -> Mapping[str, str]: ...
    def of_returns(self, return_ids: Collection[str]) -> Mapping[str, str]: ...
    def entry_keys(self, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which (payment id, key) the payment ledger already has."""
        ...


class Transaction(Telling, Noting, Picking, Protocol):
    @property
    def shard(self) -> int: ...
    def pipelined(self) -> AbstractContextManager[None]:
        """What is written in the block does not wait for each other; nothing is read in it."""
        ...

    @property
    def intake(self) -> Intake: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def people(self) -> People: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def counts(self) -> Counts: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def settings(self) -> ShopSettings: ...
    @property
    def methods(self) -> Mapping[str, ShippingMethod]:
        """All, also those that are not active."""
        ...

    def put_methods(self, methods: Sequence[ShippingMethod]) -> None: ...
