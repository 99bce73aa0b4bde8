"""The types that webhooks tell of come from the tables of the process. That no other one happens is
one of the promises that every test of a shop ends with (tests/operations/promises.py)."""

import re

import pytest

from purvey.domain.webhooks import wants
from purvey.operations.event_types import event_id, event_type, event_types


@pytest.mark.parametrize(
    ("trigger", "source", "target", "name"),
    [
        ("receive", "", "received", "order.received"),
        ("handed_over", "fulfilling", "shipped", "order.shipped"),
        ("handed_over", "fulfilling", "fulfilling", "order.handed_over"),
        ("hold", "ready", "ready", "order.hold"),
        ("cancel", "ready", "cancelled", "order.cancelled"),
    ],
)
def test_a_new_state_gives_the_name_and_else_the_trigger(
    trigger: str, source: str, target: str, name: str
):
    found = event_type(process="order", trigger=trigger, source=source, target=target)
    assert found == name
    assert name in event_types()


def test_a_report_that_came_too_late_is_not_taken_for_the_state():
    late = {"process": "shipment", "source": "cancelled", "target": "cancelled"}
    assert event_type(trigger="delivered", **late) == "shipment.delivered_noted"
    assert "shipment.delivered_noted" in event_types()


def test_names_are_as_the_standard_wants_them():
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", name) for name in event_types())
    assert all(meaning.endswith(".") for meaning in event_types().values())


def test_who_wants_what():
    assert wants((), "order.shipped")
    assert wants(("order.shipped",), "order.shipped")
    assert wants(("order.*",), "order.shipped")
    assert not wants(("order.*",), "orders.shipped")
    assert not wants(("payment.*", "order.ready"), "order.shipped")


def test_an_event_has_one_id_for_ever():
    assert event_id("ord_0192ab", 7) == "evt_0192ab_7"
