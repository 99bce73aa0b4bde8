"""Somebody looks at what came back: what each unit is like, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.order import Order, Return, ReturnLine
from purvey.domain.returns import (
    CONDITIONS,
    DISPOSITIONS,
    MISSING,
    NOTHING,
    SEND_BACK,
    find_return,
    quantities,
)
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance_return
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.operations.decide_returns import NO_RETURN
from purvey.operations.take_returns import bad_location
from purvey.ports.storage import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Units of one line of the order. `percent` of their price goes back: less for goods that were
    used more than was needed to try them (2011/83/EU art. 14 (2))."""

    no: int
    quantity: int
    condition: str
    disposition: str
    percent: int = 100
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """`lines` tell of every unit of the return: those that did not come are "missing"."""

    return_id: str
    lines: Sequence[Found]
    location: str | None = None
    version: int | None = None


def inspect_returns(
    tx: Transaction, inspections: Sequence[Inspection], *, act: Act
) -> list[tuple[Order, Return] | Refusal]:
    """Until a return is settled it may be inspected again: the last word counts."""
    owners = tx.orders.of_returns({one.return_id for one in inspections})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=False)
    places = {place.code for place in tx.stock.locations()}
    answers = [_inspect(batch, owners.get(x.return_id), x, places) for x in inspections]
    batch.save()
    return answers


def _inspect(
    batch: Batch, order_id: str | None, one: Inspection, places: set[str]
) -> tuple[Order, Return] | Refusal:
    if order_id is None:
        return NO_RETURN
    order = batch.orders[order_id]
    returned = find_return(order, one.return_id)
    refusal = (
        version_refusal(order, one.version)
        or bad_location(one.location, places)
        or _bad_finding(one.lines)
        or _not_all(returned, one.lines)
    )
    if refusal is not None:
        return refusal
    looked_at = evolve(
        returned,
        lines=_lines(returned, one.lines),
        location=one.location or returned.location,
    )
    facts = {"found": [_said(line) for line in looked_at.lines]}
    after = advance_return(batch, order, looked_at, "inspect", facts=facts)
    return after if isinstance(after, Refusal) else (after, find_return(after, one.return_id))


def _bad_finding(lines: Sequence[Found]) -> Refusal | None:
    for index, line in enumerate(lines):
        fault = _fault(line)
        if fault is not None:
            field, sentence = fault
            return Refusal(f"bad_{field}", sentence, pointer=f"/lines/{index}/{field}")
    return None


def _fault(line: Found) -> tuple[str, str] | None:
    """The field and what would be right."""
    if line.quantity < 1:
        return "quantity", "Write how many units this is true of: 1 or more."
    if line.condition not in CONDITIONS:
        return "condition", f"Write one of: {', '.join(CONDITIONS)}."
    if line.disposition not in DISPOSITIONS:
        return "disposition", f"Write one of: {', '.join(DISPOSITIONS)}."
    if (line.condition == MISSING) != (line.disposition == NOTHING):
        return "disposition", "What is missing becomes nothing, and nothing else does."
    if not 0 <= line.percent <= 100:
        return "percent", "Write how much of the price goes back: 0 to 100."
    return None


def _not_all(returned: Return, lines: Sequence[Found]) -> Refusal | None:
    expected = quantities(returned.lines)
    told: Mapping[int, int] = {
        no: sum(line.quantity for line in lines if line.no == no)
        for no in sorted({*expected, *(line.no for line in lines)})
    }
    for no, units in told.items():
        if units != expected.get(no, 0):
            sentence = (
                f"Line {no}: {expected.get(no, 0)} units are to come back; say of all of them, and"
                f" of no more, what they are like ({units} so far; 'missing' is what did not come)."
            )
            return Refusal("units_do_not_add_up", sentence, pointer="/lines")
    return None


def _lines(returned: Return, found: Sequence[Found]) -> tuple[ReturnLine, ...]:
    reasons = {line.no: line.reason for line in returned.lines}
    notes = {line.no: line.note for line in returned.lines}
    return tuple(
        ReturnLine(
            no=x.no,
            quantity=x.quantity,
            reason=reasons[x.no],
            note=x.note or notes[x.no],
            condition=x.condition,
            disposition=x.disposition,
            percent=0 if x.disposition in (SEND_BACK, NOTHING) else x.percent,
        )
        for x in sorted(found, key=lambda x: x.no)
    )


def _said(line: ReturnLine) -> list[object]:
    return [line.no, line.quantity, line.condition, line.disposition, line.percent]
