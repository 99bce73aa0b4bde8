"""How a table is read: the first row whose guards pass; requests are refused, reports never."""

from collections.abc import Mapping
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest

from purvey.kit.process import OrphanReport, Process, Refusal, Step


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"
    GONE = "gone"


class Do(StrEnum):
    RING = "ring"


def has_key(door: Any, facts: Mapping[str, Any]) -> Refusal | None:
    return None if facts.get("key") else Refusal("no_key", "You have no key.")


def is_dry(door: Any, facts: Mapping[str, Any]) -> Refusal | None:
    return Refusal("wet", "It is wet.") if facts.get("rain") else None


DOOR = Process(
    "door",
    start=Door.OPEN,
    ends=frozenset({Door.GONE}),
    requests=(
        ("shut", Door.OPEN, Door.SHUT, [], []),
        ("lock", (Door.OPEN, Door.SHUT), Door.LOCKED, [has_key, is_dry], [Do.RING]),
        ("lock", Door.SHUT, Door.OPEN, [is_dry], []),
    ),
    reports=(
        ("blown_away", Door.LOCKED, Door.LOCKED, [is_dry], []),
        ("blown_away", (Door.OPEN, Door.LOCKED), Door.GONE, [], [Do.RING]),
    ),
    late={"blown_away": [Do.RING]},
)


def door(state: Door) -> SimpleNamespace:
    return SimpleNamespace(state=state)


def test_a_row_for_several_states_is_a_step_for_each():
    assert {step.source for step in DOOR.steps if step.trigger == "lock"} == {Door.OPEN, Door.SHUT}


def test_a_step_says_where_it_leads_and_what_it_makes_happen():
    step = DOOR.decide(door(Door.OPEN), "lock", {"key": 1})
    assert step == Step("lock", Door.OPEN, Door.LOCKED, (has_key, is_dry), (Do.RING,))


def test_the_first_row_whose_guards_pass_is_taken():
    step = DOOR.decide(door(Door.SHUT), "lock", {})
    assert isinstance(step, Step) and step.target == Door.OPEN


def test_when_no_row_passes_the_last_one_says_why():
    assert DOOR.decide(door(Door.SHUT), "lock", {"rain": True}) == Refusal("wet", "It is wet.")


def test_a_request_without_a_row_is_refused_with_what_is_possible():
    refusal = DOOR.decide(door(Door.SHUT), "shut", {})
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.allowed) == ("not_allowed", ("lock",))
    assert "lock" in refusal.sentence and "shut" in refusal.sentence


def test_a_late_report_changes_no_state_and_still_does_something():
    step = DOOR.decide(door(Door.SHUT), "blown_away", {})
    assert step == Step("blown_away", Door.SHUT, Door.SHUT, (), (Do.RING,))


def test_a_report_that_no_row_awaits_is_a_hole_in_the_table():
    with pytest.raises(OrphanReport, match="stolen arriving in open"):
        DOOR.decide(door(Door.OPEN), "stolen", {})


def test_what_is_allowed_stands_in_the_order_of_the_table():
    assert DOOR.allowed(Door.OPEN) == ("shut", "lock")
    assert DOOR.allowed(Door.GONE) == ()
    assert DOOR.request_names == ("shut", "lock")
    assert DOOR.report_names == ("blown_away",)


def test_all_states_are_known():
    assert DOOR.states == set(Door)
