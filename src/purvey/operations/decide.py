"""What people ask of whole orders: approve, reject, cancel, close."""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.kit.process import Refusal
from purvey.lifecycle import ORDER
from purvey.operations.act import Act
from purvey.operations.advance import advance
from purvey.operations.batch import Batch
from purvey.operations.hold import ReleaseHold, accepted_without, beyond_limit, release
from purvey.ports.storage import Transaction

# Not every word of the process: reports come from the world, and who pays says how.
DECISIONS = ("approve", "reject", "cancel", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    order_id: str
    trigger: str  # one of DECISIONS
    reason: str = ""
    version: int | None = None  # refuse when the order is not at this version any more


def decide(tx: Transaction, decisions: Sequence[Decision], *, act: Act) -> list[Order | Refusal]:
    """Take the requested step for each order, or say why not."""
    batch = Batch.open(tx, act, {decision.order_id for decision in decisions}, with_stock=True)
    answers = [decide_one(batch, decision) for decision in decisions]
    batch.save()
    return answers


def decide_one(batch: Batch, decision: Decision) -> Order | Refusal:
    order = batch.orders.get(decision.order_id)
    if order is None:
        return Refusal("not_found", "There is no such order.")
    stale = version_refusal(order, decision.version)
    if stale is not None:
        return stale
    if decision.trigger not in DECISIONS:
        sentence = f"Nobody can ask for that; possible are: {', '.join(DECISIONS)}."
        return Refusal("not_allowed", sentence, allowed=ORDER.allowed(order.state))
    if decision.trigger == "approve" and order.state == OrderState.IN_REVIEW and order.open_holds:
        return release(batch, order, ReleaseHold(order_id=order.id, reason=decision.reason))
    if decision.trigger == "approve" and accepted_without(order, ()):
        refusal = beyond_limit(batch, order)
        if refusal is not None:
            return refusal
    facts = {"reason": decision.reason} if decision.reason else {}
    return advance(batch, order, decision.trigger, facts=facts)


def version_refusal(order: Order, version: int | None) -> Refusal | None:
    if version is None or version == order.version:
        return None
    return Refusal("changed_meanwhile", f"Somebody was faster: it is at version {order.version}.")
