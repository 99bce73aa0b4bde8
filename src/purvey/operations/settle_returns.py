"""A return ends: stock comes back to its shelf, and exactly what it is worth goes to the customer.

1. What the customer gets is counted under the order's lock, from the order as it is now.
2. Above the shop's limit another person has to approve it (domain/approvals.py).
3. The order costs less from now on; "hold no money that is not ours" gives the difference back, by
   the same message as after a cancellation. Money taken by hand goes back by hand: `paid_out` says
   that it did, else the message ends with whoever looks after problems.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from purvey.domain.amounts import due, secured
from purvey.domain.approvals import RIGHTS, Kind, approval_needed, refund_is_large
from purvey.domain.guards import ReturnOf
from purvey.domain.order import Order, Return
from purvey.domain.policies import Policies
from purvey.domain.returns import (
    LEFT,
    RESTOCK,
    SCRAP,
    TAKEN_BACK,
    Worth,
    find_return,
    taken_back,
    worth,
)
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.lifecycle import RETURN
from purvey.operations.act import Act
from purvey.operations.advance import advance_return, return_ended
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.operations.decide_returns import NO_RETURN
from purvey.operations.effects import promise_fill
from purvey.operations.move_money import MoneyStep, move
from purvey.operations.take_returns import bad_location
from purvey.ports.storage import Transaction

RETURNED, SCRAPPED = "returned", "scrapped"  # reasons of movements


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleReturn:
    """`amount`: what whoever confirms was shown; when it is another one now, nothing is done.
    `location`: where the goods go back on the shelf; else where they were taken in, else where
    they were sent from."""

    return_id: str
    location: str | None = None
    amount: int | None = None
    paid_out: bool = False
    version: int | None = None


def settle_returns(
    tx: Transaction, wishes: Sequence[SettleReturn], *, act: Act
) -> list[tuple[Order, Return] | Refusal]:
    owners = tx.orders.of_returns({wish.return_id for wish in wishes})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=True)
    places = {place.code for place in tx.stock.locations()}
    under_way = tx.approvals.refunds_under_way(set(owners.values()))
    answers: list[tuple[Order, Return] | Refusal] = []
    for wish in wishes:
        order_id = owners.get(wish.return_id)
        if order_id is None:
            answers.append(NO_RETURN)
            continue
        refusal = version_refusal(batch.orders[order_id], wish.version)
        refusal = refusal or bad_location(wish.location, places)
        asked = under_way.get(order_id, 0)
        answers.append(refusal or settle(batch, order_id, wish=wish, under_way=asked))
    batch.save()
    return answers


def settle(
    batch: Batch, order_id: str, *, wish: SettleReturn, under_way: int
) -> tuple[Order, Return] | Refusal:
    """`under_way`: what gateways were asked to give back on the order and have not answered yet."""
    order = batch.orders[order_id]
    returned = find_return(order, wish.return_id)
    gets = worth(order, returned, policies=batch.act.policies, under_way=under_way)
    refusal = _changed(gets, wish) or _needs_another_person(batch.act, order, gets, under_way)
    settled = evolve(
        returned,
        lines=tuple(evolve(x, refund=n) for x, n in zip(returned.lines, gets.lines, strict=True)),
        refund=gets.refund,
        shipping_refund=gets.shipping,
        given_before=gets.given_before,
        location=wish.location or returned.location or _sent_from(order, returned),
    )
    if refusal is not None:
        # What the process says comes first: an approval helps nobody whose return is not ready.
        step = _try(order, settled)
        return step or refusal
    facts = {"amount": gets.total} if gets.total else {}
    after = advance_return(batch, order, settled, "settle", facts=facts)
    if isinstance(after, Refusal):
        return after
    after = return_ended(batch, _take_in(batch, after, settled))
    if wish.paid_out:
        after = _pay_out(batch, after, gets.total)
    return after, find_return(after, returned.id)


def _changed(gets: Worth, wish: SettleReturn) -> Refusal | None:
    if wish.amount is None or wish.amount == gets.total:
        return None
    sentence = "What goes back to the customer has changed since it was shown: look again."
    return Refusal("changed_meanwhile", sentence, pointer="/amount")


def _try(order: Order, settled: Return) -> Refusal | None:
    step = RETURN.decide(ReturnOf(order, settled), "settle", {})
    return step if isinstance(step, Refusal) else None


def _needs_another_person(act: Act, order: Order, gets: Worth, under_way: int) -> Refusal | None:
    if not gets.total or RIGHTS[Kind.RETURN] in act.alone:
        return None
    if is_large(act.policies, order, amount=gets.total, under_way=under_way):
        return approval_needed(Kind.RETURN, order, limit=act.policies.refund_approval_above)
    return None


def is_large(policies: Policies, order: Order, *, amount: int, under_way: int) -> bool:
    """What is still to go back for other returns counts as well."""
    pending = max(0, secured(order) - due(order))
    return refund_is_large(order, policies, amount=amount, under_way=max(under_way, pending))


def _take_in(batch: Batch, order: Order, settled: Return) -> Order:
    """What is sold again is on its shelf; what is scrapped came and went."""
    place = settled.location
    assert place is not None, "goods that were inspected are somewhere"
    products = {line.no: line.sku for line in order.lines}
    for line in settled.lines:
        move_units = partial(batch.shelves.move, batch.act, products[line.no], place=place)
        if line.disposition in TAKEN_BACK:
            move_units(change=line.quantity, reason=RETURNED, order_id=order.id)
        if line.disposition == SCRAP:
            move_units(change=-line.quantity, reason=SCRAPPED, order_id=order.id)
    taken = taken_back(settled)
    lines = tuple(evolve(x, returned=x.returned + taken[x.no]) for x in order.lines)
    restocked = {products[x.no] for x in settled.lines if x.disposition == RESTOCK}
    promise_fill(batch, order, restocked)
    return batch.put(evolve(order, lines=lines))


def _sent_from(order: Order, returned: Return) -> str | None:
    numbers = {line.no for line in returned.lines}
    left = (x for x in order.shipments if x.state in LEFT and numbers & dict(x.lines).keys())
    return next((x.location for x in left), None)


def _pay_out(batch: Batch, order: Order, amount: int) -> Order:
    """What no gateway gives back was handed over: it is booked on the payments taken by hand."""
    left = amount - sum(x.received for x in order.payments if x.method == "gateway")
    act = batch.act
    batch.act = evolve(act, alone=act.alone | {RIGHTS[Kind.REFUND]})  # decided with the return
    for payment in order.payments:
        part = min(left, payment.received) if payment.method != "gateway" else 0
        if part > 0:
            step = MoneyStep(payment_id=payment.id, trigger="refund", amount=part)
            after = move(batch, order.id, step)
            assert isinstance(after, Order), after
            order, left = after, left - part
    batch.act = act
    return order
