"""Customers: how they can be reached, and what stands in place of what the shop has forgotten."""

import re
from collections.abc import Iterator

from purvey.domain.draft import Address, Contact
from purvey.domain.order import Order, Return
from purvey.domain.returns import OPEN
from purvey.domain.search_words import national, plain
from purvey.domain.states import OrderState
from purvey.kit.frozen import evolve

ERASED = "(erased)"
OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED})
MAX_NAME, MAX_EMAIL, MAX_PHONE, MAX_NOTE, MAX_REASON = 200, 254, 50, 2_000, 200
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+\Z")


def contact_problems(contact: Contact) -> dict[str, str]:
    """By field, what nobody can be called or reached by."""
    problems = {}
    for field, most in (("name", MAX_NAME), ("email", MAX_EMAIL), ("phone", MAX_PHONE)):
        value = getattr(contact, field) or ""
        if len(value) > most or not value.isprintable():
            problems[field] = f"Write it in at most {most} characters, on one line."
    if contact.email and not _EMAIL.match(contact.email):
        problems["email"] = "Write an e-mail address, such as ann@example.com."
    if contact.phone and not any(sign.isdigit() for sign in contact.phone):
        problems["phone"] = "Write a phone number, such as +44 20 7946 0000."
    if not (contact.name or contact.email or contact.phone):
        problems["name"] = "Leave at least one of name, e-mail address and phone number."
    return problems


def is_open(order: Order) -> bool:
    return order.state not in OVER or any(one.state in OPEN for one in order.returns)


def without_person(order: Order) -> Order:
    """The order as the books need it: what was bought, for how much, in which country."""
    return evolve(
        order,
        customer=Contact(name=ERASED, language=order.customer.language),
        ship_to=_country_of(order.ship_to),
        bill_to=_country_of(order.bill_to),
        notes=None,
        metadata="{}",
        lookalike=None,
        returns=tuple(_without_words(one) for one in order.returns),
    )


def _country_of(address: Address | None) -> Address | None:
    """The country stays: tax was reckoned by it."""
    if address is None:
        return None
    return Address(
        name=ERASED, line1=ERASED, city=ERASED, postal_code=ERASED, country=address.country
    )


def _without_words(one: Return) -> Return:
    lines = tuple(evolve(line, note=None) if line.note else line for line in one.lines)
    return evolve(one, note=None, lines=lines)


def mark_of(contact: Contact) -> str | None:
    """Whom a draft or a quote is for, as it is compared: by the strongest that was written, since
    a phone may be a whole company's and a name that of many."""
    return next(_marks(contact), None)


def marks_of(contact: Contact) -> set[str]:
    """All by which this customer may have been written down."""
    return set(_marks(contact))


def _marks(contact: Contact) -> Iterator[str]:
    """The strongest first."""
    if contact.external_id and contact.external_id.strip():
        yield f"id:{contact.external_id.strip()}"
    if contact.email and contact.email.strip():
        yield f"email:{contact.email.strip().lower()}"
    if digits := national(contact.phone or ""):
        yield f"phone:{digits}"
    if name := " ".join(plain(contact.name or "").split()):
        yield f"name:{name}"
