"""From where an order is sent: never more than there is, all there is, from the fewest places."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.allocation import MAX_PLACES_TRIED, Available, Plan, Wanted, allocate

SKUS = ("A", "B", "C")
PLACES = ("main", "north", "south", "west")
wanted_units = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 30))


def shelves(places: tuple[str, ...]) -> st.SearchStrategy[dict[str, dict[str, int]]]:
    levels = st.dictionaries(st.sampled_from(places), st.integers(0, 20))
    return st.dictionaries(st.sampled_from(SKUS), levels)


def there_is(available: Available, sku: str) -> int:
    return sum(available.get(sku, {}).values())


def used(plan: Plan) -> set[str]:
    return {place for takes in plan.values() for place, _ in takes}


def could_fill(wanted: Wanted, available: Available, places: tuple[str, ...]) -> bool:
    """Could these places together give all that all places can give?"""
    return all(
        sum(available.get(sku, {}).get(place, 0) for place in places)
        >= min(units, there_is(available, sku))
        for sku, units in wanted.items()
    )


@pytest.mark.parametrize(
    ("wanted", "available", "plan"),
    [
        ({"A": 3}, {"A": {"main": 5}}, {"A": [("main", 3)]}),
        ({"A": 3}, {"A": {"main": 1, "north": 3}}, {"A": [("north", 3)]}),
        ({"A": 4}, {"A": {"main": 1, "north": 3}}, {"A": [("main", 1), ("north", 3)]}),
        ({"A": 3}, {"A": {"main": 5, "north": 5}}, {"A": [("main", 3)]}),
        ({"A": 9}, {"A": {"main": 5}}, {"A": [("main", 5)]}),
        ({"A": 1}, {}, {}),
        ({"A": 1}, {"A": {"main": 0}}, {}),
        (
            {"A": 1, "B": 1},
            {"A": {"main": 1, "north": 1}, "B": {"north": 1}},
            {"A": [("north", 1)], "B": [("north", 1)]},
        ),
        (
            {"A": 2, "B": 2},
            {"A": {"main": 1, "north": 1, "south": 2}, "B": {"west": 2}},
            {"A": [("south", 2)], "B": [("west", 2)]},
        ),
    ],
    ids=[
        "there is enough",
        "one place that has it all beats the better one that has a part",
        "no place has it all",
        "the better place comes first",
        "what there is, is given",
        "nobody has it",
        "the shelf is empty",
        "the whole order from one place",
        "two places rather than three",
    ],
)
def test_examples(wanted: Wanted, available: Available, plan: Plan):
    taken = allocate(wanted, available)
    assert {sku: sorted(takes) for sku, takes in taken.items() if takes} == plan


@given(wanted_units, shelves(PLACES))
def test_no_place_gives_more_than_it_has(wanted: Wanted, available: Available):
    for sku, takes in allocate(wanted, available).items():
        assert len({place for place, _ in takes}) == len(takes)
        assert all(0 < units <= available[sku][place] for place, units in takes)


@given(wanted_units, shelves(PLACES))
def test_all_that_is_wanted_or_all_there_is(wanted: Wanted, available: Available):
    plan = allocate(wanted, available)
    for sku, units in wanted.items():
        assert sum(n for _, n in plan.get(sku, ())) == min(units, there_is(available, sku))


@given(wanted_units, shelves(PLACES))
def test_from_the_fewest_places(wanted: Wanted, available: Available):
    plan = allocate(wanted, available)
    for size in range(len(used(plan))):
        for fewer in combinations(PLACES, size):
            assert not could_fill(wanted, available, fewer), f"{fewer} would have done"


@given(wanted_units, shelves(tuple(f"place {n}" for n in range(MAX_PLACES_TRIED + 5))))
def test_with_very_many_places_it_still_adds_up(wanted: Wanted, available: Available):
    plan = allocate(wanted, available)
    for sku, units in wanted.items():
        takes = plan.get(sku, [])
        assert sum(n for _, n in takes) == min(units, there_is(available, sku))
        assert all(n <= available[sku][place] for place, n in takes)


def test_thirty_places_are_decided_at_once():
    """Trying all sets of thirty places would take hours."""
    places = {f"place {n}": 1 for n in range(30)}
    assert len(used(allocate({"A": 30, "B": 30}, {"A": places, "B": places}))) == 30


@given(st.lists(wanted_units, max_size=15), shelves(PLACES))
def test_a_batch_never_oversells(batch: list[Wanted], shelf: dict[str, dict[str, int]]):
    """One order after the other takes from what the ones before have left."""
    left = {sku: dict(levels) for sku, levels in shelf.items()}
    for wanted in batch:
        for sku, takes in allocate(wanted, left).items():
            for place, units in takes:
                left[sku][place] -= units
    assert all(units >= 0 for levels in left.values() for units in levels.values())
