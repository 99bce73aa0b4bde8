"""What requests about returns may say, and what the answers look like."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from purvey.operations.inspect_returns import Found
from purvey.operations.request_returns import Wanted
from purvey.web.api.answers import Amount, Time, WaitingOut
from purvey.web.api.shapes import (
    MAX_LINES,
    AmountText,
    Code,
    Notes,
    Quantity,
    Reason,
    Shape,
    line,
)

LineId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$", description="`id` of the line")]
Note = Annotated[str, line(200)]
WhyBack = Literal[
    "changed_mind",
    "damaged",
    "defective",
    "wrong_item",
    "not_as_described",
    "late",
    "undeliverable",
    "other",
]
Condition = Literal["as_new", "opened", "damaged", "missing"]
Disposition = Literal["restock", "scrap", "send_back", "nothing"]


class ReturnLineIn(Shape):
    line: LineId
    quantity: Quantity
    reason: WhyBack = "other"
    note: Note | None = None


class ReturnIn(Shape):
    """`arrived`: the goods are here already; without `lines` it is all that is still out."""

    order: Annotated[Code, Field(description="Id or number of the order")]
    lines: Annotated[list[ReturnLineIn], Field(max_length=MAX_LINES)] | None = None
    note: Notes | None = None
    late_reason: Reason = ""
    arrived: bool = False
    location: Code | None = Field(None, description="Where the goods are, if they arrived")

    @property
    def wanted(self) -> list[Wanted]:
        return [
            Wanted(no=int(x.line), quantity=x.quantity, reason=x.reason, note=x.note)
            for x in self.lines or ()
        ]


class DecisionIn(Shape):
    """`reason`: needed to refuse, and told to the customer. `instructions`: how to send it back."""

    reason: Reason = ""
    instructions: Reason = ""


class ArrivedIn(Shape):
    location: Code | None = None


class FoundIn(Shape):
    """`missing` becomes `nothing`, and nothing else does. `refund_percent` of the price goes back
    for what is taken back (restock, scrap)."""

    line: LineId
    quantity: Quantity
    condition: Condition
    disposition: Disposition
    refund_percent: Annotated[int, Field(ge=0, le=100)] = 100
    note: Note | None = None


class InspectionIn(Shape):
    lines: Annotated[list[FoundIn], Field(min_length=1, max_length=MAX_LINES)]
    location: Code | None = None

    @property
    def found(self) -> list[Found]:
        return [
            Found(
                no=int(x.line),
                quantity=x.quantity,
                condition=x.condition,
                disposition=x.disposition,
                percent=x.refund_percent,
                note=x.note,
            )
            for x in self.lines
        ]


class SettlementIn(Shape):
    """`paid_out`: money that was taken by hand was given back by hand; it is booked."""

    amount: AmountText | None = None
    location: Code | None = None
    paid_out: bool = False


class ReturnLineOut(BaseModel):
    """`condition` and `disposition` are null until it was inspected."""

    line: str
    sku: str
    name: str
    quantity: int
    reason: str
    note: str | None
    condition: str | None
    disposition: str | None
    refund_percent: int
    refund: Amount


class ReturnRefundOut(BaseModel):
    """What went back; of an inspected return what would go back now."""

    goods: Amount
    shipping: Amount
    total: Amount


class ReturnOut(BaseModel):
    id: str
    order_id: str
    order_number: str
    order_version: int
    order_state: str
    state: str
    state_since: Time
    requested_at: Time
    asked_by: str
    note: str | None
    late_reason: str | None
    decision: str | None
    instructions: str | None
    send_by: Time | None
    location: str | None
    currency: str
    lines: list[ReturnLineOut]
    refund: ReturnRefundOut
    waiting_for: WaitingOut | None
    allowed: list[str]
