"""From an order as it came in to the draft that is received: shapes checked, amounts read.

This runs in the thread of the request, so that the writer has nothing to do that could be done
before. All mistakes are told at once.
"""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from purvey.adapters.files.fingerprint import fingerprinted
from purvey.domain.checks import check_draft
from purvey.domain.draft import (
    Address,
    Contact,
    Discount,
    Draft,
    DraftLine,
    PaymentChoice,
    Shipping,
)
from purvey.domain.money import BadAmount, to_minor
from purvey.domain.policies import Policies
from purvey.web import field_errors
from purvey.web.api.order_shapes import AddressIn, ContactIn, OrderIn, PaymentIn, ShippingIn
from purvey.web.api.shapes import FORMATS, MAX_METADATA_BYTES
from purvey.web.problems import error_at, of_fields

NOBODY, STANDARD = Contact(), Shipping()


def draft_of(content: Any, policies: Policies, *, actor: str, key: str | None) -> Draft:
    """`content` is the order's JSON, read. Raises Problem, with all that does not fit."""
    try:
        order = OrderIn.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise of_fields(field_errors.in_body(found, formats=FORMATS)) from None
    reader = _Reader(order.currency, policies.gateways)
    draft = reader.draft(order)
    if reader.errors:
        raise of_fields(reader.errors)
    return fingerprinted(
        draft,
        findings=check_draft(draft, policies),
        idempotency_key=key,
        actor=actor,
    )


class _Reader:
    """Turns parts of one order into parts of a draft, and keeps what was wrong."""

    def __init__(self, currency: str, gateways: frozenset[str]):
        self.currency, self.gateways = currency, gateways
        self.errors: list[dict[str, str]] = []

    def draft(self, order: OrderIn) -> Draft:
        wished = order.requested_delivery_date
        return Draft(
            channel=order.channel,
            external_id=order.external_id,
            currency=order.currency,
            customer=contact_of(order.customer),
            ship_to=address_of(order.ship_to),
            bill_to=address_of(order.bill_to),
            lines=self._lines(order),
            shipping=self._shipping(order.shipping),
            discounts=self._discounts(order),
            requested_delivery_date=wished.isoformat() if wished else None,
            payment=payment_choice(order.payment, self.errors, gateways=self.gateways),
            notes=order.notes,
            metadata=self._metadata(order.metadata) if order.metadata else {},
            fingerprint="",
        )

    def _lines(self, order: OrderIn) -> tuple[DraftLine, ...]:
        return tuple(
            [
                DraftLine(
                    sku=line.sku,
                    quantity=line.quantity,
                    unit_price=self._minor(line.unit_price, f"/lines/{no}/unit_price"),
                    name=line.name,
                )
                for no, line in enumerate(order.lines)
            ]
        )

    def _shipping(self, shipping: ShippingIn | None) -> Shipping:
        if shipping is None:
            return STANDARD
        price = self._minor(shipping.price, "/shipping/price")
        return Shipping(method=shipping.method, price=price, complete=shipping.complete)

    def _discounts(self, order: OrderIn) -> tuple[Discount, ...]:
        return tuple(
            Discount(code=x.code, amount=self._minor(x.amount, f"/discounts/{no}/amount") or 0)
            for no, x in enumerate(order.discounts or ())
        )

    def _minor(self, text: str | None, pointer: str) -> int | None:
        if text is None:
            return None
        try:
            return to_minor(text, self.currency)
        except BadAmount as error:
            self.errors.append(error_at(pointer, code="bad_amount", detail=str(error)))
            return None

    def _metadata(self, metadata: dict[str, Any]) -> dict[str, Any]:
        try:
            size = len(json.dumps(metadata, ensure_ascii=False).encode())
        except UnicodeEncodeError:
            self.errors.append(
                error_at("/metadata", code="bad_format", detail="This is not Unicode text.")
            )
            return {}
        if size > MAX_METADATA_BYTES:
            sentence = f"Write at most {MAX_METADATA_BYTES:,} bytes of JSON."
            self.errors.append(error_at("/metadata", code="too_long", detail=sentence))
        return metadata


def contact_of(contact: ContactIn | None) -> Contact:
    if contact is None:
        return NOBODY
    return Contact(
        email=contact.email,
        name=contact.name,
        phone=contact.phone,
        external_id=contact.external_id,
        language=contact.language,
    )


def address_of(address: AddressIn | None) -> Address | None:
    if address is None:
        return None
    return Address(
        name=address.name,
        company=address.company,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
    )


def payment_choice(
    payment: PaymentIn, errors: list[dict[str, str]], *, gateways: frozenset[str]
) -> PaymentChoice:
    """One way to pay; what does not fit is added to `errors`."""
    ways = [name for name in ("gateway", "method", "terms") if getattr(payment, name) is not None]
    errors += _payment_errors(payment, ways, gateways)
    return PaymentChoice(
        method=payment.method or ways[0] if ways else "",
        gateway=payment.gateway,
        token=payment.token,
        terms=payment.terms,
        purchase_order=payment.purchase_order,
    )


def _payment_errors(
    payment: PaymentIn, ways: Sequence[str], gateways: frozenset[str]
) -> list[dict[str, str]]:
    if len(ways) != 1:
        sentence = "Give one way to pay: a gateway with its token, a method, or terms."
        return [error_at("/payment", code="payment_unclear", detail=sentence)]
    errors = []
    if payment.gateway and not payment.token:
        errors.append(error_at("/payment/token", code="missing", detail="This field is needed."))
    if payment.gateway and payment.gateway not in gateways:
        there_are = ", ".join(sorted(gateways)) or "none"
        sentence = f"There is no such payment gateway in this shop; there are: {there_are}."
        errors.append(error_at("/payment/gateway", code="unknown_gateway", detail=sentence))
    for name, way in (("token", "gateway"), ("purchase_order", "terms")):
        if getattr(payment, name) and way not in ways:
            sentence = f"This goes with `{way}` only."
            errors.append(error_at(f"/payment/{name}", code="payment_unclear", detail=sentence))
    return errors
