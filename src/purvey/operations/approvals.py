"""Ask for a refund or a price above the limit; approve or refuse what another person asked for.

1. Asking keeps the exact content. Nothing happens to the order.
2. Approving looks at the order under its lock: if its content is no longer what was asked for, the
   approval is void. Else the step is taken in the same transaction, in both names.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.approvals import (
    GOOD_FOR,
    RIGHTS,
    Approval,
    ApprovalState,
    Kind,
    below,
    price_content,
    price_holds,
    refund_content,
    refund_is_large,
    return_content,
)
from purvey.domain.guards import PaymentOf, ReturnOf
from purvey.domain.order import Order, Payment
from purvey.domain.returns import find_return, worth
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.lifecycle import PAYMENT, RETURN
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.hold import ReleaseHold, release
from purvey.operations.move_money import MoneyStep, move
from purvey.operations.settle_returns import SettleReturn, is_large, settle
from purvey.ports.storage import Transaction

NOBODY_NEEDED = Refusal("approval_not_needed", "This needs nobody's approval: just do it.")
NOT_YOURS = Refusal("own_approval", "You asked for this yourself: another person has to approve.")
ASKED_ALREADY = Refusal("asked_already", "This was asked for already and waits for a decision.")
NOT_FOUND = Refusal("not_found", "There is no such question.")
CHANGED = Refusal("changed_meanwhile", "What was asked for has changed since: ask again.")
TOO_OLD = Refusal("approval_over", "This was asked for too long ago: ask again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A refund: `subject_id` is the payment, `amount` None all that can go back. A price:
    `subject_id` is the order that is held for it. A return: that it is settled as inspected."""

    kind: Kind
    subject_id: str
    reason: str
    amount: int | None = None


def ask(tx: Transaction, questions: Sequence[Question], *, act: Act) -> list[Approval | Refusal]:
    """The approvals that now wait for another person."""
    owners = {
        **tx.orders.of_payments({x.subject_id for x in questions if x.kind == Kind.REFUND}),
        **tx.orders.of_returns({x.subject_id for x in questions if x.kind == Kind.RETURN}),
    }
    ids = [owners.get(x.subject_id, x.subject_id) for x in questions]
    batch = Batch.open(tx, act, set(ids), with_stock=True)
    desk = _Desk(batch, {}, Counter(tx.approvals.refunds_under_way(set(ids))))
    asked = {x.hash for x in tx.approvals.open_for(set(ids)) if x.ends_at > act.now}
    answers: list[Approval | Refusal] = []
    for order_id, question in zip(ids, questions, strict=True):
        made = _approval(desk, batch.orders.get(order_id), question)
        if isinstance(made, Approval) and made.hash in asked:
            made = ASKED_ALREADY
        if isinstance(made, Approval):
            asked.add(made.hash)
        answers.append(made)
    tx.approvals.add([answer for answer in answers if isinstance(answer, Approval)])
    return answers


@dataclass(slots=True)
class _Desk:
    """`known` and `under_way` (what gateways are to give back, by order) follow what is decided: of
    two verdicts on one question the first counts."""

    batch: Batch
    known: dict[str, Approval]
    under_way: Counter[str]


def _approval(desk: _Desk, order: Order | None, question: Question) -> Approval | Refusal:
    if order is None:
        return NOT_FOUND
    if not question.reason.strip():
        return Refusal("reason_missing", "Say why, in `reason`.", pointer="/reason")
    what = _what(desk, order, question)
    if isinstance(what, Refusal):
        return what
    content, amount = what
    act = desk.batch.act
    return Approval(
        id=act.new_id("apr"),
        kind=question.kind,
        order_id=order.id,
        subject_id=question.subject_id,
        content=content,
        amount=amount,
        currency=order.currency,
        reason=question.reason.strip(),
        asked_by=act.actor,
        asked_at=act.now,
        ends_at=act.now + GOOD_FOR,
    )


def _what(desk: _Desk, order: Order, question: Question) -> tuple[str, int] | Refusal:
    """The content and its amount, if it needs an approval at all."""
    batch, under_way = desk.batch, desk.under_way[order.id]
    if question.kind == Kind.PRICE:
        prices = {sku: product.price for sku, product in batch.shelves.products.items()}
        needed = bool(price_holds(order))
        return (price_content(order), below(order, prices)) if needed else NOBODY_NEEDED
    if question.kind == Kind.RETURN:
        return _settlement(desk, order, question.subject_id)
    payment = _payment(order, question.subject_id)
    if payment is None:
        return NOT_FOUND
    amount = payment.received if question.amount is None else question.amount
    step = PAYMENT.decide(PaymentOf(order, payment), "refund", {"amount": amount})
    if isinstance(step, Refusal):
        return step
    if not refund_is_large(order, batch.act.policies, amount=amount, under_way=under_way):
        return NOBODY_NEEDED
    return refund_content(order, payment, amount=amount, under_way=under_way), amount


def _settlement(desk: _Desk, order: Order, return_id: str) -> tuple[str, int] | Refusal:
    policies, under_way = desk.batch.act.policies, desk.under_way[order.id]
    returned = next((x for x in order.returns if x.id == return_id), None)
    if returned is None:
        return NOT_FOUND
    step = RETURN.decide(ReturnOf(order, returned), "settle", {})
    if isinstance(step, Refusal):
        return step
    amount = worth(order, returned, policies=policies, under_way=under_way).total
    if not is_large(policies, order, amount=amount, under_way=under_way):
        return NOBODY_NEEDED
    return return_content(order, returned, amount=amount), amount


def _payment(order: Order, payment_id: str) -> Payment | None:
    return next((payment for payment in order.payments if payment.id == payment_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`kind` is what the decider has the right for."""

    approval_id: str
    kind: Kind
    approve: bool
    note: str = ""


def decide_approvals(
    tx: Transaction, verdicts: Sequence[Verdict], *, act: Act
) -> list[Approval | Refusal]:
    """Approve and do what was asked for, or refuse it. A refusal by the process leaves it open."""
    ids = {verdict.approval_id for verdict in verdicts}
    orders = tx.approvals.orders_of(ids)
    batch = Batch.open(tx, act, set(orders.values()), with_stock=True)
    under_way = Counter(tx.approvals.refunds_under_way(set(orders.values())))
    desk = _Desk(batch, dict(tx.approvals.find(ids)), under_way)
    answers = [_decide(desk, verdict) for verdict in verdicts]
    batch.save()
    tx.approvals.decide([x for x in desk.known.values() if x.state != ApprovalState.OPEN])
    return answers


def _decide(desk: _Desk, verdict: Verdict) -> Approval | Refusal:
    approval, act = desk.known.get(verdict.approval_id), desk.batch.act
    if approval is None or approval.kind != verdict.kind:
        return NOT_FOUND
    order = desk.batch.orders[approval.order_id]
    refusal = _may_not(desk, approval, order, approve=verdict.approve)
    if refusal in (CHANGED, TOO_OLD):
        desk.known[approval.id] = evolve(approval, state=ApprovalState.VOID)
    if refusal is None and verdict.approve:
        refusal = _do(desk, order, approval)
    if refusal is not None:
        return refusal
    decided = evolve(
        approval,
        state=ApprovalState.APPROVED if verdict.approve else ApprovalState.REFUSED,
        decided_by=act.actor,
        decided_at=act.now,
        note=verdict.note.strip() or None,
    )
    desk.known[approval.id] = decided
    return decided


def _may_not(desk: _Desk, approval: Approval, order: Order, *, approve: bool) -> Refusal | None:
    """Whoever asked may take the question back, but not approve it."""
    act = desk.batch.act
    if approval.state != ApprovalState.OPEN:
        return Refusal("decided_already", f"This is {approval.state} already.")
    if approval.ends_at <= act.now:
        return TOO_OLD
    if approval.content != _content_now(desk, approval, order):
        return CHANGED
    makers = {hold.by for hold in price_holds(order)} if approval.kind == Kind.PRICE else set()
    if approve and act.actor in {approval.asked_by, *makers}:
        return NOT_YOURS
    return None


def _content_now(desk: _Desk, approval: Approval, order: Order) -> str:
    if approval.kind == Kind.PRICE:
        return price_content(order)
    under_way = desk.under_way[order.id]
    if approval.kind == Kind.RETURN:
        returned = find_return(order, approval.subject_id)
        gets = worth(order, returned, policies=desk.batch.act.policies, under_way=under_way)
        return return_content(order, returned, amount=gets.total)
    payment = _payment(order, approval.subject_id)
    assert payment is not None, "payments are never taken out of an order"
    return refund_content(order, payment, amount=approval.amount, under_way=under_way)


def _do(desk: _Desk, order: Order, approval: Approval) -> Refusal | None:
    """In both names, with the right that was missing."""
    batch, act = desk.batch, desk.batch.act
    names = f"{approval.asked_by}, approved by {act.actor}"
    batch.act = evolve(act, actor=names, alone=frozenset({RIGHTS[approval.kind]}))
    deed = {Kind.REFUND: _refund, Kind.PRICE: _release, Kind.RETURN: _settle}[approval.kind]
    done = deed(desk, order, approval)
    batch.act = act
    return done if isinstance(done, Refusal) else None


def _refund(desk: _Desk, order: Order, approval: Approval) -> Order | Refusal:
    step = MoneyStep(payment_id=approval.subject_id, trigger="refund", amount=approval.amount)
    payment = _payment(order, approval.subject_id)
    if payment is not None and payment.method == "gateway":
        desk.under_way[order.id] += approval.amount
    return move(desk.batch, order.id, step)


def _release(desk: _Desk, order: Order, approval: Approval) -> Order | Refusal:
    after: Order | Refusal = order
    for hold in price_holds(order):
        wish = ReleaseHold(order_id=order.id, hold_id=hold.id, reason=approval.reason)
        after = release(desk.batch, desk.batch.orders[order.id], wish)
    return after


def _settle(desk: _Desk, order: Order, approval: Approval) -> Order | Refusal:
    wish = SettleReturn(return_id=approval.subject_id, amount=approval.amount)
    done = settle(desk.batch, order.id, wish=wish, under_way=desk.under_way[order.id])
    return done if isinstance(done, Refusal) else done[0]
