"""What is looked at before an order is accepted. Each check is one named function.

Two lists, run one after the other. `DRAFT_CHECKS` need nothing but the draft, so the thread of the
request runs them before the transaction begins. `CATALOGUE_CHECKS` need what the transaction has
read: the products, the total, a likely duplicate. A check never raises, knows no clock and no
database, and its sentences name the field and what would be right, never what the customer wrote:
they end up in logs and mails.
"""

from collections.abc import Callable, Iterator

from purvey.domain.checks.address import address
from purvey.domain.checks.catalogue import (
    Desk,
    Priced,
    amount_above_limit,
    currency_mismatch,
    inactive_sku,
    likely_duplicate,
    price_differs,
    price_override,
    unknown_sku,
)
from purvey.domain.checks.contact import email, phone, reachable
from purvey.domain.checks.lines import quantity_above_limit
from purvey.domain.draft import Address, Contact, Draft, Finding, PaymentChoice
from purvey.domain.policies import Policies

__all__ = [
    "CATALOGUE_CHECKS",
    "DRAFT_CHECKS",
    "Desk",
    "Priced",
    "check_against_catalogue",
    "check_draft",
    "hold_type",
    "warm_up",
]

DRAFT_CHECKS: tuple[Callable[[Draft, Policies], Iterator[Finding]], ...] = (
    reachable,
    email,
    phone,
    address,
    quantity_above_limit,
)

CATALOGUE_CHECKS: tuple[Callable[[Draft, Desk], Iterator[Finding]], ...] = (
    unknown_sku,
    inactive_sku,
    currency_mismatch,
    price_differs,
    price_override,
    likely_duplicate,
    amount_above_limit,
)


def check_draft(draft: Draft, policies: Policies) -> tuple[Finding, ...]:
    return tuple([finding for check in DRAFT_CHECKS for finding in check(draft, policies)])


def check_against_catalogue(draft: Draft, desk: Desk) -> tuple[Finding, ...]:
    return tuple([finding for check in CATALOGUE_CHECKS for finding in check(draft, desk)])


def hold_type(code: str) -> str:
    """What the hold is called that a finding leads to; its code, where nothing else is said."""
    return _HOLD_TYPES.get(code, code)


_HOLD_TYPES = {
    "address_missing": "address",
    "address_incomplete": "address",
    "country_unknown": "address",
    "region_unknown": "address",
    "postal_code_mismatch": "address",
    "contact_missing": "contact",
    "email_invalid": "contact",
    "phone_invalid": "contact",
    "quantity_above_limit": "quantity",
    "price_differs": "price",
    "likely_duplicate": "duplicate",
    "amount_above_limit": "amount",
}


def warm_up() -> None:
    """Load the rule books (45 ms, once a process) so that no customer waits for them."""
    check_draft(_ANY_ORDER, Policies())


_ANY_ORDER = Draft(
    channel="web",
    currency="GBP",
    customer=Contact(email="name@example.com", phone="+442079460000"),
    ship_to=Address(line1="1 High Street", city="Leeds", postal_code="LS1 4DT", country="GB"),
    lines=(),
    payment=PaymentChoice(method="cash"),
    fingerprint="",
)
