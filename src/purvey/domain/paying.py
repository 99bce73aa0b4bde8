"""Which payment counts, and whether another one may be made."""

from purvey.domain.order import Order, Payment
from purvey.domain.states import PaymentState

PAYMENT_HOLD = "payment"  # the type of a hold: nobody could be asked for the money any more
NEEDS_CUSTOMER = "needs_customer"  # the reason of a payment that the customer has to confirm
UNANSWERED = (PaymentState.REQUESTED, PaymentState.UNKNOWN)


def latest_payment(order: Order) -> Payment | None:
    """The attempt that was made last, however the order's payments are sorted."""
    return max(order.payments, key=_age, default=None)


def _age(payment: Payment) -> tuple[object, str]:
    return payment.created_at, payment.id


def awaits_customer(payment: Payment) -> bool:
    return payment.state == PaymentState.REQUESTED and payment.reason == NEEDS_CUSTOMER


def under_way(order: Order) -> bool:
    """Is a gateway being asked? A second payment beside that one could charge twice.

    One that waits for the customer's yes, or that was given up and waits for a person, may be
    called off instead.
    """
    if any(hold.type == PAYMENT_HOLD for hold in order.open_holds):
        return False
    return any(
        p.method == "gateway" and p.state in UNANSWERED and not awaits_customer(p)
        for p in order.payments
    )
