"""Who orders at the demo's shop, and where it goes. Nobody here exists; the places do."""

from dataclasses import dataclass
from random import Random
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    line1: str
    city: str
    postal_code: str
    country: str
    region: str | None = None


PLACES = (
    Place("1 High Street", "Leeds", "LS1 4DT", "GB"),
    Place("22 Stonegate", "York", "YO1 8AS", "GB"),
    Place("7 Queen Square", "Bristol", "BS1 4JE", "GB"),
    Place("140 West Regent Street", "Glasgow", "G2 2RQ", "GB"),
    Place("18 Cathedral Road", "Cardiff", "CF11 9LJ", "GB"),
    Place("35 Donegall Place", "Belfast", "BT1 5AD", "GB"),
    Place("Invalidenstraße 44", "Berlin", "10115", "DE"),
    Place("Sendlinger Straße 8", "München", "80331", "DE"),
    Place("14 rue de Rivoli", "Paris", "75004", "FR"),
    Place("3 place Bellecour", "Lyon", "69002", "FR"),
    Place("1120 SW 5th Avenue", "Portland", "97204", "US", "OR"),
    Place("301 Congress Avenue", "Austin", "78701", "US", "TX"),
)
FIRST = (
    "Ann", "Ben", "Chloé", "David", "Elif", "Fatima", "Grace", "Henry", "Ivy", "Jürgen", "Kofi",
    "Laura", "Mo", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Søren", "Tessa",
)  # fmt: skip
LAST = (
    "Ashworth", "Baker", "Chen", "Dubois", "Evans", "Fischer", "García", "Hughes", "Ito", "Jones",
    "Khan", "Larsen", "Müller", "Novak", "O'Neill", "Patel", "Quinn", "Rossi", "Smith", "Taylor",
)  # fmt: skip

# What customers get wrong: the fields as they write them.
MISTAKES: tuple[JsonObject, ...] = (
    {"postal_code": None},
    {"postal_code": "12"},
    {"city": None},
    {"line1": None},
    {"country": "Narnia"},
)


@dataclass(frozen=True, slots=True)
class Person:
    contact: JsonObject
    address: JsonObject


def person(number: int, dice: Random) -> Person:
    """One customer for each number: two orders look alike only where a story wants it."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    place = dice.choice(PLACES)
    contact = {
        "email": f"customer{number}@example.com",
        "name": f"{first} {last}",
        "phone": f"+44207946{dice.randrange(10_000):04d}",
    }
    return Person(contact, _address(contact["name"], place))


def _address(name: str, place: Place) -> JsonObject:
    return {
        "name": name,
        "line1": place.line1,
        "city": place.city,
        "region": place.region,
        "postal_code": place.postal_code,
        "country": place.country,
    }


def mistaken(address: JsonObject, dice: Random) -> JsonObject:
    return {**address, **dice.choice(MISTAKES)}
