"""Promise another day: an order is late, or comes sooner. The customer is told the new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from purvey.domain.effects import Effect
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.operations.tell import tell_customer
from purvey.ports.storage import Transaction

OVER = (OrderState.DELIVERED, OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED)
MAX_DAYS_AHEAD = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPromise:
    order_id: str
    first: date
    last: date
    reason: str = ""
    version: int | None = None


def promise_anew(
    tx: Transaction, promises: Sequence[NewPromise], *, act: Act, preview: bool = False
) -> list[Order | Refusal]:
    """A later day is told to the customer as a delay; the same or an earlier one is not. With
    `preview` nothing is written."""
    batch = Batch.open(tx, act, {one.order_id for one in promises}, with_stock=False)
    answers = [_promise(batch, one) for one in promises]
    if not preview:
        batch.save()
    return answers


def _promise(batch: Batch, wish: NewPromise) -> Order | Refusal:
    order = batch.orders.get(wish.order_id)
    if order is None:
        return Refusal("not_found", "There is no such order.")
    refusal = version_refusal(order, wish.version) or _refuse(order, wish, batch.act.now.date())
    if refusal is not None:
        return refusal
    first, last = wish.first.isoformat(), wish.last.isoformat()
    is_later = is_told(order, last=last)
    facts = {"from": first, "to": last, "before": order.promised_to or ""}
    order = batch.record(
        order,
        process="order",
        subject_id=order.id,
        trigger="promise_changed",
        source=order.state,
        target=order.state,
        facts=facts | ({"reason": wish.reason} if wish.reason else {}),
        changes={"promised_from": first, "promised_to": last},
    )
    if is_later:
        tell_customer(batch, order, Effect.TELL_DELAYED)
    return order


def is_told(order: Order, *, last: str) -> bool:
    """Is the customer told when this becomes the last day?"""
    return order.promised_to is not None and last > order.promised_to


def _refuse(order: Order, wish: NewPromise, today: date) -> Refusal | None:
    if order.state in OVER:
        return Refusal("not_allowed", f"An order that is {order.state} needs no day any more.")
    if wish.last < wish.first:
        return Refusal("bad_range", "The last day is before the first.", pointer="/to")
    if wish.first < today:
        return Refusal("in_the_past", "Promise a day from today on.", pointer="/from")
    if (wish.last - today).days > MAX_DAYS_AHEAD:
        sentence = f"Promise a day within {MAX_DAYS_AHEAD} days."
        return Refusal("too_far", sentence, pointer="/to")
    return None
