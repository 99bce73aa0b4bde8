"""One order written in flags, as the JSON that every order comes in as."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from purvey.cli.problem import Problem

if TYPE_CHECKING:
    from purvey.wiring import House

Json = dict[str, Any]
WAYS: dict[str, Json] = {
    "cash": {"method": "cash"},
    "transfer": {"method": "bank_transfer"},
    "terms": {"terms": "net30"},
}


@dataclass(frozen=True, kw_only=True)
class Flags:
    """An order, in flags.

    Parameters
    ----------
    sku
        SKU=QUANTITY; again for each product.
    payment
        cash, transfer, terms (30 days), or a gateway's token.
    gateway
        Whose token it is; needed where the shop has several.
    email
        The customer's address for mails.
    external_id
        Your own number of the order: with it, the same command twice places one order.
    channel
        Where the order came from: phone, store, email, web ...
    country
        Two letters, such as GB.
    method
        How it is shipped: standard, express, pickup ...
    """

    sku: Annotated[tuple[str, ...], Parameter(negative=())]
    payment: str
    gateway: str | None = None
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    method: str = "standard"
    channel: str = "phone"
    external_id: str | None = None
    currency: str | None = None
    notes: str | None = None


ADDRESS = ("company", "line1", "line2", "city", "region", "postal_code", "country")
CUSTOMER = ("email", "name", "phone")


def order_from(flags: Flags, house: "House") -> Json:
    """Whether it fits is seen where all orders are looked at."""
    address = {name: getattr(flags, name) for name in ADDRESS if getattr(flags, name) is not None}
    return {
        "channel": flags.channel,
        "external_id": flags.external_id,
        "currency": flags.currency or house.settings.currency,
        "customer": {name: getattr(flags, name) for name in CUSTOMER},
        "ship_to": {"name": flags.name, **address} if address else None,
        "lines": [_line(text) for text in flags.sku],
        "shipping": {"method": flags.method},
        "payment": _payment(flags, house.policies.gateways),
        "notes": flags.notes,
    }


def _line(text: str) -> Json:
    sku, _, quantity = text.rpartition("=")
    if not sku or not quantity.isascii() or not quantity.isdigit():
        raise Problem("--sku: write SKU=QUANTITY, such as 85123A=6.")
    return {"sku": sku, "quantity": int(quantity)}


def _payment(flags: Flags, gateways: frozenset[str]) -> Json:
    if flags.payment in WAYS and flags.gateway is None:
        return WAYS[flags.payment]
    if flags.gateway is None and len(gateways) != 1:
        names = ", ".join(sorted(gateways))
        raise Problem(f"--gateway: say whose token it is; this shop has: {names or 'none'}.")
    return {"gateway": flags.gateway or next(iter(gateways)), "token": flags.payment}
