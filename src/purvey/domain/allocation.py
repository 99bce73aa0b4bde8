"""From where an order is sent: the whole of it from one place if one can, else from the fewest.

Pure, and total: it never gives more than a place has, and all there is up to what is wanted.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

MAX_PLACES_TRIED = 10  # beyond it, choosing the fewest by trying all sets would be too slow

Wanted = Mapping[str, int]  # sku -> units
Available = Mapping[str, Mapping[str, int]]  # sku -> place -> units; best place first
Plan = dict[str, list[tuple[str, int]]]  # sku -> [(place, units)]


def allocate(wanted: Wanted, available: Available) -> Plan:
    """What to take from where. What is missing in the plan is not there to be had."""
    one = _one_for_all(wanted, available)
    if one is not None:  # nearly always: at a quarter of the price
        return {sku: [(one, n)] for sku, n in wanted.items() if n > 0}
    places = list(dict.fromkeys(place for sku in wanted for place in available.get(sku, ())))
    goal = {sku: min(n, sum(available.get(sku, {}).values())) for sku, n in wanted.items()}
    chosen = _fewest(goal, available, places)
    return {sku: _take(n, available.get(sku, {}), chosen) for sku, n in goal.items() if n > 0}


def _one_for_all(wanted: Wanted, available: Available) -> str | None:
    """The best place that has all there is wanted."""
    nothing: Mapping[str, int] = {}
    levels = [(available.get(sku, nothing), n) for sku, n in wanted.items()]
    for place in levels[0][0] if levels else ():
        for level, n in levels:
            if level.get(place, 0) < n:
                break
        else:
            return place
    return None


def _fewest(goal: Wanted, available: Available, places: Sequence[str]) -> Sequence[str]:
    if len(places) > MAX_PLACES_TRIED:
        return _greedy(goal, available, places)
    for size in range(1, len(places)):
        for some in combinations(places, size):
            if _fills(goal, available, some):
                return some
    return places


def _fills(goal: Wanted, available: Available, places: Sequence[str]) -> bool:
    return all(_sum(available.get(sku, {}), places) >= n for sku, n in goal.items())


def _sum(levels: Mapping[str, int], places: Sequence[str]) -> int:
    return sum(levels.get(place, 0) for place in places)


def _greedy(goal: Wanted, available: Available, places: Sequence[str]) -> Sequence[str]:
    """Again and again the place that gives most of what is still missing."""
    missing, chosen = dict(goal), list[str]()
    while any(missing.values()):
        rest = [place for place in places if place not in chosen]
        best = max(rest, key=lambda place: _gives(missing, available, place))
        chosen.append(best)
        for sku, n in missing.items():
            missing[sku] = n - min(n, available.get(sku, {}).get(best, 0))
    return chosen


def _gives(missing: Wanted, available: Available, place: str) -> int:
    return sum(min(n, available.get(sku, {}).get(place, 0)) for sku, n in missing.items())


def _take(units: int, levels: Mapping[str, int], places: Sequence[str]) -> list[tuple[str, int]]:
    taken = []
    for place in places:
        n = min(units, levels.get(place, 0))
        if n > 0:
            taken.append((place, n))
            units -= n
    return taken
