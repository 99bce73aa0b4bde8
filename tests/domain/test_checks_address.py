"""Can a parcel be delivered there? By the rules of each country, offline."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.checks import check_draft, hold_type
from purvey.domain.draft import Finding, Shipping
from purvey.domain.policies import Policies
from tests.domain.drafts import a_draft


def findings(ship_to: Any, **changes: Any) -> list[Finding]:
    return list(check_draft(a_draft(ship_to=ship_to, **changes), Policies()))


def codes(ship_to: Any, **changes: Any) -> list[tuple[str, str, str]]:
    return [(f.code, f.field, f.severity) for f in findings(ship_to, **changes)]


def test_an_order_that_is_shipped_needs_an_address() -> None:
    assert codes(None) == [("address_missing", "/ship_to", "hold")]


def test_an_order_that_is_fetched_needs_none() -> None:
    assert codes(None, shipping=Shipping(method="pickup")) == []


@pytest.mark.parametrize("field", ["line1", "city", "postal_code"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_each_missing_part_is_named(field: str, nothing: str | None) -> None:
    assert codes({field: nothing}) == [("address_incomplete", f"/ship_to/{field}", "hold")]


def test_all_that_is_missing_is_told_at_once() -> None:
    found = findings({"line1": None, "city": None, "postal_code": "99"})
    assert [f.field for f in found] == ["/ship_to/line1", "/ship_to/city", "/ship_to/postal_code"]


def test_a_missing_country_and_a_wrong_one_are_told_apart() -> None:
    assert codes({"country": None}) == [("address_incomplete", "/ship_to/country", "hold")]
    assert codes({"country": "UK"}) == [("country_unknown", "/ship_to/country", "hold")]
    assert codes({"country": "ALL"}) == [("country_unknown", "/ship_to/country", "hold")]


def test_the_sentence_says_what_would_be_right() -> None:
    (finding,) = findings({"postal_code": "90210"})
    assert finding.code == "postal_code_mismatch"
    assert finding.sentence == "This is no postal code of United Kingdom; one looks like EC1Y 8SY."


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("GB", "ls1  4dt", "LS1"),
        ("DE", "10115", "1011"),
        ("DE", "D-10115", "101155"),
        ("NL", "1012 AB", "012 AB"),
        ("SE", "SE-111 22", "11"),
        ("LV", "LV-1010", "10"),
        ("CH", "8001", "80001"),
        ("FR", "75001", "7501"),
    ],
)
def test_postal_codes_by_country(country: str, good: str, bad: str) -> None:
    assert codes({"country": country, "postal_code": good}) == []
    assert codes({"country": country, "postal_code": bad}) == [
        ("postal_code_mismatch", "/ship_to/postal_code", "hold")
    ]


@pytest.mark.parametrize("region", ["CA", "ca", "California", "US-CA"])
def test_a_region_is_known_by_all_its_names(region: str) -> None:
    assert codes(_us(region, "90210")) == []


def test_accents_are_not_needed() -> None:
    spain = {"country": "ES", "city": "Vitoria", "postal_code": "01001"}
    assert codes({**spain, "region": "Alava"}) == []


def test_a_postal_code_of_another_region_is_held() -> None:
    (finding,) = findings(_us("NY", "90210"))
    assert (finding.code, finding.field) == ("postal_code_mismatch", "/ship_to/postal_code")
    assert "another region" in finding.sentence


def test_an_unknown_region_is_held_where_mail_needs_it_and_noted_where_not() -> None:
    assert codes(_us("Narnia", "90210")) == [("region_unknown", "/ship_to/region", "hold")]
    ireland = {"country": "IE", "city": "Dublin", "postal_code": "D02 AF30", "region": "Narnia"}
    assert codes(ireland) == [("region_unknown", "/ship_to/region", "note")]


def test_a_missing_region_is_held_where_mail_needs_it() -> None:
    assert codes(_us(None, "90210")) == [("address_incomplete", "/ship_to/region", "hold")]


def test_city_states_need_no_city() -> None:
    assert codes({"country": "SG", "city": None, "postal_code": "018956"}) == []


def test_a_country_without_postal_codes_takes_any_or_none() -> None:
    hong_kong = {"country": "HK", "city": "Central", "region": "Hong Kong Island"}
    assert codes({**hong_kong, "postal_code": None}) == []


def test_no_sentence_quotes_the_address() -> None:
    place = {"postal_code": "SECRET", "region": "Secretland", "line1": "Secret 1", "city": None}
    assert "ecret" not in " ".join(f.sentence for f in findings({**_us(None, "x"), **place}))


def _us(region: str | None, postal_code: str) -> dict[str, str | None]:
    return {"country": "US", "city": "Somewhere", "region": region, "postal_code": postal_code}


COUNTRIES = st.sampled_from(
    ["GB", "US", "CN", "BR", "IE", "HK", "JP", "CH", "AE", "AQ", "ZZ", "all"]
)


@given(
    country=COUNTRIES | st.text(max_size=3),
    region=st.none() | st.text(),
    postal_code=st.none() | st.text(),
    line1=st.none() | st.text(),
    city=st.none() | st.text(),
)
def test_no_text_makes_the_check_raise(**ship_to: str | None) -> None:
    for finding in findings(ship_to):
        assert finding.field.startswith("/ship_to")


def test_findings_of_an_address_become_holds_of_type_address() -> None:
    found = findings({"line1": None, "postal_code": "1"}) + findings(None) + findings(_us("X", "1"))
    assert {hold_type(finding.code) for finding in found} == {"address"}
