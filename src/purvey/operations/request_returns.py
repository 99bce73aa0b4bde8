"""A return begins: a customer or a clerk asks for one, while the goods may come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.effects import Effect
from purvey.domain.order import Order, Return, ReturnLine
from purvey.domain.returns import (
    REASONS,
    is_late,
    last_arrival,
    return_until,
    returnable,
    too_many,
)
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import open_return
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.operations.tell import tell_customer
from purvey.ports.storage import Transaction

NO_ORDER = Refusal("not_found", "There is no such order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Units of one line of the order, and why they come back."""

    no: int
    quantity: int
    reason: str = "other"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnWish:
    """`may_be_late`: whoever asks has the right to take goods back after the shop's time; then
    `late_reason` says why."""

    order_id: str
    lines: Sequence[Wanted]
    note: str = ""
    late_reason: str = ""
    may_be_late: bool = False
    version: int | None = None


def request_returns(
    tx: Transaction, wishes: Sequence[ReturnWish], *, act: Act, preview: bool = False
) -> list[tuple[Order, Return] | Refusal]:
    """The orders with their new returns; with `preview` nothing is written."""
    batch = Batch.open(tx, act, {wish.order_id for wish in wishes}, with_stock=False)
    answers = [_request(batch, wish) for wish in wishes]
    if not preview:
        batch.save()
    return answers


def _request(batch: Batch, wish: ReturnWish) -> tuple[Order, Return] | Refusal:
    order = batch.orders.get(wish.order_id)
    if order is None:
        return NO_ORDER
    refusal = version_refusal(order, wish.version) or _refuse(batch.act, order, wish)
    if refusal is not None:
        return refusal
    returned = made(batch.act, wish.lines, note=wish.note, late_reason=wish.late_reason)
    facts = {"late_reason": wish.late_reason} if returned.late_reason else {}
    order = open_return(batch, order, returned, facts=facts | {"lines": said(wish.lines)})
    tell_customer(batch, order, Effect.TELL_RETURN_REQUESTED, subject_id=returned.id)
    return order, returned


def _refuse(act: Act, order: Order, wish: ReturnWish) -> Refusal | None:
    if last_arrival(order) is None:
        sentence = "Nothing of this order has been delivered yet: there is nothing to return."
        return Refusal("not_delivered", sentence)
    most = returnable(order)
    return bad_lines(order, wish.lines) or over(wish.lines, most) or _too_late(act, order, wish)


def over(lines: Sequence[Wanted], most: Mapping[int, int]) -> Refusal | None:
    return too_many({line.no: line.quantity for line in lines}, most)


def _too_late(act: Act, order: Order, wish: ReturnWish) -> Refusal | None:
    if not is_late(order, act.policies, now=act.now):
        return None
    until = return_until(order, act.policies)
    if not wish.may_be_late:
        sentence = (
            f"It could be returned until {until:%-d %B %Y}; a manager may still take it back."
        )
        return Refusal("too_late", sentence)
    if not wish.late_reason.strip():
        sentence = (
            f"It could be returned until {until:%-d %B %Y}: say why it is taken back all the same."
        )
        return Refusal("late_reason_missing", sentence, pointer="/late_reason")
    return None


def bad_lines(order: Order, lines: Sequence[Wanted]) -> Refusal | None:
    """What is wrong with the lines themselves, whoever asks."""
    if not lines:
        return Refusal("no_lines", "Name at least one line of the order.", pointer="/lines")
    known, seen = {line.no for line in order.lines}, set[int]()
    for index, line in enumerate(lines):
        pointer = f"/lines/{index}"
        if line.no not in known:
            return Refusal("no_such_line", "The order has no such line.", pointer=f"{pointer}/line")
        if line.no in seen:
            sentence = "Name each line of the order once."
            return Refusal("line_twice", sentence, pointer=f"{pointer}/line")
        if line.quantity < 1:
            sentence = "Write how many units come back: 1 or more."
            return Refusal("bad_quantity", sentence, pointer=f"{pointer}/quantity")
        if line.reason not in REASONS:
            sentence = f"Write one of: {', '.join(REASONS)}."
            return Refusal("bad_reason", sentence, pointer=f"{pointer}/reason")
        seen.add(line.no)
    return None


def made(act: Act, lines: Sequence[Wanted], *, note: str, late_reason: str = "") -> Return:
    return Return(
        id=act.new_id("ret"),
        lines=tuple(
            ReturnLine(no=x.no, quantity=x.quantity, reason=x.reason, note=x.note or None)
            for x in lines
        ),
        requested_at=act.now,
        state_since=act.now,
        asked_by=act.actor,
        note=note.strip() or None,
        late_reason=late_reason.strip() or None,
    )


def said(lines: Sequence[Wanted]) -> dict[str, int]:
    return {str(line.no): line.quantity for line in lines}
