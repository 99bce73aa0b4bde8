"""What the operations on customers need from a database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from purvey.domain.draft import Contact
from purvey.domain.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    email: str | None
    name: str | None
    phone: str | None
    external_id: str | None
    created_at: datetime
    erased_at: datetime | None = None

    @property
    def contact(self) -> Contact:
        return Contact(
            name=self.name, email=self.email, phone=self.phone, external_id=self.external_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNote:
    """Something that people should know about a customer. Only ever added to."""

    id: str
    customer_id: str
    text: str
    by: str
    at: datetime


class Customers(Protocol):
    def find(self, ids: Collection[str]) -> Mapping[str, Customer]:
        """Locked, in id order."""
        ...

    def with_emails(self, emails: Collection[str]) -> Mapping[str, str]:
        """The ids of who has these addresses."""
        ...

    def save(self, customers: Sequence[Customer]) -> None: ...
    def add_notes(self, notes: Sequence[CustomerNote]) -> None: ...
    def orders_to_erase(self, ids: Collection[str], limit: int) -> Mapping[str, Sequence[str]]:
        """Ids of each customer's orders in which the person still stands, `limit` in all."""
        ...

    def open_orders(self, ids: Collection[str], limit: int) -> Mapping[str, Sequence[int]]:
        """Numbers of each customer's orders that are not over, or have an open return."""
        ...

    def forget_orders(self, orders: Sequence[Order]) -> None:
        """What saving an order does not write: who bought, messages and why they failed, notes,
        drafts and quotes that it was made from, labels."""
        ...

    def forget(self, ids: Collection[str]) -> None:
        """Notes and bounces."""
        ...
