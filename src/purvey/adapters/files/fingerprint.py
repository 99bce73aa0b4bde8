"""Two contents are told apart by a hash over everything that the order says."""

import hashlib
import json
from typing import Any

from purvey.domain.draft import Address, Contact, Draft, DraftLine, Shipping
from purvey.kit.frozen import evolve

_text = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def fingerprinted(draft: Draft, **also: Any) -> Draft:
    """The draft with its fingerprint: the same file gives the same one, today and next year.
    `also` are fields that are set along and that it does not cover.

    The fields are listed by hand on purpose. A field that `Draft` gets later must not make all
    orders of old files look new: it goes into the list only where it is set.
    """
    content = [
        [draft.channel, draft.external_id, draft.currency, str(draft.placed_at)],
        _contact(draft.customer),
        _address(draft.ship_to),
        _address(draft.bill_to),
        [_line(line) for line in draft.lines],
        _shipping(draft.shipping),
        [[discount.code, discount.amount] for discount in draft.discounts],
        _payment(draft),
        [draft.requested_delivery_date, draft.notes, dict(draft.metadata)],
    ]
    return evolve(draft, fingerprint=hashlib.sha256(_text(content).encode()).hexdigest(), **also)


def _contact(contact: Contact) -> list[str | None]:
    language = [contact.language] if contact.language else []
    return [contact.email, contact.name, contact.phone, contact.external_id, *language]


def _address(address: Address | None) -> list[str | None] | None:
    if address is None:
        return None
    street = [address.name, address.company, address.line1, address.line2]
    return [*street, address.city, address.region, address.postal_code, address.country]


def _line(line: DraftLine) -> list[str | int | None]:
    agreed = [line.price_reason, line.list_price]
    rest = agreed if any(part is not None for part in agreed) else []
    return [line.sku, line.quantity, line.unit_price, line.name, *rest]


def _shipping(shipping: Shipping) -> list[str | int | None]:
    place = [shipping.location] if shipping.location else []
    return [shipping.method, shipping.price, shipping.complete, *place]


def _payment(draft: Draft) -> list[str | None]:
    payment = draft.payment
    return [payment.method, payment.gateway, payment.token, payment.terms, payment.purchase_order]
