"""What the list calls things: what orders wait for, and the ranges of time that are links."""

from collections.abc import Mapping
from datetime import date, timedelta

WAITING: Mapping[str, str] = {
    "review": "a decision",
    "decision": "the checks",
    "stock": "stock",
    "payment": "a payment",
    "bank_transfer": "a bank transfer",
    "cash": "cash",
    "customer": "the customer's bank",
    "payment_declined": "another way to pay",
    "payment_unknown": "the gateway's answer",
    "payment_stuck": "a person: payment stuck",
    "plan": "its shipments",
    "pick": "picking",
    "pack": "packing",
    "label": "a label",
    "hand_over": "the carrier",
    "hold": "a person: on hold",
    "lost_parcel": "a person: parcel lost",
    "returned_parcel": "a person: parcel returned",
    "delivery": "delivery",
    "return_window": "the return window",
}
RANGES: Mapping[str, str] = {
    "today": "today",
    "yesterday": "yesterday",
    "7d": "the last 7 days",
    "30d": "the last 30 days",
}


def days_of(name: str, *, today: date) -> tuple[date, date]:
    """The first and the last day of a range, which moves on with the time."""
    match name:
        case "today":
            return today, today
        case "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        case "7d":
            return today - timedelta(days=6), today
        case _:
            return today - timedelta(days=29), today
