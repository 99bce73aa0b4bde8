"""Ask the gateway now what became of a payment whose answer was lost, not when its turn comes.

Asking changes nothing at the gateway, so it does no harm if a worker is asking just now.
"""

from collections.abc import Collection, Sequence

from purvey.domain.effects import Effect
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.people import note
from purvey.ports.storage import Transaction


def ask_gateways(tx: Transaction, payment_ids: Sequence[str], *, act: Act) -> list[str | Refusal]:
    """Answers each payment of which the gateway is asked again at once."""
    orders = tx.orders.of_payments(set(payment_ids))
    questions = tx.messages.not_done(set(orders.values()), effect=Effect.ASK_GATEWAY)
    asked = {payment_id for payment_id in questions.values() if payment_id in orders}
    keys = sorted(key for key, payment_id in questions.items() if payment_id in set(payment_ids))
    tx.messages.reopen(keys, act.now)
    tx.messages.hasten(keys, act.now)
    deed = "asked the gateway again"
    wanted = sorted(asked & set(payment_ids))
    tx.people.note([note(act, payment_id, deed=deed) for payment_id in wanted])
    return [_answer(payment_id, orders, asked) for payment_id in payment_ids]


def _answer(payment_id: str, known: Collection[str], asked: Collection[str]) -> str | Refusal:
    if payment_id not in known:
        return Refusal("not_found", "There is no such payment.")
    if payment_id not in asked:
        sentence = "The gateway is not being asked about this payment: its answer is known."
        return Refusal("answer_known", sentence)
    return payment_id
