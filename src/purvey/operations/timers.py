"""What becomes due by itself: holds run out, payments are overdue, orders close."""

from collections.abc import Callable, Collection, Sequence

from purvey.domain.order import Order
from purvey.domain.states import OrderState, ReturnState
from purvey.operations.act import Act
from purvey.operations.advance import advance, advance_return, report
from purvey.operations.batch import Batch
from purvey.operations.effects import is_secured
from purvey.ports.storage import Transaction

Also = Callable[[Transaction], None] | None
Ring = Callable[[Batch, Order], None]


def expire_holds(tx: Transaction, ids: Collection[str], *, act: Act, also: Also = None) -> None:
    """Nobody decided in time: by policy the stock is freed, or the order is over."""
    _ring(tx, ids, _expire_hold, act=act, also=also)


def _expire_hold(batch: Batch, order: Order) -> None:
    due = [hold for hold in order.open_holds if hold.until and hold.until <= batch.act.now]
    if order.state != OrderState.IN_REVIEW or not due:
        return
    if batch.act.policies.hold_expiry == "cancel":
        advance(batch, order, "reject", facts={"reason": "Nobody decided in time."})
    elif any(line.reserved for line in order.lines):
        report(
            batch,
            order,
            "hold_expired",
            facts={"reason": "Nobody decided in time; stock is freed."},
        )


def expire_payments(tx: Transaction, ids: Collection[str], *, act: Act, also: Also = None) -> None:
    """The customer did not pay in time: the order is cancelled and its stock freed."""
    _ring(tx, ids, _expire_payment, act=act, also=also)


def _expire_payment(batch: Batch, order: Order) -> None:
    latest = max((p.expires_at for p in order.payments if p.expires_at), default=None)
    if latest is None or latest > batch.act.now or is_secured(order):
        return
    if order.state == OrderState.RESERVED:
        report(batch, order, "payment_overdue", facts={"reason": "No payment arrived in time."})


def close_orders(tx: Transaction, ids: Collection[str], *, act: Act, also: Also = None) -> None:
    """The return window is over."""
    _ring(tx, ids, _close, act=act, also=also)


def _close(batch: Batch, order: Order) -> None:
    if order.state == OrderState.DELIVERED:
        report(batch, order, "close_due")


def expire_returns(tx: Transaction, ids: Collection[str], *, act: Act, also: Also = None) -> None:
    """The goods were never sent back: what was to be returned stays sold."""
    _ring(tx, ids, _expire_returns, act=act, also=also)


def _expire_returns(batch: Batch, order: Order) -> None:
    for returned in order.returns:
        is_due = returned.send_by is not None and returned.send_by <= batch.act.now
        if returned.state == ReturnState.APPROVED and is_due:
            facts = {"reason": "The goods were not sent back in time."}
            after = advance_return(
                batch, batch.orders[order.id], returned, "send_back_overdue", facts=facts
            )
            assert isinstance(after, Order), after


def _ring(tx: Transaction, ids: Collection[str], ring: Ring, *, act: Act, also: Also) -> None:
    batch = Batch.open(tx, act, ids, with_stock=True)
    due: Sequence[Order] = list(batch.orders.values())
    for order in due:
        ring(batch, order)
    batch.save()
    if also is not None:
        also(tx)
