"""Every guard has somebody whom it must refuse; a guard that nobody can fail is no guard."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from purvey.domain import guards
from purvey.domain.guards import PaymentOf, ReturnOf, ShipmentOf
from purvey.domain.order import Order, ReturnLine
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState
from purvey.kit.process import Process, Refusal
from purvey.lifecycle import ORDER, PAYMENT, PROCESSES, RETURN, SHIPMENT
from tests.lifecycle.subjects import (
    BECAUSE,
    a_hold,
    a_line,
    a_payment,
    a_return,
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


def coming_back(
    *found: tuple[str | None, str | None], shipped: int = 3, returned: int = 0, others: int = 0
) -> ReturnOf:
    """A return of an order of three units, one for each that was looked at."""
    lines = tuple(
        ReturnLine(no=1, quantity=1, reason="other", condition=condition, disposition=disposition)
        for condition, disposition in found or ((None, None),)
    )
    mine = a_return(*lines, state=ReturnState.INSPECTED)
    theirs = a_return(ReturnLine(no=1, quantity=others, reason="other"), id="ret_2")
    line = a_line(shipped=shipped, reserved=3 - shipped, returned=returned)
    left = a_shipment(state=ShipmentState.DELIVERED)
    order = an_order(lines=(line,), shipments=(left,), returns=(mine, theirs))
    return ReturnOf(order, mine)


def came_back(state: ReturnState) -> Order:
    """The only parcel was not delivered; its goods are in a return."""
    parcel = a_shipment(state=ShipmentState.TAKEN_BACK)
    return an_order(shipments=(parcel,), returns=(a_return(state=state),))


def here(*, returned: int = 0, claimed: int = 0) -> ShipmentOf:
    """A parcel with all three units that stands here unopened."""
    parcel = a_shipment(state=ShipmentState.RETURNED_TO_SENDER)
    returns = (a_return(ReturnLine(no=1, quantity=claimed, reason="other")),) if claimed else ()
    line = a_line(shipped=3, returned=returned)
    return ShipmentOf(an_order(lines=(line,), shipments=(parcel,), returns=returns), parcel)


GOOD = (("as_new", "restock"),)
LOST, DELIVERED = with_parcel(ShipmentState.LOST), with_parcel(ShipmentState.DELIVERED)
COMES_BACK = with_parcel(ShipmentState.RETURNED_TO_SENDER)
HELD = {"authorised": 765}
PAID = {"captured": 765}
AMOUNT = {"amount": 766}
FOUND = {"line": 1, "found": 3}
BIGGER = parcel(ordered(), lines=((1, 4),))

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
    "it_waits_to_be_complete": [
        Example(
            "may_go_in_parts",
            ordered(reserved=1, backordered=2),
            an_order(ship_complete=True, lines=(a_line(reserved=1, backordered=2),)),
        ),
        Example(
            "may_go_in_parts",
            an_order(ship_complete=True),
            an_order(ship_complete=True, lines=(a_line(backordered=3),)),
        ),
    ],
    "units_are_missing": [
        Example("bad_quantity", parcel(ordered()), parcel(ordered(), lines=((1, 4),)), FOUND),
        Example(
            "no_such_line",
            parcel(ordered(), lines=((2, 5),)),
            parcel(ordered(), lines=((1, 4),)),
            FOUND,
        ),
    ],
    "every_parcel_has_arrived": [
        Example("on_the_way", with_parcel(ShipmentState.HANDED_OVER), DELIVERED),
        Example("on_the_way", LOST, DELIVERED),
        Example("on_the_way", COMES_BACK, DELIVERED),
        Example("on_the_way", came_back(ReturnState.INSPECTED), came_back(ReturnState.SETTLED)),
    ],
    "a_parcel_was_delivered": [
        Example("not_delivered", came_back(ReturnState.SETTLED), DELIVERED),
    ],
    "a_parcel_did_not_arrive": [
        Example("on_the_way", DELIVERED, LOST),
        Example("on_the_way", with_parcel(ShipmentState.IN_TRANSIT), COMES_BACK),
    ],
    "order_is_not_over": [
        Example(
            "order_not_ready",
            parcel(ordered(state=OrderState.CLOSED)),
            parcel(ordered(state=OrderState.SHIPPED)),
        )
    ],
    "no_return_has_its_goods": [
        Example("in_a_return", here(returned=1), here()),
        Example("in_a_return", here(claimed=1), here()),
    ],
    "order_is_being_fulfilled": [
        Example("order_not_ready", parcel(ordered(state=OrderState.RESERVED)), parcel(ordered())),
        Example("held", parcel(ordered(holds="fulfil")), parcel(ordered(holds="accept"))),
    ],
    "no_hold_blocks_shipment": [
        Example("held", parcel(ordered(holds="fulfil")), parcel(ordered(holds="accept")))
    ],
    "customer_collects": [
        Example("not_collected", parcel(ordered()), parcel(ordered(), method="pickup"))
    ],
    "label_is_there": [
        Example("label_missing", parcel(ordered()), parcel(ordered(), tracking_number="T1")),
        Example("label_missing", parcel(ordered()), parcel(ordered(), method="pickup")),
    ],
    "at_a_gateway": [Example("not_at_a_gateway", money(method="cash"), money())],
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
    "every_unit_is_judged": [
        Example("not_inspected", coming_back(), coming_back(*GOOD)),
        Example("not_inspected", coming_back(("as_new", None)), coming_back(*GOOD)),
    ],
    "something_is_taken_back": [
        Example("nothing_taken_back", coming_back(("missing", "nothing")), coming_back(*GOOD)),
        Example("nothing_taken_back", coming_back(("damaged", "send_back")), coming_back(*GOOD)),
    ],
    "units_are_still_out": [
        Example("too_many_units", coming_back(*GOOD, shipped=0), coming_back(*GOOD)),
        Example("too_many_units", coming_back(*GOOD, returned=3), coming_back(*GOOD, returned=2)),
        Example("too_many_units", coming_back(*GOOD * 4), coming_back(*GOOD * 3)),
        Example("too_many_units", coming_back(*GOOD, others=3), coming_back(*GOOD, others=2)),
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
        ("close", "shipped", "a_parcel_did_not_arrive"),
        ("return_ended", "shipped", "every_parcel_has_arrived"),
        ("return_ended", "shipped", "a_parcel_was_delivered"),
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
        *(
            ("picked_short", state, guard)
            for state in ("ready", "fulfilling", "backordered")
            for guard in ("it_waits_to_be_complete", "only_backordered_units_are_left")
        ),
        ("rest_cancelled", "reserved", "every_unit_has_left"),
        ("parcel_arrived", "shipped", "every_parcel_has_arrived"),
    },
    PAYMENT.name: {
        ("capture", "requested", "taken_by_hand"),
        ("payment_closed", "requested", "at_a_gateway"),
        ("payment_closed", "unknown", "at_a_gateway"),
        ("capture", "requested", "amount_is_due"),
        ("capture", "authorised", "taken_by_hand"),
        ("capture", "authorised", "amount_is_due"),
        ("capture", "authorised", "amount_is_held"),
        ("capture", "captured", "taken_by_hand"),
        ("capture", "voided", "taken_by_hand"),
        ("capture", "voided", "amount_is_due"),
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
        ("short_pick", "picking", "units_are_missing"),
        ("pack", "picking", "no_hold_blocks_shipment"),
        ("pack", "picking", "customer_collects"),
        ("hand_over", "packed", "no_hold_blocks_shipment"),
        ("hand_over", "packed", "customer_collects"),
        ("hand_over", "packed", "label_is_there"),
        ("send_again", "returned_to_sender", "order_is_not_over"),
        ("send_again", "returned_to_sender", "no_return_has_its_goods"),
    },
    RETURN.name: {
        ("refuse", "requested", "reason_given"),
        ("refuse", "inspected", "reason_given"),
        ("inspect", "received", "every_unit_is_judged"),
        ("inspect", "inspected", "every_unit_is_judged"),
        ("settle", "inspected", "something_is_taken_back"),
        ("settle", "inspected", "units_are_still_out"),
        ("parcel_returned", "refused", "units_are_still_out"),
        ("parcel_returned", "withdrawn", "units_are_still_out"),
        ("parcel_returned", "expired", "units_are_still_out"),
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
