"""Write down how an order is to be paid. Money that is in at once is entered at once."""

from purvey.domain.amounts import due, secured
from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order, Payment
from purvey.kit.frozen import evolve
from purvey.operations.advance import advance_payment
from purvey.operations.batch import Batch
from purvey.operations.effects import entry_of

AT_THE_COUNTER = "store"


def arrange_payment(batch: Batch, order: Order, choice: PaymentChoice) -> Order:
    """Add a payment for what is not secured yet; nothing to pay, no payment.

    Cash at the counter is in the till when the order is taken; terms are a promise we accept. Both
    secure the order now. A gateway, a bank transfer or cash elsewhere is waited for.
    """
    amount = due(order) - secured(order)
    if amount <= 0:
        return order
    payment = Payment(
        id=batch.act.new_id("pay"),
        method=choice.method,
        gateway=choice.gateway,
        token=choice.token,
        amount=amount,
        terms=choice.terms,
        purchase_order=choice.purchase_order,
        created_at=batch.act.now,
    )
    if choice.method == "cash" and order.channel == AT_THE_COUNTER:
        return _enter(batch, order, evolve(payment, captured=amount), "captured")
    if choice.method == "terms":
        return _enter(batch, order, evolve(payment, authorised=amount), "authorised")
    return batch.put(order.with_payment(payment))


def _enter(batch: Batch, order: Order, payment: Payment, kind: str) -> Order:
    entry = entry_of(batch, payment, key=payment.method, kind=kind, amount=payment.amount)
    batch.enter(order, entry)
    after = advance_payment(
        batch, order, payment, f"payment_{kind}", facts={"amount": payment.amount}
    )
    assert isinstance(after, Order), after
    return after
