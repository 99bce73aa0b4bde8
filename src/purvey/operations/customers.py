"""Customers are found again by e-mail or by external id; who is not known is new."""

from collections.abc import Collection

from purvey.domain.draft import Contact
from purvey.operations.act import Act
from purvey.ports.storage import Customer, Transaction


class Customers:
    """The customers of one batch, found with one statement and added with one."""

    def __init__(self, tx: Transaction, known: Collection[Customer], act: Act):
        self._tx, self._act = tx, act
        self._by_email: dict[str, Customer] = {}
        self._by_external_id: dict[str, Customer] = {}
        self._new: list[Customer] = []
        for customer in known:
            self._remember(customer)

    def id_of(self, contact: Contact) -> str | None:
        """The customer's id; None for somebody who left neither e-mail nor external id."""
        contact = normal(contact)
        if not contact.email and not contact.external_id:
            return None
        known = self._by_external_id.get(contact.external_id or "")
        known = known or self._by_email.get(contact.email or "")
        return (known or self._add(contact)).id

    def _add(self, contact: Contact) -> Customer:
        customer = Customer(
            id=self._act.new_id("cus"),
            email=contact.email,
            name=contact.name,
            phone=contact.phone,
            external_id=contact.external_id,
            created_at=self._act.now,
        )
        self._new.append(customer)
        self._remember(customer)
        return customer

    def _remember(self, customer: Customer) -> None:
        if customer.email:
            self._by_email[customer.email] = customer
        if customer.external_id:
            self._by_external_id[customer.external_id] = customer

    def save(self) -> None:
        self._tx.intake.add_customers(sorted(self._new, key=lambda c: (c.email or "", c.id)))


def normal(contact: Contact) -> Contact:
    """E-mail addresses are one customer's whatever their case."""
    if contact.email is None or contact.email == contact.email.strip().lower():
        return contact
    return Contact(
        email=contact.email.strip().lower(),
        name=contact.name,
        phone=contact.phone,
        external_id=contact.external_id,
        language=contact.language,
    )
