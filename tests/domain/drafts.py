"""An order that nothing is wrong with, and ways to spoil it."""

from collections.abc import Mapping
from typing import Any

from purvey.domain.draft import Address, Contact, Draft, DraftLine, PaymentChoice

LEEDS = {
    "name": "Ann Lee",
    "line1": "1 High Street",
    "city": "Leeds",
    "postal_code": "LS1 4DT",
    "country": "GB",
}


def a_draft(**changes: Any) -> Draft:
    """`ship_to` may be a mapping: what it names replaces that part of an address in Leeds."""
    parts: dict[str, Any] = {
        "channel": "web",
        "external_id": "SHOP-1001",
        "currency": "GBP",
        "customer": Contact(email="ann@example.com", phone="+442079460000"),
        "ship_to": {},
        "lines": (DraftLine(sku="85123A", quantity=6, unit_price=255),),
        "payment": PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok"),
        "fingerprint": "f",
    }
    parts |= changes
    if isinstance(parts["ship_to"], Mapping):
        parts["ship_to"] = Address(**{**LEEDS, **parts["ship_to"]})
    return Draft(**parts)
