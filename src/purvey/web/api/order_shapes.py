"""An order as `POST /orders` takes it. Shapes only: whether it can be fulfilled is asked later."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints

from purvey.web.api.shapes import (
    LANGUAGE_PATTERN,
    MAX_DISCOUNTS,
    MAX_LINES,
    AmountText,
    Code,
    Currency,
    Name,
    Notes,
    Quantity,
    Shape,
    Sku,
    Terms,
    line,
    words,
)

Channel = Literal["web", "phone", "store", "email", "import", "edi"]
Text60 = Annotated[str, line(60)]
Text100 = Annotated[str, line(100)]
Text254 = Annotated[str, line(254)]
Language = Annotated[str, StringConstraints(max_length=16, pattern=LANGUAGE_PATTERN)]


class AddressIn(Shape):
    """What is missing or wrong for its country holds the order; it never refuses it."""

    name: Name | None = None
    company: Name | None = None
    line1: Name | None = None
    line2: Name | None = None
    city: Name | None = None
    region: Text100 | None = None
    postal_code: Text60 | None = None
    country: Text60 | None = Field(None, description="ISO 3166-1 alpha-2", examples=["GB"])


class ContactIn(Shape):
    email: Text254 | None = Field(None, examples=["ann@example.com"])
    name: Name | None = None
    phone: Text60 | None = Field(None, examples=["+442079460000"])
    external_id: Annotated[str, words(128)] | None = None
    language: Language | None = Field(
        None, description="Of the messages: en, de, fr, es", examples=["de"]
    )


class LineIn(Shape):
    sku: Sku
    quantity: Quantity
    unit_price: AmountText | None = Field(None, description="Left out: the catalogue's price")
    name: Name | None = Field(None, description="Left out: the catalogue's name")


class ShippingIn(Shape):
    method: Code = "standard"
    price: AmountText | None = Field(None, description="Left out: the method's price")
    complete: bool = Field(False, description="True: nothing ships before everything can")


class DiscountIn(Shape):
    code: Annotated[str, words(64)]
    amount: AmountText


def _ways_to_pay(schema: dict[str, Any]) -> None:
    """Three ways, of which one is taken: said so that programs can read it."""
    fields = schema.pop("properties")
    ways = (("gateway", "token"), ("method",), ("terms",))
    optional = {"terms": ("purchase_order",)}
    schema.pop("additionalProperties")
    schema["oneOf"] = [
        {
            "type": "object",
            "properties": {
                name: _present(fields[name]) for name in (*way, *optional.get(way[0], ()))
            },
            "required": list(way),
            "additionalProperties": False,
        }
        for way in ways
    ]


def _present(field: dict[str, Any]) -> dict[str, Any]:
    """The field without its "or null"."""
    shape = next(part for part in field["anyOf"] if part != {"type": "null"})
    return {**shape, **{k: v for k, v in field.items() if k not in ("anyOf", "default", "title")}}


class PaymentIn(Shape, json_schema_extra=_ways_to_pay):
    """One of: a gateway and its token; a method; terms of payment."""

    gateway: Code | None = Field(None, examples=["sandbox"])
    token: Annotated[str, words(256)] | None = Field(None, examples=["tok_ok"])
    method: Literal["cash", "bank_transfer"] | None = None
    terms: Terms | None = None
    purchase_order: Annotated[str, words(64)] | None = None


class OrderIn(Shape):
    channel: Channel
    external_id: Annotated[str, words(128)] | None = Field(None, examples=["SHOP-1001"])
    currency: Currency
    customer: ContactIn | None = None
    ship_to: AddressIn | None = None
    bill_to: AddressIn | None = None
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]
    shipping: ShippingIn | None = None
    discounts: Annotated[list[DiscountIn], Field(max_length=MAX_DISCOUNTS)] | None = None
    requested_delivery_date: Annotated[date, Field(strict=False)] | None = None
    payment: PaymentIn
    notes: Notes | None = None
    metadata: dict[str, JsonValue] | None = None


class OrdersIn(Shape):
    """Each order is judged by itself, so their shapes are looked at one by one."""

    orders: Annotated[list[JsonValue], Field(min_length=1, max_length=1000)]
