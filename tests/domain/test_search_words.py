"""Words as they are kept and looked for: one spelling for both."""

import pytest

from purvey.domain.barcode import gtin
from purvey.domain.search_words import MAX_WORDS, terms_of, words_of_customer, words_of_product


def test_a_customer_is_found_by_each_word_of_the_name_and_by_the_phone_as_it_is_dialled():
    words = words_of_customer(
        name="Zoë Müller-Straße", email="Z.M@Example.com", phone="+44 (0)20 7946", external_id="C 9"
    )
    assert {"zoe", "muller-strasse", "strasse", "z.m@example.com", "c 9"} <= set(words)
    for dialled in ("020 7946", "+44 20 79", "0044207", "(020) 79"):
        assert any(word.startswith(*terms_of(dialled)) for word in words), dialled


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("  Ann  LEE ", ["ann", "lee"]),
        ("+44 20-7946", ["44207946"]),
        ("020 7946", ["207946"]),
        ("12", ["12"]),
        ("(lee)", ["lee"]),
        ("", []),
        ("!!", []),
        ("ann ann", ["ann"]),
    ],
)
def test_what_is_typed_becomes_beginnings(typed: str, terms: list[str]):
    assert terms_of(typed) == terms


def test_what_is_found_by_another_word_is_not_kept_twice():
    words = {"name": "Ann Lee-Ann", "email": "ann.lee@x.example", "phone": None}
    assert words_of_customer(**words, external_id="ann.le") == ["lee-ann", "ann.lee@x.example"]


def test_the_words_of_one_thing_are_bounded():
    assert len(words_of_product(sku="A", name=" ".join(f"w{n:02}" for n in range(99)))) == MAX_WORDS
    assert max(map(len, words_of_product(sku="A" * 999, name="b" * 999))) == 64


@pytest.mark.parametrize(
    ("scanned", "kept"),
    [
        ("4006381333931", "4006381333931"),
        ("4006381-333931", "4006381333931"),
        ("73513537", "73513537"),
        ("036000291452", "0036000291452"),
        ("0036000291452", "0036000291452"),
        ("00036000291452", "0036000291452"),
        ("10036000291459", "10036000291459"),
        ("4006381333932", None),
        ("123", None),
        ("", None),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", None),
    ],
)
def test_a_barcode_is_kept_in_one_form_whichever_way_it_is_scanned(scanned: str, kept: str | None):
    assert gtin(scanned) == kept
