"""The tables themselves: every question has an answer, no state is a trap, no report is lost."""

from collections.abc import Iterator
from itertools import product

import pytest

from purvey.domain.effects import Effect
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState
from purvey.kit.process import Process, Refusal, Step
from purvey.lifecycle import ORDER, PAYMENT, PROCESSES, RETURN, SHIPMENT
from tests.lifecycle.subjects import BECAUSE, subject

BY_NAME = {process.name: process for process in PROCESSES}
STATES = {
    ORDER.name: OrderState,
    PAYMENT.name: PaymentState,
    SHIPMENT.name: ShipmentState,
    RETURN.name: ReturnState,
}
# Money that came in may stay, and may be given back at any later time: no end, and no trap.
# A parcel may come back when nobody waits for it any more.
RESTING = {
    PAYMENT.name: {PaymentState.CAPTURED, PaymentState.REFUNDED, PaymentState.VOIDED},
    RETURN.name: {ReturnState.REFUSED, ReturnState.WITHDRAWN, ReturnState.EXPIRED},
}


def every_pair() -> Iterator[tuple[str, str, str]]:
    for process in PROCESSES:
        triggers = {*process.request_names, *process.report_names}
        for state, trigger in sorted(product(process.states, triggers)):
            yield process.name, state, trigger


def reach(process: Process, start: str) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for step in process.steps:
            if step.source == state and step.target not in seen:
                seen.add(step.target)
                todo.append(step.target)
    return seen


@pytest.mark.parametrize(("name", "state", "trigger"), list(every_pair()))
def test_every_pair_is_in_the_table_or_late_or_refused(name: str, state: str, trigger: str):
    process = BY_NAME[name]
    answer = process.decide(subject(name, state), trigger, BECAUSE)
    if (state, trigger) in process.table:
        assert isinstance(answer, Refusal) or answer.target in process.states
    elif trigger in process.late:
        assert answer == Step(trigger, state, state, (), tuple(process.late[trigger]))
    else:
        assert isinstance(answer, Refusal) and answer.code == "not_allowed"
        assert answer.allowed == process.allowed(state)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
class TestEveryProcess:
    def test_every_state_has_its_place(self, process: Process):
        assert process.states == set(STATES[process.name])

    def test_every_state_can_be_reached(self, process: Process):
        assert reach(process, process.start) == process.states

    def test_every_state_has_a_way_out(self, process: Process):
        rests = process.ends | RESTING.get(process.name, set())
        for state in process.states - rests:
            assert reach(process, state) & rests, f"{process.name}: {state} is a trap"

    def test_an_end_is_an_end(self, process: Process):
        assert not {step.source for step in process.steps} & process.ends

    def test_no_report_is_left_without_a_row(self, process: Process):
        for state, report in product(process.states, process.report_names):
            assert (state, report) in process.table or report in process.late, (
                f"{report} in {state}"
            )

    def test_no_report_can_be_refused(self, process: Process):
        """The last row of each report and state asks nothing, so one of them is always taken."""
        for (state, trigger), rows in process.table.items():
            if trigger in process.report_names and trigger not in process.late:
                pytest.fail(f"{trigger} has no late row")
            if trigger in process.report_names:
                assert not rows[-1].guards, f"the last row of {trigger} in {state} is guarded"

    def test_a_word_is_a_request_or_a_report(self, process: Process):
        assert not set(process.request_names) & set(process.report_names)

    def test_no_row_can_never_be_taken(self, process: Process):
        """Behind an unguarded row nothing is reached."""
        for key, rows in process.table.items():
            assert all(step.guards for step in rows[:-1]), f"{key}: rows behind an open one"

    def test_the_diagram_draws_every_row(self, process: Process):
        drawn = process.to_mermaid()
        for step in process.steps:
            assert f"{step.source} --> {step.target}: {step.trigger}" in drawn
        assert all(f"{end} --> [*]" in drawn for end in process.ends)


def test_the_diagram_reads_as_people_speak():
    drawn = ORDER.to_mermaid().splitlines()
    assert drawn[:2] == ["stateDiagram-v2", "    [*] --> received"]
    assert "    received --> accepted: accept [no_hold_blocks_acceptance]" in drawn
    assert "    accepted --> backordered: stock_reserved" in drawn
    assert "    shipped --> closed: close [reason_given and a_parcel_did_not_arrive]" in drawn


def test_every_effect_that_a_step_promises_is_one_of_the_list():
    told = {effect for process in PROCESSES for step in process.steps for effect in step.effects}
    assert told <= set(Effect)


def test_a_refusal_says_what_is_possible_instead():
    refusal = ORDER.decide(subject("order", OrderState.DELIVERED), "cancel", BECAUSE)
    assert refusal == Refusal(
        "not_allowed",
        "The step 'cancel' is not possible: the order is delivered; possible now: close.",
        allowed=("close",),
    )
