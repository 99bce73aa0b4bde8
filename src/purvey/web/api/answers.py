"""The shapes of answers, for the OpenAPI document. What is sent is made by hand in `*_json.py`.

tests/web holds both together: every answer of the suite is checked against the document.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")
Amount = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["15.30"])]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class FieldProblem(BaseModel):
    """`pointer` leads to a field of the body (RFC 6901); `parameter` names one of the URL."""

    pointer: str
    code: str
    detail: str
    parameter: str | None = None


class ProblemOut(BaseModel):
    """RFC 9457. `code` is stable; `allowed` says what may be done instead."""

    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] | None = None
    allowed: list[str] | None = None


class PageOf(BaseModel, Generic[Item]):
    items: list[Item]
    next_cursor: str | None


class Totals(BaseModel):
    lines: Amount
    discounts: Amount
    shipping: Amount
    tax: Amount
    total: Amount
    paid: Amount
    refunded: Amount


class CustomerOfOrder(BaseModel):
    id: str | None
    email: str | None
    name: str | None
    phone: str | None
    external_id: str | None
    language: str | None


class AddressOut(BaseModel):
    name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class LineOut(BaseModel):
    """ordered = cancelled + backordered + reserved + shipped."""

    id: str
    sku: str
    name: str
    unit_price: Amount
    ordered: int
    reserved: int
    backordered: int
    shipped: int
    cancelled: int
    returned: int


class HoldOut(BaseModel):
    id: str
    type: str
    reason: str
    blocks: list[str]
    by: str
    since: Time
    until: Time | None


class PaymentOfOrder(BaseModel):
    id: str
    method: str
    gateway: str | None
    state: str
    amount: Amount
    captured: Amount
    refunded: Amount
    reason: str | None
    expires_at: Time | None
    confirm_url: str | None


class ShipmentOfOrder(BaseModel):
    id: str
    state: str
    location: str
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None


class ReturnOfOrder(BaseModel):
    id: str
    state: str


class WaitingOut(BaseModel):
    code: str
    sentence: str
    since: Time


class ShippingOut(BaseModel):
    method: str
    complete: bool


class DiscountOut(BaseModel):
    code: str
    amount: Amount


class PromisedOut(BaseModel, serialize_by_alias=True):
    from_: Annotated[Day | None, Field(alias="from")]
    to: Day | None


class OrderOut(BaseModel):
    id: str
    number: str
    state: str
    version: int
    channel: str
    external_id: str | None
    placed_at: Time
    state_since: Time
    currency: str
    totals: Totals
    customer: CustomerOfOrder
    ship_to: AddressOut | None
    bill_to: AddressOut | None
    lines: list[LineOut]
    shipping: ShippingOut
    discounts: list[DiscountOut]
    requested_delivery_date: Day | None
    holds: list[HoldOut]
    payments: list[PaymentOfOrder]
    shipments: list[ShipmentOfOrder]
    returns: list[ReturnOfOrder]
    waiting_for: WaitingOut | None
    allowed: list[str]
    promised_delivery: PromisedOut
    tracking_url: str
    notes: str | None
    metadata: dict[str, Any]


class Difference(BaseModel):
    """After minus before."""

    total: Amount
    reserved: int
    backordered: int


class ChangedOrder(OrderOut):
    """The order as it is after the change; with `preview`, as it would be."""

    preview: bool
    difference: Difference


class BatchResult(BaseModel):
    """`order` with status 200 or 201, else `problem`."""

    status: int
    order: OrderOut | None = None
    problem: ProblemOut | None = None


class BatchOut(BaseModel):
    results: list[BatchResult]


class EventOut(BaseModel):
    """One thing that happened. `position` counts in the feed; null while it is not in it yet. `id`
    and `type` are those of the webhook that tells of it."""

    id: str
    type: str
    position: int | None
    order_id: str
    order_number: str
    version: int
    process: str
    subject_id: str
    trigger: str
    source: str
    target: str
    actor: str
    reason: str | None
    facts: dict[str, Any]
    at: Time
