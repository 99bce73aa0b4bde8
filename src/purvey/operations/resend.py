"""Tell a customer something again, because a person asked for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from purvey.kit.json_text import canonical
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.tell import URGENT_LANE
from purvey.ports.notices import KeptNotice
from purvey.ports.storage import Message, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """The message with this key, of this order."""

    order_id: str
    key: str


def resend(tx: Transaction, wishes: Sequence[Resend], *, act: Act) -> list[str | Refusal]:
    """The keys of the new messages. They say how things are now, go to the order's present
    address, at once, at any hour."""
    known = tx.notices.find({wish.key for wish in wishes})
    answers = [_again(known.get(wish.key), wish, act) for wish in wishes]
    tx.messages.add([one for one in answers if isinstance(one, Message)])
    return [one.key if isinstance(one, Message) else one for one in answers]


def _again(kept: KeptNotice | None, wish: Resend, act: Act) -> Message | Refusal:
    if kept is None or kept.order_id != wish.order_id:
        return Refusal("not_found", "This order has no such message.", pointer="/message")
    effect = f"notify.{kept.message}"
    first = kept.key.partition(":again:")[0]
    subject_id = first.partition(f":{effect}:")[2] or None
    payload = {**json.loads(kept.payload), "again": act.actor}
    return Message(
        key=f"{first}:again:{act.new_id('msg')}",
        effect=effect,
        due_at=act.now,
        order_id=kept.order_id,
        subject_id=subject_id,
        payload=canonical(payload),
        lane=f"{kept.order_id}:{URGENT_LANE}",
    )
