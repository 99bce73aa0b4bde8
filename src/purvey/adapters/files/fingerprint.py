"""Two contents are told apart by a hash over everything that the order says."""

import hashlib
import json

from purvey.domain.draft import Address, Contact, Draft
from purvey.kit.frozen import evolve


def fingerprinted(draft: Draft) -> Draft:
    """The draft with its fingerprint: the same file gives the same one, today and next year.

    The fields are listed by hand on purpose. A field that `Draft` gets later must not make all
    orders of old files look new: it goes into the list only where it is set.
    """
    content = [
        [draft.channel, draft.external_id, draft.currency, str(draft.placed_at)],
        _contact(draft.customer),
        _address(draft.ship_to),
        _address(draft.bill_to),
        [[line.sku, line.quantity, line.unit_price, line.name] for line in draft.lines],
        [draft.shipping.method, draft.shipping.price, draft.shipping.complete],
        [[discount.code, discount.amount] for discount in draft.discounts],
        _payment(draft),
        [draft.requested_delivery_date, draft.notes, dict(draft.metadata)],
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return evolve(draft, fingerprint=hashlib.sha256(text.encode()).hexdigest())


def _contact(contact: Contact) -> list[str | None]:
    return [contact.email, contact.name, contact.phone, contact.external_id]


def _address(address: Address | None) -> list[str | None] | None:
    if address is None:
        return None
    street = [address.name, address.company, address.line1, address.line2]
    return [*street, address.city, address.region, address.postal_code, address.country]


def _payment(draft: Draft) -> list[str | None]:
    payment = draft.payment
    return [payment.method, payment.gateway, payment.token, payment.terms, payment.purchase_order]
