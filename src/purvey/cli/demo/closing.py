"""The demo's last page: how the orders ended, how long it took, and whether every promise held."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from purvey.cli.demo import figures
from purvey.cli.demo.register import Register, Sent
from purvey.cli.output import counted, plain, table

if TYPE_CHECKING:
    from purvey.queries.doctor import Report
    from purvey.wiring import House

TOLD = 10  # faults that are told one by one
STATES = ("in_review", "backordered", "reserved", "ready", "fulfilling", "shipped", "delivered")


@dataclass(frozen=True, slots=True)
class Timing:
    sending_seconds: float
    whole_seconds: float
    webhooks: int


def faults(house: "House", register: Register, troubles: Mapping[str, str]) -> list[str]:
    """Everything that did not go as the stories tell it."""
    taken = register.taken()
    now = figures.state_and_wait(house, taken)
    wrong = [
        _fault(sent, now.get(order_id, ("lost", "")), troubles.get(order_id, ""))
        for order_id, sent in taken.items()
        if now.get(order_id, ("lost", ""))[0] not in sent.ends
    ]
    given_up = figures.outbox_by_state(house)["gave_up"]
    lost = [f"{given_up} messages were given up: a person must look."] if given_up else []
    return [*register.complaints, *wrong, *lost]


def _fault(sent: Sent, now: tuple[str, str], trouble: str) -> str:
    state, waiting = now
    wait = f" (waiting: {waiting})" if waiting else ""
    wanted = " or ".join(sorted(sent.ends))
    more = f" The clerk was told: {trouble}" if trouble else ""
    return f"Order {sent.number}, {sent.story.name}: {state}{wait} instead of {wanted}.{more}"


def show(screen: Console, house: "House", *, register: Register, timing: Timing) -> None:
    _stories(screen, house, register)
    _outcomes(screen, house, register)
    _times(screen, house)
    for line in _lines(house, timing):
        screen.print(line)


def _stories(screen: Console, house: "House", register: Register) -> None:
    taken = register.taken()
    now = figures.state_and_wait(house, taken)
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    for order_id, sent in taken.items():
        ends[sent.story.name][now.get(order_id, ("lost", ""))[0]] += 1
    made = table("what happened", ">orders", "how they ended", title="Orders by story")
    for name, counts in sorted(ends.items(), key=lambda item: -item[1].total()):
        ways = ", ".join(f"{many} {state}" for state, many in counts.most_common())
        made.add_row(name, str(counts.total()), ways)
    screen.print(made)


def _outcomes(screen: Console, house: "House", register: Register) -> None:
    made = table("outcome", ">orders", title="Orders by outcome")
    for state, many in figures.states(house).most_common():
        made.add_row(state, f"{many:,}")
    for code, many in register.refused.most_common():
        made.add_row(f"refused: {plain(code)}", f"{many:,}")
    made.add_row("sent again, taken once", f"{register.repeated:,}")
    screen.print(made)


def show_returns(screen: Console, returned: Sequence[tuple[str, str]]) -> None:
    if returned:
        made = table("what came back", "and is", title="Returns by story")
        for name, state in returned:
            made.add_row(name, state)
        screen.print(made)


def _times(screen: Console, house: "House") -> None:
    made = table("state", ">visits", ">p50", ">p95", title="Time in each state")
    found = {one.state: one for one in figures.times(house)}
    for one in (found[state] for state in STATES if state in found):
        seconds = (f"{one.p50_seconds:.2f} s", f"{one.p95_seconds:.2f} s")
        made.add_row(one.state, f"{one.visits:,}", *seconds)
    screen.print(made)


def _lines(house: "House", timing: Timing) -> Iterator[str]:
    orders = figures.states(house).total()
    whole, sending = timing.whole_seconds, timing.sending_seconds
    taken = counted(orders, "order")
    yield f"{taken} taken in {sending:.1f} s ({orders / sending:,.0f} orders/s sent)"
    yield f"from the first to the last step {whole:.1f} s ({orders / whole:,.0f} orders/s finished)"
    told = figures.notices(house)
    kinds = ", ".join(f"{many:,} {name}" for name, many in told.most_common())
    yield f"{told.total():,} messages sent to customers: {kinds}"
    done = figures.outbox_by_state(house)["done"]
    yield f"{done:,} promises of the outbox kept, {timing.webhooks:,} webhooks delivered"


def verdict(screen: Console, wrong: list[str], *, report: "Report") -> bool:
    """Tell whether all is well; True when it is."""
    from purvey.queries.doctor import render

    screen.print(render(report))
    for sentence in wrong[:TOLD]:
        screen.print(Text(plain(sentence), style="red"))
    if len(wrong) > TOLD:
        screen.print(Text(f"and {len(wrong) - TOLD} more", style="red"))
    if not wrong:
        screen.print(Text("Every order ended as its story tells.", style="green"))
    return report.ok and not wrong
