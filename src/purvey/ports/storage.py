"""What the operations need from a database: one transaction on one shard, everything plural."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from purvey.domain.draft import Contact
from purvey.domain.order import Order
from purvey.ports.approvals import Approvals
from purvey.ports.people import People


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Stock of one sku at one location; `available` is what may still be promised."""

    sku: str
    location: str
    on_hand: int = 0
    reserved: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


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
    code: str
    name: str
    priority: int = 0  # lower is tried first


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingMethod:
    code: str
    name: str
    price: int
    currency: str
    days_from: int
    days_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    email: str | None
    name: str | None
    phone: str | None
    external_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something promised to the outside, written in the transaction that promised it.

    `key` is deterministic and goes to the adapter as its idempotency key. Messages of one `lane`
    are done in the order of `seq`; None means that order does not matter (timers).
    """

    key: str
    effect: str
    order_id: str | None = None
    subject_id: str | None = None
    payload: str = "{}"
    due_at: datetime
    lane: str | None = None
    seq: int = 0
    attempts: int = 0
    created_at: datetime | None = None  # set when it is claimed


@dataclass(frozen=True, slots=True)
class HistoryRow:
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


class Intake(Protocol):
    """What receiving orders asks and writes besides the orders themselves."""

    def taken_keys(self, keys: Collection[str]) -> Mapping[str, Taken]: ...
    def taken_external(
        self, pairs: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Taken]: ...
    def keep_keys(self, keys: Mapping[str, Taken], now: datetime) -> None: ...
    def customers(self, contacts: Collection[Contact]) -> Sequence[Customer]: ...
    def add_customers(self, customers: Sequence[Customer]) -> None: ...
    def lookalikes(self, keys: Collection[str], since: datetime) -> Mapping[str, int]:
        """The number of a recent order for each lookalike key that has one."""
        ...


class Stock(Protocol):
    """Reading products takes their locks, in sku order: all stock of a sku is behind that lock."""

    def products(self, skus: Collection[str]) -> dict[str, Product]: ...
    def levels(self, skus: Collection[str]) -> Sequence[Level]:
        """Best place first."""
        ...

    def locations(self) -> Sequence[Location]: ...
    def put_products(self, products: Sequence[Product]) -> None: ...
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
    def entry_keys(self, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which (payment id, key) the payment ledger already has."""
        ...


class Messages(Protocol):
    def add(self, messages: Sequence[Message]) -> None: ...
    def claim(self, *, limit: int, lease_seconds: int, now: datetime) -> Sequence[Message]: ...
    def done(self, keys: Collection[str], now: datetime) -> None: ...
    def later(self, retries: Iterable[tuple[str, datetime, str]]) -> None:
        """Put (key, due at, error) back."""
        ...

    def again(self, keys: Collection[str], due_at: datetime) -> None:
        """Look at them again later: no trouble, just not over yet."""
        ...

    def give_up(self, failures: Iterable[tuple[str, str]]) -> None:
        """(key, error): a person must look."""
        ...

    def taken_care_of(self, order_ids: Collection[str], *, effect: str, now: datetime) -> None:
        """A person has done what messages of that effect had given up."""
        ...


class Transaction(Protocol):
    @property
    def shard(self) -> int: ...
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
    def methods(self) -> Mapping[str, ShippingMethod]: ...
