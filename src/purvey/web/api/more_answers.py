"""The shapes of answers about everything but orders, for the OpenAPI document."""

from typing import Annotated

from pydantic import BaseModel, Field

from purvey.web.api.answers import Amount, Day, Time


class MoneyOut(BaseModel):
    amount: Amount
    currency: str


class ProductOut(BaseModel):
    """`backordered` units are promised beyond stock, at most `backorder_limit`."""

    sku: str
    name: str
    price: MoneyOut
    weight_grams: int
    tax_class: str
    backorder_limit: int
    backordered: int
    active: bool
    barcode: str | None
    version: int


class LocationOut(BaseModel):
    """Stock is taken from the location with the lowest `priority` first."""

    code: str
    name: str
    priority: int
    address: str
    active: bool


class LevelOut(BaseModel):
    sku: str
    location: str
    on_hand: int
    reserved: int
    available: int


class SupplyOut(BaseModel):
    """Stock on its way: expected, arrived or cancelled."""

    id: str
    sku: str
    location: str
    expected: int
    arrived: int
    expected_on: Day | None
    state: str


class CustomerOut(BaseModel):
    id: str
    email: str | None
    name: str | None
    phone: str | None
    external_id: str | None
    created_at: Time


class ShipmentLine(BaseModel):
    line: str
    sku: str
    name: str
    quantity: int


class ShipmentOut(BaseModel):
    id: str
    order_id: str
    order_number: str
    order_version: int
    order_state: str
    state: str
    location: str
    method: str
    carrier: str | None
    service: str | None
    tracking_number: str | None
    tracking_url: str | None
    lines: list[ShipmentLine]
    planned_at: Time
    state_since: Time
    allowed: list[str]


class PaymentOut(BaseModel):
    id: str
    order_id: str
    order_number: str
    order_version: int
    method: str
    gateway: str | None
    state: str
    currency: str
    amount: Amount
    authorised: Amount
    captured: Amount
    refunded: Amount
    voided: Amount
    reference: str | None
    reason: str | None
    terms: str | None
    purchase_order: str | None
    expires_at: Time | None
    confirm_url: str | None
    created_at: Time
    allowed: list[str]


class AmountsOut(BaseModel):
    state: str
    currency: str
    orders: int
    total: Amount
    paid: Amount
    refunded: Amount


class TimeInStateOut(BaseModel):
    state: str
    visits: int
    p50_seconds: float
    p95_seconds: float


class SummaryOut(BaseModel, serialize_by_alias=True):
    """Orders placed from `from` on and before `to`."""

    from_: Annotated[Time, Field(alias="from")]
    to: Time
    orders: int
    by_state: list[AmountsOut]
    time_in_state: list[TimeInStateOut]
