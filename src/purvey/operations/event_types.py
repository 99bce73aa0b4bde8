"""The types of events that webhooks tell of, from the tables of the process.

A step into another state is called after the state (`order.shipped`), one that stays in its state
after its trigger (`shipment.label_bought`). A late report whose trigger is the name of a state that
was not entered is `..._noted`: the parcel of a cancelled shipment that is delivered all the same.
"""

from collections.abc import Mapping
from functools import cache

from purvey.kit.process import Process
from purvey.lifecycle import ORDER, PROCESSES

# What is written into an order's history without being a step of its process.
NOTED = ("hold", "release", "address_changed", "promise_changed", "personal_data_erased")
_STATES = {process.name: frozenset(map(str, process.states)) for process in PROCESSES}


def event_type(*, process: str, trigger: str, source: str, target: str) -> str:
    if source != target:
        return f"{process}.{target}"
    noted = "_noted" if trigger in _STATES.get(process, ()) else ""
    return f"{process}.{trigger}{noted}"


def event_id(order_id: str, version: int) -> str:
    """The same in the feed and as `webhook-id`, whoever asks and however often."""
    return f"evt_{order_id.partition('_')[2]}_{version}"


@cache
def event_types() -> Mapping[str, str]:
    """Every type, with what happened then."""
    found: dict[str, str] = {}
    for process in PROCESSES:
        found |= _entered(process) | _stayed(process)
    return dict(sorted(found.items()))


@cache
def groups() -> tuple[str, ...]:
    """`order.*` and its like: all types of one process."""
    return tuple(f"{process.name}.*" for process in PROCESSES)


def _entered(process: Process) -> dict[str, str]:
    states = {process.start, *(x.target for x in process.steps if x.source != x.target)}
    return {
        f"{process.name}.{state}": f"The {process.name} is {_words(state)}." for state in states
    }


def _stayed(process: Process) -> dict[str, str]:
    triggers = {step.trigger for step in process.steps if step.source == step.target}
    triggers |= set(process.late)
    triggers |= set(NOTED) if process is ORDER else set()
    return {
        event_type(process=process.name, trigger=trigger, source="=", target="="): (
            f"`{trigger}`, and the {process.name} stays in its state."
        )
        for trigger in triggers
    }


def _words(state: str) -> str:
    return state.replace("_", " ")
