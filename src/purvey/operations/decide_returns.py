"""What people decide about a return before its goods are here, and that it is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from purvey.domain.order import Order, Return
from purvey.domain.returns import find_return
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance_return, return_ended
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.ports.storage import Transaction

DECISIONS = ("approve", "refuse", "withdraw")
NO_RETURN = Refusal("not_found", "There is no such return.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDecision:
    """`instructions`: how to send it back; without any, the shop's own."""

    return_id: str
    trigger: str  # one of DECISIONS
    reason: str = ""
    instructions: str = ""
    version: int | None = None


def decide_returns(
    tx: Transaction, decisions: Sequence[ReturnDecision], *, act: Act
) -> list[tuple[Order, Return] | Refusal]:
    """Take the requested step for each return, or say why not."""
    owners = tx.orders.of_returns({decision.return_id for decision in decisions})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=False)
    answers = [_decide(batch, owners.get(x.return_id), x) for x in decisions]
    batch.save()
    return answers


def _decide(
    batch: Batch, order_id: str | None, decision: ReturnDecision
) -> tuple[Order, Return] | Refusal:
    if order_id is None:
        return NO_RETURN
    order = batch.orders[order_id]
    refusal = version_refusal(order, decision.version)
    if refusal is not None:
        return refusal
    if decision.trigger not in DECISIONS:
        return Refusal("not_allowed", f"Decide one of: {', '.join(DECISIONS)}.")
    returned = _decided(batch.act, find_return(order, decision.return_id), decision)
    facts = {"reason": decision.reason} if decision.reason else {}
    after = advance_return(batch, order, returned, decision.trigger, facts=facts)
    if isinstance(after, Refusal):
        return after
    after = return_ended(batch, after) if decision.trigger == "refuse" else after
    return after, find_return(after, returned.id)


def _decided(act: Act, returned: Return, decision: ReturnDecision) -> Return:
    match decision.trigger:
        case "approve":
            policies = act.policies
            return evolve(
                returned,
                instructions=decision.instructions.strip() or policies.return_instructions or None,
                send_by=act.now + timedelta(days=policies.return_send_days),
            )
        case "refuse":
            return evolve(returned, decision=decision.reason.strip() or None)
        case _:
            return returned
