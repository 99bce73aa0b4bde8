"""Promise to tell the customer something: at once, or after a while, with what else happens."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from purvey.domain.effects import Effect
from purvey.domain.order import Order
from purvey.operations.batch import NO_FACTS, Batch

LANE, URGENT_LANE = "customer", "customer at once"  # what is urgent waits behind nothing
# What the customer waits for, or has to act on.
AT_ONCE = frozenset(
    {
        Effect.TELL_CONFIRMED,
        Effect.TELL_DECLINED,
        Effect.TELL_TO_CONFIRM,
        Effect.TELL_CANCELLED,
    }
)


def tell_customer(
    batch: Batch,
    order: Order,
    effect: Effect,
    *,
    payload: Mapping[str, Any] = NO_FACTS,
    subject_id: str = "",
) -> None:
    """Messages of one order go in order; what waits together becomes one (worker/notices.py)."""
    urgent = effect in AT_ONCE
    seconds = 0 if urgent else batch.act.policies.message_wait_seconds
    batch.promise(
        effect,
        order,
        subject_id=subject_id,
        payload=payload,
        lane=URGENT_LANE if urgent else LANE,
        after=timedelta(seconds=seconds),
    )
