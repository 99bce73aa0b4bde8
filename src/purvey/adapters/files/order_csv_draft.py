"""The cells of an order file become the parts of a draft; `BadValue` says what would be right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from purvey.adapters.files.countries import code_of
from purvey.adapters.files.fingerprint import fingerprinted
from purvey.adapters.files.values import BadValue, instant, minor_units
from purvey.domain.draft import (
    Address,
    Contact,
    Discount,
    Draft,
    DraftLine,
    PaymentChoice,
    Shipping,
)

Cells = Mapping[str, str]  # column -> text, filled ones only


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where the file says nothing."""

    channel: str = "import"
    currency: str = "GBP"
    payment: str = "bank_transfer"
    gateway: str = "sandbox"  # of a payment token that names none
    zone: tzinfo = UTC  # of times that name none


PLAIN_DEFAULTS = Defaults()


def currency_of(cells: Cells, defaults: Defaults) -> str:
    currency = cells.get("currency", defaults.currency).upper()
    minor_units("0", currency)  # raises for a code that ISO 4217 does not list
    return currency


def draft_of(
    order: str, *, cells: Cells, lines: tuple[DraftLine, ...], defaults: Defaults
) -> Draft:
    currency = currency_of(cells, defaults)
    draft = Draft(
        channel=defaults.channel,
        external_id=order,
        currency=currency,
        customer=_customer(cells),
        ship_to=_ship_to(cells),
        lines=lines,
        shipping=_shipping(cells, currency),
        discounts=_discounts(cells, currency),
        requested_delivery_date=_delivery_date(cells.get("delivery_date")),
        payment=_payment(cells, defaults),
        notes=cells.get("notes"),
        placed_at=instant(cells["placed_at"], defaults.zone) if "placed_at" in cells else None,
        fingerprint="",
    )
    return fingerprinted(draft)


def _customer(cells: Cells) -> Contact:
    return Contact(
        email=cells.get("email"),
        name=cells.get("customer_name"),
        phone=cells.get("phone"),
        external_id=cells.get("customer_id"),
    )


def _ship_to(cells: Cells) -> Address | None:
    """None when no column says where to. Shopify writes '90210 to keep spreadsheets off it."""
    parts = ("company", "line1", "line2", "city", "region")
    given = {part: cells[part] for part in parts if part in cells}
    if not given and not {"postal_code", "country"} & cells.keys():
        return None
    return Address(
        name=cells.get("ship_name", cells.get("customer_name")),
        postal_code=cells["postal_code"].removeprefix("'") if "postal_code" in cells else None,
        country=_country(cells["country"]) if "country" in cells else None,
        **given,
    )


def _country(text: str) -> str:
    code = code_of(text) or text.upper()
    if len(code) != 2:
        raise BadValue("country_invalid", "country: write the two-letter code, such as GB.")
    return code


def _shipping(cells: Cells, currency: str) -> Shipping:
    price = minor_units(cells["shipping_price"], currency) if "shipping_price" in cells else None
    return Shipping(method=cells.get("shipping_method", "standard"), price=_positive(price))


def _discounts(cells: Cells, currency: str) -> tuple[Discount, ...]:
    amount = _positive(minor_units(cells.get("discount", "0"), currency))
    return (Discount(code=cells.get("discount_code", "discount"), amount=amount),) if amount else ()


def _positive(amount: int | None) -> int | None:
    if amount is not None and amount < 0:
        raise BadValue("amount_invalid", "Shipping and discounts are written as positive amounts.")
    return amount


def _delivery_date(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        detail = "delivery_date: write a day like 2026-11-22."
        raise BadValue("time_invalid", detail) from None


def _payment(cells: Cells, defaults: Defaults) -> PaymentChoice:
    """cash, bank_transfer, net30 (any number of days), token or gateway:token."""
    text = cells.get("payment", defaults.payment)
    word = text.casefold().replace(" ", "_")
    if word in ("cash", "bank_transfer"):
        return PaymentChoice(method=word)
    if word.startswith("net") and word[3:].isdecimal() and len(word) <= 6:
        purchase_order = cells.get("purchase_order")
        return PaymentChoice(method="terms", terms=word, purchase_order=purchase_order)
    gateway, colon, token = text.partition(":")
    if colon or "_" in text:  # a bare token looks like tok_ok, pm_1Nv0
        named = (gateway, token) if colon else (defaults.gateway, text)
        return PaymentChoice(method="gateway", gateway=named[0], token=named[1])
    detail = "payment: write cash, bank_transfer, net30 or a token such as sandbox:tok_ok."
    raise BadValue("payment_invalid", detail)
