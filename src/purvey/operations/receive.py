"""Receive orders: checked, priced, reserved and on their way in the caller's one commit.

1. Look up what was received before: idempotency keys, (channel, external id).
2. Lock the products, read stock, customers and look-alikes: one statement each.
3. Decide each draft by itself, in the order of arrival, in memory: a refusal is a value.
4. Write each table once.

Two processes that receive the same order at once: the second one's insert breaks a UNIQUE rule, its
transaction runs again and finds the first one's order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from purvey.domain.checks import CATALOGUE_CHECKS, Desk
from purvey.domain.draft import Draft, DraftLine, Finding
from purvey.domain.money import MAX_MINOR
from purvey.domain.order import Order
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance
from purvey.operations.arrange_payment import arrange_payment
from purvey.operations.batch import NO_FACTS, Batch
from purvey.operations.compose import (
    compose,
    lookalike_key,
    order_total,
    priced,
    shipping_price,
)
from purvey.operations.customers import Customers, normal
from purvey.operations.hold import hold_for
from purvey.operations.shelves import Shelves
from purvey.operations.short_stock import allocate_draft
from purvey.ports.storage import Asked, ShippingMethod, Taken, Transaction


@dataclass(frozen=True, slots=True)
class Received:
    """`created` is False when the order was there before; `replayed` when by the same key."""

    order: Order
    created: bool = True
    replayed: bool = False


def receive(
    tx: Transaction, drafts: Sequence[Draft], *, act: Act, numbers: Iterator[int]
) -> list[Received | Refusal]:
    """Receive many orders; the answers stand in the order of the drafts.

    `numbers` gives the order numbers that people read; one is taken for each order that is created.
    """
    desk = _ReceivingDesk(tx, drafts, act=act, numbers=numbers)
    answers = [desk.decide(draft) for draft in drafts]
    desk.save()
    seen = tx.orders.load({a.order_id for a in answers if isinstance(a, _Seen)})
    return [_answer(a, desk.batch.orders, seen) for a in answers]


@dataclass(frozen=True, slots=True)
class _Seen:
    order_id: str
    created: bool
    replayed: bool = False


def _answer(
    answer: Order | _Seen | Refusal, new: dict[str, Order], seen: dict[str, Order]
) -> Received | Refusal:
    match answer:
        case Order():
            return Received(new[answer.id])
        case _Seen(order_id, created, replayed):
            order = new.get(order_id) or seen[order_id]
            return Received(order, created, replayed)
        case refusal:
            return refusal


class _ReceivingDesk:
    """What one batch knows while it decides; `known` grows by what the batch itself receives."""

    def __init__(
        self, tx: Transaction, drafts: Sequence[Draft], *, act: Act, numbers: Iterator[int]
    ):
        self.tx, self.act, self.numbers = tx, act, numbers
        self.recent = act.now - timedelta(minutes=act.policies.duplicate_minutes)
        self.likeness = {id(draft): lookalike_key(draft) for draft in drafts}
        self.known = tx.intake.look_up(self._asked(drafts))
        self.methods = {code: x for code, x in self.known.methods.items() if x.active}
        fresh = [draft for draft in drafts if self._seen(draft) is None]
        skus = {line.sku for draft in fresh for line in draft.lines}
        self.batch = Batch(tx, act, orders={}, shelves=Shelves(tx, skus))
        self.customers = Customers(tx, self.known.customers, act)
        self.new_keys: dict[str, Taken] = {}

    def _asked(self, drafts: Sequence[Draft]) -> Asked:
        return Asked(
            keys={draft.idempotency_key for draft in drafts if draft.idempotency_key},
            external={(draft.channel, draft.external_id) for draft in drafts if draft.external_id},
            lookalikes={likeness for likeness in self.likeness.values() if likeness},
            since=self.recent,
            contacts={normal(draft.customer) for draft in drafts},
        )

    def decide(self, draft: Draft) -> Order | _Seen | Refusal:
        seen = self._seen(draft)
        if seen is not None:
            return seen
        if not draft.lines:
            return Refusal("no_lines", "An order has at least one line.", pointer="/lines")
        method = self.methods.get(draft.shipping.method)
        if method is None:
            return _unknown_method(draft, self.methods)
        self.batch.act = evolve(self.act, actor=draft.actor) if draft.actor else self.act
        return self._judge(draft, method)

    def _seen(self, draft: Draft) -> _Seen | Refusal | None:
        if draft.idempotency_key and (taken := self.known.keys.get(draft.idempotency_key)):
            if taken.fingerprint != draft.fingerprint:
                return Refusal("idempotency_key_reused", _KEY_REUSED)
            return _Seen(taken.order_id, created=True, replayed=True)
        if not draft.external_id:
            return None
        before = self.known.external.get((draft.channel, draft.external_id))
        if before is None:
            return None
        if before.fingerprint != draft.fingerprint:
            return Refusal("external_id_reused", _EXTERNAL_REUSED, pointer="/external_id")
        return _Seen(before.order_id, created=False)

    def _judge(self, draft: Draft, method: ShippingMethod) -> Order | Refusal:
        lines = priced(draft, self.batch.shelves.products)
        total = order_total(draft, lines, shipping=shipping_price(draft, method))
        if not 0 <= total <= MAX_MINOR:
            return _absurd_total(total)
        findings = self._findings(draft, total)
        refused = [finding for finding in findings if finding.severity == "refuse"]
        if refused:
            return refusal_of(refused)
        plan = allocate_draft(draft, self.batch.shelves, policies=self.act.policies)
        if isinstance(plan, Refusal):
            return plan
        findings += plan.findings
        order = compose(
            draft,
            lines=lines,
            allocated=plan,
            act=self.act,
            method=method,
            number=next(self.numbers),
            customer_id=self.customers.id_of(draft.customer),
            products=self.batch.shelves.products,
            lookalike=self.likeness[id(draft)],
        )
        return self._accept(draft, order, [f for f in findings if f.severity == "hold"])

    def _findings(self, draft: Draft, total: int) -> list[Finding]:
        likeness = self.likeness[id(draft)]
        desk = Desk(
            products=self.batch.shelves.products,
            policies=self.act.policies,
            total=total,
            lookalike_number=self.known.lookalikes.get(likeness) if likeness else None,
        )
        found = [finding for check in CATALOGUE_CHECKS for finding in check(draft, desk)]
        return [*draft.findings, *found]

    def _accept(self, draft: Draft, order: Order, holds: Sequence[Finding]) -> Order:
        """Remember it for the rest of the batch, then let the process run as far as it goes."""
        taken = Taken(order.id, draft.fingerprint)
        if draft.idempotency_key:
            self.known.keys[draft.idempotency_key] = self.new_keys[draft.idempotency_key] = taken
        if draft.external_id:
            self.known.external[draft.channel, draft.external_id] = taken
        if order.lookalike and order.placed_at >= self.recent:
            self.known.lookalikes[order.lookalike] = order.number
        self.batch.add(order)
        order = _record_receipt(self.batch, order, draft)
        order = arrange_payment(self.batch, order, draft.payment)
        if holds:
            return hold_for(self.batch, order, holds)
        after = advance(self.batch, order, "accept")
        assert isinstance(after, Order), after
        return after

    def save(self) -> None:
        with self.tx.pipelined():
            self.customers.save()
            self.batch.save()
            if self.new_keys:
                self.tx.intake.keep_keys(self.new_keys, self.act.now)


def _record_receipt(batch: Batch, order: Order, draft: Draft) -> Order:
    prices = {str(no): line.price_reason for no, line in _overridden(draft)}
    return batch.record(
        order,
        process="order",
        subject_id=order.id,
        trigger="receive",
        source="",
        target=order.state,
        facts={"price_reasons": prices} if prices else NO_FACTS,
    )


def _overridden(draft: Draft) -> list[tuple[int, DraftLine]]:
    return [(no, line) for no, line in enumerate(draft.lines, 1) if line.price_reason]


def refusal_of(findings: Sequence[Finding]) -> Refusal:
    """All that is wrong at once, so that it can be mended at once."""
    more = tuple(Refusal(f.code, f.sentence, pointer=f.field) for f in findings)
    return Refusal(more[0].code, more[0].sentence, pointer=more[0].pointer, more=more)


def _absurd_total(total: int) -> Refusal:
    if total < 0:
        sentence = "The discounts are worth more than what they are given on."
        return Refusal("discounts_exceed_total", sentence, pointer="/discounts")
    sentence = "Quantities and prices add up to more than any order is worth."
    return Refusal("amount_out_of_range", sentence, pointer="/lines")


def _unknown_method(draft: Draft, methods: object) -> Refusal:
    names = ", ".join(sorted(methods)) if isinstance(methods, dict) else ""
    return Refusal(
        "unknown_shipping_method",
        f"There is no such shipping method; there are: {names}.",
        pointer="/shipping/method",
    )


_KEY_REUSED = "This Idempotency-Key was used for another content: use a new key for a new request."
_EXTERNAL_REUSED = (
    "This external_id was received from this channel with another content:"
    " change the order instead."
)
