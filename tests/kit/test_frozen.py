"""Changed copies of frozen things."""

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.kit.frozen import evolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Crate:
    bottles: int
    full: int = 0
    label: str = "beer"

    def __post_init__(self) -> None:
        assert 0 <= self.full <= self.bottles, "more full bottles than bottles"


@dataclass(frozen=True, slots=True)
class Bare:
    """Has no invariants."""

    name: str


def test_only_what_is_named_changes():
    before = Crate(bottles=6, full=6)
    after = evolve(before, full=5)
    assert after == Crate(bottles=6, full=5)
    assert before.full == 6


def test_the_copy_is_frozen_too():
    with pytest.raises(FrozenInstanceError):
        evolve(Bare("a"), name="b").name = "c"  # type: ignore[misc]


def test_invariants_are_checked_as_always():
    with pytest.raises(AssertionError, match="more full bottles"):
        evolve(Crate(bottles=6), full=7)


def test_a_field_that_is_not_there_is_a_bug():
    with pytest.raises((KeyError, AttributeError, TypeError)):
        evolve(Bare("a"), nmae="b")


@given(st.integers(1, 9), st.text(), st.booleans())
def test_it_is_what_replace_makes(bottles: int, label: str, everything: bool):
    changes = {"bottles": bottles, "label": label} if everything else {"label": label}
    crate = Crate(bottles=1)
    assert evolve(crate, **changes) == replace(crate, **changes)
