"""The parts of an order as the page shows them: sums, payments, parcels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from purvey.domain.amounts import due, grand_total, lines_total, paid, refunded, secured, total
from purvey.domain.money import to_text
from purvey.domain.order import Order, Payment, Shipment
from purvey.domain.policies import Policies
from purvey.queries.allowed import allowed_for_payment, allowed_for_shipment
from purvey.web.office.order.choices import STEPS

May = Callable[[str], bool]
TERMS = ("net14", "net30", "net60")


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """`steps`: (trigger, the most that can be moved as text in the order's currency)."""

    payment: Payment
    words: str
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ParcelShown:
    """`lines`: (units, sku, name). `link` is shown only if it leads to the web."""

    no: int
    parcel: Shipment
    steps: Sequence[str]
    lines: Sequence[tuple[int, str, str]]
    link: str


def sums_of(order: Order) -> list[tuple[str, int, str]]:
    """(words, minor units, class) from the goods down to what is missing."""
    rows = [("Goods", lines_total(order), "")]
    rows += [("Discounts", -order.discount_total, "")] if order.discount_total else []
    rows += [("Shipping", order.shipping_total, "")]
    rows += [("Tax", order.tax_total, "")] if order.tax_total else []
    gone = total(order) - grand_total(order)
    rows += [("Cancelled", gone, "")] if gone else []
    back = due(order) - total(order)
    rows += [("Returned", back, "")] if back else []
    rows += [("Total", due(order), "total"), ("Paid", paid(order), "")]
    rows += [("Given back", -refunded(order), "")] if refunded(order) else []
    held = sum(payment.held for payment in order.payments)
    rows += [("Secured, not taken yet", held, "")] if held else []
    missing = due(order) - secured(order)
    rows += [("Missing", missing, "total")] if missing > 0 else []
    return rows


def payments_of(order: Order, may: May) -> list[PaymentShown]:
    """The latest first."""
    if not may("payments:read"):
        return []
    ordered = sorted(order.payments, key=lambda one: (one.created_at, one.id), reverse=True)
    return [_payment(order, one, writes=may("payments:write")) for one in ordered]


def _payment(order: Order, payment: Payment, *, writes: bool) -> PaymentShown:
    steps = allowed_for_payment(order, payment) if writes else []
    most = {
        "capture": payment.held if payment.method == "gateway" else payment.amount,
        "void": payment.held,
        "refund": payment.received,
    }
    if payment.method != "gateway":
        most["capture"] = payment.amount - payment.captured
    return PaymentShown(
        payment,
        _words(payment),
        [(step, to_text(most[step], order.currency)) for step in steps],
    )


def _words(payment: Payment) -> str:
    """How it is paid."""
    match payment.method:
        case "gateway":
            return f"Card, by {payment.gateway}"
        case "terms":
            order = f", {payment.purchase_order}" if payment.purchase_order else ""
            return f"Invoice, {payment.terms}{order}"
        case "bank_transfer":
            return "Bank transfer"
        case _:
            return payment.method.capitalize()


def parcels_of(order: Order, may: May) -> list[ParcelShown]:
    writes, lines = may("shipments:write"), {line.no: line for line in order.lines}
    return [
        ParcelShown(
            no,
            parcel,
            [x for x in allowed_for_shipment(order, parcel) if writes and x in STEPS],
            [(units, lines[at].sku, lines[at].name) for at, units in parcel.lines],
            web_address(parcel.tracking_url),
        )
        for no, parcel in enumerate(order.shipments, 1)
    ]


def web_address(url: str | None) -> str:
    """Carriers say where a parcel is; what is no address on the web is no link."""
    return url if url and urlsplit(url).scheme in ("http", "https") else ""


def ways_to_pay(policies: Policies) -> list[tuple[str, str]]:
    cards = [(f"gateway:{name}", f"Card, by {name}") for name in sorted(policies.gateways)]
    terms = [(f"terms:{name}", f"Invoice, {name}") for name in TERMS]
    return [("bank_transfer", "Bank transfer"), ("cash", "Cash"), *cards, *terms]
