"""Put orders on hold and let them go. A hold says why, and which steps wait for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from purvey.domain.approvals import PRICE_HOLD, RIGHTS, Kind, approval_needed
from purvey.domain.checks import hold_type
from purvey.domain.draft import Finding
from purvey.domain.effects import Effect
from purvey.domain.order import Hold, Order
from purvey.domain.paying import PAYMENT_HOLD, UNANSWERED
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.kit.frozen import evolve
from purvey.kit.process import Facts, Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance, report
from purvey.operations.batch import Batch
from purvey.ports.storage import Transaction

ACCEPTANCE, FULFILMENT = "accept", "fulfil"
BLOCKABLE = (ACCEPTANCE, FULFILMENT)
MAX_HOLDS = 20
NO_SUCH_ORDER = Refusal("not_found", "There is no such order.")
HOLDABLE = frozenset(
    {
        OrderState.IN_REVIEW,
        OrderState.BACKORDERED,
        OrderState.RESERVED,
        OrderState.READY,
        OrderState.FULFILLING,
    }
)


def hold_for(batch: Batch, order: Order, findings: Sequence[Finding]) -> Order:
    """A new order that a person must see: one hold a finding, and a time when stock is freed."""
    until = batch.act.now + timedelta(hours=batch.act.policies.hold_hours)
    holds = tuple(
        Hold(
            id=batch.act.new_id("hld"),
            type=hold_type(finding.code),
            reason=finding.sentence,
            blocks=(ACCEPTANCE,),
            by=batch.act.actor,
            since=batch.act.now,
            until=until,
        )
        for finding in findings[:MAX_HOLDS]
    )
    order = batch.put(evolve(order, holds=(*order.holds, *holds)))
    order = report(batch, order, "held", facts={"holds": [hold.type for hold in holds]})
    batch.promise(Effect.EXPIRE_HOLD, order, after=until - batch.act.now)
    return order


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    order_id: str
    type: str = "manual"
    reason: str
    blocks: tuple[str, ...] = (FULFILMENT,)


def place_holds(tx: Transaction, wishes: Sequence[PlaceHold], *, act: Act) -> list[Order | Refusal]:
    """Stop orders by hand; nothing is picked or handed over until the hold is released."""
    batch = Batch.open(tx, act, {wish.order_id for wish in wishes}, with_stock=False)
    answers = [place(batch, batch.orders.get(wish.order_id), wish) for wish in wishes]
    batch.save()
    return answers


def place(batch: Batch, order: Order | None, wish: PlaceHold) -> Order | Refusal:
    if order is None:
        return NO_SUCH_ORDER
    refusal = _refuse_hold(order, wish)
    if refusal is not None:
        return refusal
    hold = Hold(
        id=batch.act.new_id("hld"),
        type=wish.type,
        reason=wish.reason,
        blocks=wish.blocks,
        by=batch.act.actor,
        since=batch.act.now,
    )
    order = evolve(order, holds=(*order.holds, hold))
    return _note(batch, order, "hold", {"hold": hold.id, "reason": wish.reason})


def _refuse_hold(order: Order, wish: PlaceHold) -> Refusal | None:
    if order.state not in HOLDABLE:
        words = order.state.replace("_", " ")
        return Refusal("not_allowed", f"An order that is {words} cannot be put on hold.")
    if not wish.reason.strip():
        return Refusal("reason_missing", "Say why, in `reason`.", pointer="/reason")
    unknown = [name for name in wish.blocks if name not in BLOCKABLE]
    if unknown or not wish.blocks:
        return Refusal("unknown_step", "A hold can block: accept, fulfil.", pointer="/blocks")
    if len(order.open_holds) >= MAX_HOLDS:
        return Refusal("too_many_holds", f"An order has at most {MAX_HOLDS} open holds.")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold:
    """`hold_id` None releases all of them."""

    order_id: str
    hold_id: str | None = None
    reason: str = ""


def release_holds(
    tx: Transaction, wishes: Sequence[ReleaseHold], *, act: Act
) -> list[Order | Refusal]:
    """Let orders go on; one in review that nothing blocks any more is accepted at once."""
    batch = Batch.open(tx, act, {wish.order_id for wish in wishes}, with_stock=True)
    answers = [release(batch, batch.orders.get(wish.order_id), wish) for wish in wishes]
    batch.save()
    return answers


def release(batch: Batch, order: Order | None, wish: ReleaseHold) -> Order | Refusal:
    if order is None:
        return NO_SUCH_ORDER
    chosen = [hold for hold in order.open_holds if wish.hold_id in (None, hold.id)]
    if not chosen:
        return Refusal("no_such_hold", "The order has no such open hold.")
    if any(hold.type == PRICE_HOLD for hold in chosen) and not _may_alone(batch.act):
        limit = batch.act.policies.price_override_above
        return approval_needed(Kind.PRICE, order, limit=limit)
    ids = {hold.id for hold in chosen}
    if accepted_without(order, ids) and (refusal := beyond_limit(batch, order)):
        return refusal
    order = _released(batch, order, ids)
    types = sorted(hold.type for hold in chosen)
    order = _note(batch, order, "release", {"holds": types, "reason": wish.reason})
    if PAYMENT_HOLD in types:
        _ask_again(batch, order)
    return go_on(batch, order, reason=wish.reason)


def accepted_without(order: Order, ids: Collection[str]) -> bool:
    """Would the order be accepted if these holds were gone?"""
    left = [hold for hold in order.open_holds if hold.id not in ids and ACCEPTANCE in hold.blocks]
    return order.state == OrderState.IN_REVIEW and not left


def beyond_limit(batch: Batch, order: Order) -> Refusal | None:
    """What the order lost while it was on hold may be gone: nobody is promised more of a product
    than its backorder limit, unless the shop has people decide that."""
    if batch.act.policies.short_stock == "hold":
        return None
    waiting = {line.sku for line in order.lines if line.backordered}
    for sku in sorted(waiting):
        free = sum(batch.shelves.available(sku).values())
        if batch.shelves.backordered(sku) - free > batch.shelves.products[sku].backorder_limit:
            sentence = (
                f"Its stock of {sku} was freed and is gone: {free} are left. Cancel units of it,"
                " raise the product's backorder limit, or reject the order."
            )
            return Refusal("out_of_stock", sentence, allowed=("edit", "reject"))
    return None


def _may_alone(act: Act) -> bool:
    return RIGHTS[Kind.PRICE] in act.alone


def go_on(batch: Batch, order: Order, *, reason: str = "") -> Order | Refusal:
    """An order in review that nothing blocks any more is accepted."""
    blocked = any(ACCEPTANCE in hold.blocks for hold in order.open_holds)
    if order.state == OrderState.IN_REVIEW and not blocked:
        return advance(batch, order, "approve", facts={"reason": reason} if reason else {})
    return _buy_missing_labels(batch, order)


def _ask_again(batch: Batch, order: Order) -> None:
    """Whoever releases it has seen to it that the gateway can be asked."""
    for payment in order.payments:
        if payment.method == "gateway" and payment.state in UNANSWERED:
            asks = payment.state == PaymentState.UNKNOWN
            effect = Effect.ASK_GATEWAY if asks else Effect.REQUEST_PAYMENT
            batch.promise(effect, order, subject_id=payment.id, lane="payment")


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckPayment:
    order_id: str
    payment_id: str
    reason: str


def hold_stuck_payments(tx: Transaction, stuck: Sequence[StuckPayment], *, act: Act) -> None:
    """The gateway could not be asked in any number of tries: a person must look, once."""
    batch = Batch.open(tx, act, {one.order_id for one in stuck}, with_stock=False)
    for one in stuck:
        order = batch.orders[one.order_id]
        payment = next(payment for payment in order.payments if payment.id == one.payment_id)
        held = any(hold.type == PAYMENT_HOLD for hold in order.open_holds)
        if order.state == OrderState.RESERVED and payment.state in UNANSWERED and not held:
            place(batch, order, PlaceHold(order_id="", type=PAYMENT_HOLD, reason=one.reason))
    batch.save()


def release_payment_holds(batch: Batch, order: Order) -> Order:
    """What they waited for has been answered, or somebody pays in another way."""
    ids = {hold.id for hold in order.open_holds if hold.type == PAYMENT_HOLD}
    if not ids:
        return order
    return _note(batch, _released(batch, order, ids), "release", {"holds": [PAYMENT_HOLD]})


def _buy_missing_labels(batch: Batch, order: Order) -> Order:
    """A parcel that the carrier refused is offered again: the address may be right now."""
    for shipment in order.shipments:
        if shipment.state == ShipmentState.PACKED and shipment.tracking_number is None:
            batch.promise(Effect.BUY_LABEL, order, subject_id=shipment.id)
    return order


def _released(batch: Batch, order: Order, ids: set[str]) -> Order:
    act = batch.act
    holds = tuple(
        evolve(hold, released_at=act.now, released_by=act.actor) if hold.id in ids else hold
        for hold in order.holds
    )
    return batch.put(evolve(order, holds=holds))


def _note(batch: Batch, order: Order, trigger: str, facts: Facts) -> Order:
    return batch.record(
        order,
        process="order",
        subject_id=order.id,
        trigger=trigger,
        source=order.state,
        target=order.state,
        facts=facts,
    )
