"""Money: text to minor units and back, and shares that add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.money import EXPONENTS, MAX_MINOR, BadAmount, shares, to_minor, to_text

CURRENCIES = st.sampled_from(["GBP", "JPY", "KWD", "CLF"])
AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("15.30", "GBP", 1530),
        ("15.3", "GBP", 1530),
        ("15", "GBP", 1500),
        ("-0.05", "GBP", -5),
        ("0", "GBP", 0),
        ("1000", "JPY", 1000),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("1e2", "GBP", 10000),
    ],
)
def test_text_becomes_minor_units(text: str, currency: str, minor: int):
    assert to_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1530, "GBP", "15.30"),
        (5, "GBP", "0.05"),
        (-5, "GBP", "-0.05"),
        (-1530, "GBP", "-15.30"),
        (0, "GBP", "0.00"),
        (1000, "JPY", "1000"),
        (1, "KWD", "0.001"),
        (-12345, "CLF", "-1.2345"),
    ],
)
def test_minor_units_become_text(minor: int, currency: str, text: str):
    assert to_text(minor, currency) == text


@pytest.mark.parametrize(
    ("text", "currency", "what_would_be_right"),
    [
        ("15.305", "GBP", "GBP has 2 decimals; the amount has more"),
        ("0.5", "JPY", "JPY has 0 decimals; the amount has more"),
        ("1.2345", "KWD", "KWD has 3 decimals; the amount has more"),
        ("fifteen", "GBP", 'Write the amount as a decimal string such as "15.30"'),
        ("", "GBP", "Write the amount"),
        ("15,30", "GBP", "Write the amount"),
        ("sNaN", "GBP", "Write the amount"),
        ("NaN", "GBP", "out of range"),
        ("Infinity", "GBP", "out of range"),
        ("1e400", "GBP", "out of range"),
        ("10000000000000.01", "GBP", "out of range"),
        ("1", "GPB", "Give an ISO 4217 currency code such as GBP"),
        ("1", "gbp", "Give an ISO 4217 currency code"),
    ],
)
def test_what_is_no_amount_is_answered_with_what_would_be_right(
    text: str, currency: str, what_would_be_right: str
):
    with pytest.raises(BadAmount, match=what_would_be_right):
        to_minor(text, currency)


def test_a_decimal_is_an_amount_too():
    assert to_minor(Decimal("2.55"), "GBP") == 255


@given(AMOUNTS, CURRENCIES)
def test_text_and_minor_units_are_the_same_amount(minor: int, currency: str):
    assert to_minor(to_text(minor, currency), currency) == minor


def test_every_currency_has_as_many_decimals_as_the_standard_says():
    assert {code for code, exponent in EXPONENTS.items() if exponent == 3} == {
        *("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
    }
    assert EXPONENTS["JPY"] == EXPONENTS["KRW"] == EXPONENTS["CLP"] == 0
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [1, 2], [3, 7]),
        (1, [1, 1], [1, 0]),
        (7, [0, 0], [7, 0]),
        (7, [0, 5], [0, 7]),
        (0, [3, 4], [0, 0]),
        (5, [], []),
    ],
)
def test_shares_by_largest_remainder_first_come_first(
    amount: int, weights: list[int], parts: list[int]
):
    assert shares(amount, weights) == parts


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up(amount: int, weights: list[int]):
    assert sum(shares(amount, weights)) == amount


@given(AMOUNTS, WEIGHTS)
def test_no_share_is_off_by_a_whole_unit(amount: int, weights: list[int]):
    total = sum(weights)
    for part, weight in zip(shares(amount, weights), weights, strict=True):
        assert not total or abs(part * total - amount * weight) < total


@given(AMOUNTS, WEIGHTS)
def test_who_owes_nothing_gets_nothing_and_no_share_turns_around(amount: int, weights: list[int]):
    parts = shares(amount, weights)
    assert all(part * amount >= 0 for part in parts)
    if any(weights):
        assert not any(part for part, weight in zip(parts, weights, strict=True) if not weight)
