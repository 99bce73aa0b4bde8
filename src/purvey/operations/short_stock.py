"""Stock for a draft: from where it is taken, what is backordered, or why it cannot be taken on."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from purvey.domain.allocation import Plan, allocate
from purvey.domain.draft import Draft, Finding
from purvey.domain.policies import Policies
from purvey.kit.process import Refusal
from purvey.operations.shelves import Shelves


@dataclass(frozen=True, slots=True)
class Allocated:
    """`plan` is reserved already; `short` is promised beyond stock."""

    plan: Plan
    short: Mapping[str, int]
    findings: tuple[Finding, ...] = ()


def allocate_draft(draft: Draft, shelves: Shelves, *, policies: Policies) -> Allocated | Refusal:
    wanted: dict[str, int] = defaultdict(int)
    for line in draft.lines:
        wanted[line.sku] += line.quantity
    available = {sku: _within(draft, shelves.available(sku)) for sku in wanted}
    plan = allocate(wanted, available)
    short = {
        sku: missing
        for sku, units in wanted.items()
        if (missing := units - sum([n for _, n in plan.get(sku, ())]))
    }
    findings = tuple(_beyond_limit(shelves, draft, short, available, policies)) if short else ()
    if findings and policies.short_stock != "hold":
        more = tuple(Refusal(f.code, f.sentence, pointer=f.field) for f in findings)
        return Refusal("out_of_stock", more[0].sentence, pointer=more[0].pointer, more=more)
    shelves.reserve(plan)
    for sku, units in short.items():
        shelves.add_backordered(sku, units)
    return Allocated(plan, short, findings)


def _within(draft: Draft, places: dict[str, int]) -> dict[str, int]:
    """What the customer takes along has to be where the customer is."""
    here = draft.shipping.location
    return places if here is None else {here: places.get(here, 0)}


def _beyond_limit(
    shelves: Shelves,
    draft: Draft,
    short: Mapping[str, int],
    available: Mapping[str, Mapping[str, int]],
    policies: Policies,
) -> list[Finding]:
    """What is missing beyond the product's backorder limit, told at its first line."""
    backorders = policies.short_stock != "refuse"
    beyond = []
    for sku, missing in short.items():
        room = shelves.backorder_room(sku) if backorders else 0
        if missing > room:
            index = next(i for i, line in enumerate(draft.lines) if line.sku == sku)
            have = sum(available[sku].values())
            also = f", and {room} more can be backordered" if room else ""
            sentence = f"Not enough stock of {sku}: {have} available{also}."
            beyond.append(Finding("out_of_stock", f"/lines/{index}/quantity", sentence, "hold"))
    return beyond
