"""The same deed for many orders, chosen by a person: shown first, then done, by the same code."""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.decide import Decision, decide_one, version_refusal
from purvey.operations.hold import NO_SUCH_ORDER, PlaceHold, ReleaseHold, place, release
from purvey.ports.storage import Transaction

DEEDS = ("approve", "hold", "release", "cancel")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedForOne:
    """`version`: of the order as it was shown; None: as it is now."""

    order_id: str
    deed: str  # one of DEEDS
    reason: str = ""
    version: int | None = None


def do_for_many(
    tx: Transaction, wishes: Sequence[DeedForOne], *, act: Act, preview: bool = False
) -> list[Order | Refusal]:
    """The orders as they are after it, one after the other; with `preview` nothing is written."""
    batch = Batch.open(tx, act, {wish.order_id for wish in wishes}, with_stock=True)
    answers = [_do(batch, wish) for wish in wishes]
    if not preview:
        batch.save()
    return answers


def _do(batch: Batch, wish: DeedForOne) -> Order | Refusal:
    order = batch.orders.get(wish.order_id)
    if order is None:
        return NO_SUCH_ORDER
    stale = version_refusal(order, wish.version)
    if stale is not None:
        return stale
    match wish.deed:
        case "hold":
            return place(batch, order, PlaceHold(order_id=order.id, reason=wish.reason))
        case "release":
            return release(batch, order, ReleaseHold(order_id=order.id, reason=wish.reason))
        case "approve" | "cancel":
            decision = Decision(order_id=order.id, trigger=wish.deed, reason=wish.reason)
            return decide_one(batch, decision)
        case _:
            return Refusal("not_allowed", f"For many orders at once: {', '.join(DEEDS)}.")
