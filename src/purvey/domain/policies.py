"""What a shop may decide for itself. Every value has a default that a small shop can live with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Severity = Literal["note", "hold", "refuse"]
PriceDiffers = Literal["take", "hold", "refuse"]
ShortStock = Literal["backorder", "refuse", "hold"]
HoldExpiry = Literal["release", "cancel"]
ReturnShipping = Literal["whole_order", "never"]
NEVER_SOFTENED = frozenset(
    {"unknown_sku", "currency_mismatch"}
)  # there is nothing to reserve or pay


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """`severities` maps the code of a finding to how grave this shop takes it.

    Amounts are minor units of the order's own currency; None sets no limit.
    """

    price_differs: PriceDiffers = "hold"
    short_stock: ShortStock = "backorder"  # up to the product's limit; beyond it always refused
    amount_limit: int | None = 500_000
    refund_approval_above: int | None = None  # of one order; then another person approves
    price_override_above: int | None = None  # below the catalogue's prices; the same
    quantity_limit: int | None = 10_000  # units of one line
    hold_hours: int = 72
    hold_expiry: HoldExpiry = "release"  # of the stock that a held order keeps, or of the order
    bank_transfer_days: int = 7
    payment_retry_days: int = 3
    close_after_days: int = 14
    return_days: int = 30  # after delivery; the right of withdrawal in the EU lasts 14 days
    return_send_days: int = 14  # after its approval
    return_shipping: ReturnShipping = "whole_order"  # paid back when all of it came back, or never
    return_instructions: str = ""  # how customers send goods back
    duplicate_minutes: int = 60
    gateways: frozenset[str] = frozenset({"sandbox"})  # that orders may be paid with
    message_wait_seconds: int = 0  # in which news to a customer become one message
    severities: Mapping[str, Severity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._one_of("price_differs", get_args(PriceDiffers))
        self._one_of("short_stock", get_args(ShortStock))
        self._one_of("hold_expiry", get_args(HoldExpiry))
        self._one_of("return_shipping", get_args(ReturnShipping))
        for code, severity in self.severities.items():
            if code in NEVER_SOFTENED and severity != "refuse":
                raise ValueError(f"severities.{code}: such an order cannot be taken; write refuse.")
            if severity not in get_args(Severity):
                raise ValueError(f"severities.{code}: write note, hold or refuse.")
        for name in _NEVER_NEGATIVE:
            if (getattr(self, name) or 0) < 0:
                raise ValueError(f"{name}: write a number from 0 up.")

    def severity(self, code: str, default: Severity) -> Severity:
        return self.severities.get(code, default)

    def _one_of(self, name: str, words: tuple[str, ...]) -> None:
        if getattr(self, name) not in words:
            raise ValueError(f"{name}: write one of {', '.join(words)}.")


_NEVER_NEGATIVE = (
    "amount_limit",
    "refund_approval_above",
    "price_override_above",
    "quantity_limit",
    "hold_hours",
    "bank_transfer_days",
    "payment_retry_days",
    "close_after_days",
    "return_days",
    "return_send_days",
    "duplicate_minutes",
    "message_wait_seconds",
)
