"""Ids: UUIDv7 as RFC 9562 draws it, sorted by time."""

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from purvey.kit.ids import first_id, prefixed_ids, uuid7_hex

MILLISECONDS = st.integers(0, 2**48 - 1)
ENTROPY = st.integers(0, 2**74 - 1)


def test_the_example_of_the_rfc():
    """RFC 9562, appendix A.6: rand_a is CC3, rand_b 18C4DC0C0C07398F."""
    entropy = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    assert uuid7_hex(0x017F22E279B0, entropy) == "017f22e279b07cc398c4dc0c0c07398f"


@given(MILLISECONDS, ENTROPY)
def test_every_id_is_a_uuid_of_version_7(unix_ms: int, entropy: int):
    id_ = uuid.UUID(uuid7_hex(unix_ms, entropy))
    assert id_.version == 7
    assert id_.variant == uuid.RFC_4122


@given(MILLISECONDS, MILLISECONDS, ENTROPY, ENTROPY)
def test_ids_sort_by_time(first: int, second: int, some: int, other: int):
    if first < second:
        assert uuid7_hex(first, some) < uuid7_hex(second, other)


@given(MILLISECONDS, ENTROPY, ENTROPY)
def test_other_dice_make_another_id(unix_ms: int, some: int, other: int):
    assert (uuid7_hex(unix_ms, some) == uuid7_hex(unix_ms, other)) == (some == other)


def test_an_id_says_of_what_it_is():
    new_id = prefixed_ids(lambda: 1_000, lambda bits: 2**bits - 1)
    assert new_id("ord") == "ord_0000000003e87fffbfffffffffffffff"


def test_the_first_id_of_a_moment_parts_before_from_after():
    at = datetime(2030, 1, 7, 10, tzinfo=UTC)
    ms = int(at.timestamp()) * 1000
    before, same = (prefixed_ids(lambda t=t: t, lambda _: 0)("ord") for t in (ms - 1, ms))
    assert before < first_id("ord", at) < same
