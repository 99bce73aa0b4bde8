"""Every amount of an order adds up to the cent, and no money is lost sight of."""

from collections.abc import Iterator

from purvey.domain.amounts import due, owed, paid, refunded, total
from purvey.domain.money import to_text
from purvey.domain.order import Order, Payment
from purvey.domain.states import OrderState
from purvey.queries.doctor.case import Case, Wrong

OVER = frozenset({OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED})
PARTS = ("authorised", "captured", "refunded", "voided")
BOOKING = (
    "payment.secure",
    "payment.ask",
    "payment.capture",
    "payment.return",
    "payment.capture_exactly",
    "payment.void_exactly",
    "payment.refund_exactly",
)


def totals_are_what_the_lines_say(case: Case) -> Iterator[Wrong]:
    order, head = case.order, case.head
    told = (("total", total(order)), ("paid", paid(order)), ("refunded", refunded(order)))
    for name, amount in told:
        stored = getattr(head, name)
        if stored != amount:
            yield Wrong(
                f"The {name} is stored as {_money(order, stored)}; it is {_money(order, amount)}.",
                f"update orders set {name} = {amount} where id = '{order.id}'",
            )


def discounts_add_up(case: Case) -> Iterator[Wrong]:
    order = case.order
    amount = sum(discount.amount for discount in order.discounts)
    if amount != order.discount_total:
        stored = _money(order, order.discount_total)
        yield Wrong(
            f"The discounts are stored as {stored}; they are {_money(order, amount)}.",
            "Compare with what the customer was told, then correct the order in the database.",
        )


def balances_are_the_ledgers_sums(case: Case) -> Iterator[Wrong]:
    for payment in case.order.payments:
        for kind in PARTS:
            stored, entered = getattr(payment, kind), case.ledger.get((payment.id, kind), 0)
            if stored != entered:
                yield Wrong(
                    f"Payment {payment.id}: {_money(case.order, stored)} {kind},"
                    f" but its ledger says {_money(case.order, entered)}.",
                    "Compare with the gateway or the bank; the ledger is what was booked.",
                )


def nothing_negative(case: Case) -> Iterator[Wrong]:
    for payment in case.order.payments:
        if payment.refunded > payment.captured or min(_balances(payment)) < 0:
            yield Wrong(
                f"Payment {payment.id} gave back more than came in.",
                "Compare with the gateway or the bank before anything else is moved.",
            )


def no_money_is_kept_that_is_not_ours(case: Case) -> Iterator[Wrong]:
    """More than the order's total has come in, or a cancelled order still holds some."""
    gateway = [payment for payment in case.order.payments if payment.method == "gateway"]
    kept = sum(payment.received for payment in gateway)
    if case.order.state in OVER:
        kept += sum(payment.held for payment in gateway)
    if kept > due(case.order) and not case.promised(*BOOKING):
        yield Wrong(
            f"{_money(case.order, kept)} is kept from the customer,"
            f" {_money(case.order, due(case.order))} is to be paid, and nobody returns the rest.",
            "Refund or void the payment: POST /payments/{id}/refund or /void.",
        )


def shipped_goods_are_captured(case: Case) -> Iterator[Wrong]:
    gateway = [payment for payment in case.order.payments if payment.method == "gateway"]
    missing = owed(case.order) - sum(payment.received for payment in case.order.payments)
    held = sum(payment.held for payment in gateway)
    if missing > 0 and held > 0 and not case.promised(*BOOKING):
        yield Wrong(
            f"{_money(case.order, min(missing, held))} is owed for what has shipped,"
            " held by the gateway, and nobody takes it.",
            "Capture the payment: POST /payments/{id}/capture.",
        )


def _balances(payment: Payment) -> tuple[int, ...]:
    return (payment.authorised, payment.captured, payment.refunded, payment.voided)


def _money(order: Order, amount: int) -> str:
    return f"{to_text(amount, order.currency)} {order.currency}"
