"""Every guard has somebody whom it must refuse; a guard that nobody can fail is no guard."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from purvey.domain import guards
from purvey.domain.guards import PaymentOf, ShipmentOf
from purvey.domain.order import Order
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.kit.process import Process, Refusal
from purvey.lifecycle import ORDER, PAYMENT, PROCESSES, RETURN, SHIPMENT
from tests.lifecycle.subjects import (
    BECAUSE,
    a_hold,
    a_line,
    a_payment,
    a_shipment,
    an_order,
)


class Example(NamedTuple):
    """Who has to be refused with which code, and who may pass."""

    code: str
    refused: Any
    passes: Any
    facts: Mapping[str, Any] = BECAUSE


def ordered(*, holds: str = "", state: OrderState = OrderState.READY, **line: Any) -> Order:
    return an_order(state=state, lines=(a_line(**line),), holds=(a_hold(holds),) if holds else ())


def parcel(order: Order, **changes: Any) -> ShipmentOf:
    return ShipmentOf(order, a_shipment(**changes))


def money(state: PaymentState = PaymentState.REQUESTED, **changes: Any) -> PaymentOf:
    payment = a_payment(state=state, **changes)
    return PaymentOf(an_order(payments=(payment,)), payment)


def with_parcel(state: ShipmentState) -> Order:
    return an_order(shipments=(a_shipment(state=state),))


LOST, DELIVERED = with_parcel(ShipmentState.LOST), with_parcel(ShipmentState.DELIVERED)
HELD = {"authorised": 765}
PAID = {"captured": 765}
AMOUNT = {"amount": 766}

EXAMPLES: dict[str, list[Example]] = {
    "reason_given": [
        Example("reason_missing", an_order(), LOST, {}),
        Example("reason_missing", an_order(), LOST, {"reason": "  "}),
    ],
    "no_hold_blocks_acceptance": [Example("held", ordered(holds="accept"), ordered())],
    "enough_is_reserved": [
        Example("stock_short", ordered(backordered=3), ordered(reserved=1, backordered=2)),
        Example(
            "stock_short",
            an_order(ship_complete=True, lines=(a_line(reserved=1, backordered=2),)),
            an_order(ship_complete=True),
        ),
    ],
    "money_covers_total": [
        Example("underpaid", an_order(), an_order(payments=(a_payment(**HELD),))),
        Example(
            "underpaid",
            an_order(payments=(a_payment(authorised=765, voided=1),)),
            an_order(payments=(a_payment(authorised=700, captured=700), a_payment(captured=65))),
        ),
    ],
    "nothing_left_the_building": [
        Example("already_shipped", ordered(shipped=1, reserved=2), ordered())
    ],
    "every_unit_has_left": [
        Example("not_all_shipped", ordered(shipped=2, reserved=1), ordered(shipped=3)),
        Example("not_all_shipped", ordered(shipped=2, backordered=1), ordered(shipped=3)),
    ],
    "only_backordered_units_are_left": [
        Example("not_all_shipped", ordered(reserved=1, shipped=2), ordered(backordered=3))
    ],
    "every_parcel_has_arrived": [
        Example("on_the_way", with_parcel(ShipmentState.HANDED_OVER), DELIVERED),
        Example("on_the_way", LOST, DELIVERED),
    ],
    "a_parcel_was_lost": [Example("on_the_way", DELIVERED, LOST)],
    "order_is_being_fulfilled": [
        Example("order_not_ready", parcel(ordered(state=OrderState.RESERVED)), parcel(ordered())),
        Example("held", parcel(ordered(holds="fulfil")), parcel(ordered(holds="accept"))),
    ],
    "no_hold_blocks_shipment": [
        Example("held", parcel(ordered(holds="fulfil")), parcel(ordered(holds="accept")))
    ],
    "label_is_there": [
        Example("label_missing", parcel(ordered()), parcel(ordered(), tracking_number="T1")),
        Example("label_missing", parcel(ordered()), parcel(ordered(), method="pickup")),
    ],
    "taken_by_hand": [Example("gateway_payment", money(), money(method="cash"))],
    "amount_is_due": [
        Example("amount_out_of_range", money(**PAID), money()),
        Example("amount_out_of_range", money(), money(amount=766), AMOUNT),
    ],
    "amount_is_held": [
        Example("amount_out_of_range", money(), money(**HELD)),
        Example("amount_out_of_range", money(**HELD), money(authorised=766), AMOUNT),
        Example("amount_out_of_range", money(**HELD), money(authorised=900), {"amount": 800}),
    ],
    "amount_was_received": [
        Example("amount_out_of_range", money(**HELD), money(**PAID)),
        Example("amount_out_of_range", money(captured=765, refunded=765), money(**PAID)),
    ],
    "order_can_do_without": [
        Example(
            "still_needed",
            money(PaymentState.AUTHORISED, **HELD),
            PaymentOf(an_order(state=OrderState.CANCELLED), a_payment(**HELD)),
        )
    ],
}

# Every guarded step, spelled out: taking a guard from a row of the table must break this list.
GUARDED = {
    ORDER.name: {
        ("accept", "received", "no_hold_blocks_acceptance"),
        ("approve", "in_review", "no_hold_blocks_acceptance"),
        ("reject", "in_review", "reason_given"),
        *(
            ("cancel", state, guard)
            for state in (
                *("received", "in_review", "accepted", "backordered", "reserved"),
                *("ready", "fulfilling"),
            )
            for guard in ("reason_given", "nothing_left_the_building")
        ),
        ("close", "shipped", "reason_given"),
        ("close", "shipped", "a_parcel_was_lost"),
        ("stock_reserved", "accepted", "enough_is_reserved"),
        ("stock_reserved", "backordered", "enough_is_reserved"),
        ("payment_secured", "reserved", "money_covers_total"),
        ("payment_secured", "reserved", "only_backordered_units_are_left"),
        ("payment_overdue", "reserved", "nothing_left_the_building"),
        *(
            (report, state, guard)
            for report in ("handed_over", "rest_cancelled")
            for state in ("ready", "fulfilling", "backordered")
            for guard in ("every_unit_has_left", "only_backordered_units_are_left")
            if (report, state, guard)
            != ("rest_cancelled", "backordered", "only_backordered_units_are_left")
        ),
        ("rest_cancelled", "reserved", "every_unit_has_left"),
        ("parcel_arrived", "shipped", "every_parcel_has_arrived"),
    },
    PAYMENT.name: {
        ("capture", "requested", "taken_by_hand"),
        ("capture", "requested", "amount_is_due"),
        ("capture", "authorised", "taken_by_hand"),
        ("capture", "authorised", "amount_is_due"),
        ("capture", "authorised", "amount_is_held"),
        ("capture", "captured", "taken_by_hand"),
        ("capture", "captured", "amount_is_due"),
        ("void", "requested", "taken_by_hand"),
        ("void", "requested", "order_can_do_without"),
        ("void", "authorised", "taken_by_hand"),
        ("void", "authorised", "order_can_do_without"),
        ("refund", "captured", "taken_by_hand"),
        ("refund", "captured", "amount_was_received"),
        ("refund", "refunded", "taken_by_hand"),
        ("refund", "refunded", "amount_was_received"),
    },
    SHIPMENT.name: {
        ("pick", "planned", "order_is_being_fulfilled"),
        ("pack", "picking", "no_hold_blocks_shipment"),
        ("hand_over", "packed", "no_hold_blocks_shipment"),
        ("hand_over", "packed", "label_is_there"),
    },
    RETURN.name: {
        ("refuse", "requested", "reason_given"),
        ("refuse", "inspected", "reason_given"),
    },
}


def guarded(process: Process) -> set[tuple[str, str, str]]:
    return {(s.trigger, str(s.source), g.__name__) for s in process.steps for g in s.guards}


def guard(name: str) -> Callable[..., Refusal | None]:
    return getattr(guards, name)  # type: ignore[no-any-return]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_the_guards_of_each_step_are_as_agreed(process: Process):
    assert guarded(process) == GUARDED[process.name]


def test_every_guard_has_an_example():
    used = {name for process in PROCESSES for _, _, name in guarded(process)}
    assert used == set(EXAMPLES)


CASES = [(name, example) for name, examples in EXAMPLES.items() for example in examples]
IDS = [f"{name}-{number}" for name, examples in EXAMPLES.items() for number in range(len(examples))]


@pytest.mark.parametrize(("name", "example"), CASES, ids=IDS)
def test_the_guard_refuses(name: str, example: Example):
    refusal = guard(name)(example.refused, example.facts)
    assert refusal is not None and refusal.code == example.code
    assert refusal.sentence.endswith((".", "!")), refusal.sentence


@pytest.mark.parametrize(("name", "example"), CASES, ids=IDS)
def test_the_guard_lets_pass(name: str, example: Example):
    facts = example.facts if name != "reason_given" else BECAUSE
    assert guard(name)(example.passes, facts) is None


@pytest.mark.parametrize("amount", [0, -1, None])
@pytest.mark.parametrize("name", ["amount_is_due", "amount_is_held", "amount_was_received"])
def test_no_money_moves_without_an_amount(name: str, amount: int | None):
    rich = money(PaymentState.CAPTURED, authorised=900, captured=100)
    assert guard(name)(rich, {"amount": amount}) is not None


def test_what_is_missing_is_named_to_the_penny():
    refusal = guards.money_covers_total(an_order(payments=(a_payment(captured=700),)), {})
    assert refusal == Refusal("underpaid", "0.65 GBP is missing.")


def test_an_order_that_owes_nothing_is_covered():
    free = an_order(lines=(a_line(unit_price=0),))
    assert guards.money_covers_total(free, {}) is None
