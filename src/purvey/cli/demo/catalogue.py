"""What the demo's shop sells: 240 ordinary products, and a few that make trouble, by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from purvey.kit.process import Refusal

if TYPE_CHECKING:
    from purvey.wiring import House

ACTOR = "demo"
CURRENCY = "GBP"
LOCATIONS = (("main", "Leeds", 0), ("north", "Glasgow", 1), ("south", "Bristol", 2))
ORDINARY = 240

SCARCE = ("SCARCE-1", "SCARCE-2", "SCARCE-3")  # a few there, a delivery on its way
NEVER = "NEVER-1"  # none there, none on its way: whoever orders it gives up
SOLD_OUT = "GONE-1"  # none there, and none may be promised
RETIRED = "RETIRED-1"
HEAVY = "HEAVY-1"  # two of them are more than the carrier takes
PRECIOUS = "PRECIOUS-1"  # three of them are more than a clerk lets pass unseen
IN_NORTH, IN_SOUTH = "ONLY-NORTH", "ONLY-SOUTH"  # together they need two parcels


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """`stock`: units by location; `expected`: units that the supplier has announced."""

    sku: str
    name: str
    price: int
    weight_grams: int = 400
    stock: Mapping[str, int] = field(default_factory=dict)
    backorder_limit: int = 0
    expected: int = 0
    active: bool = True


def goods(dice: Random, *, orders: int) -> list[Goods]:
    """Enough of everything for so many orders, save where something is meant to run short."""
    return [*_ordinary(dice, orders), *_special(orders)]


def _ordinary(dice: Random, orders: int) -> Iterator[Goods]:
    names = [f"{adjective} {noun}" for adjective in ADJECTIVES for noun in NOUNS]
    for number, name in enumerate(dice.sample(names, ORDINARY)):
        many = 200 + orders
        yield Goods(
            sku=f"{20_000 + number * 7}{'ABC'[number % 3]}",
            name=name,
            price=dice.choice((65, 125, 210, 255, 399, 550, 795, 1250, 1995, 3450)),
            weight_grams=dice.randrange(50, 900, 25),
            stock={"main": many, "north": many // 2, "south": many // 3},
        )


def _special(orders: int) -> list[Goods]:
    plenty = 500 + 10 * orders
    return [
        *(
            Goods(
                sku=sku,
                name=f"Advent calendar no. {number}",
                price=1499,
                stock={"south": 1},
                backorder_limit=plenty,
                expected=plenty,
            )
            for number, sku in enumerate(SCARCE, start=1)
        ),
        Goods(sku=NEVER, name="Snow globe, 1953", price=8900, backorder_limit=plenty),
        Goods(sku=SOLD_OUT, name="Last year's diary", price=300),
        Goods(sku=RETIRED, name="Fax paper", price=450, stock={"main": 40}, active=False),
        _stocked(HEAVY, "Anvil, 20 kg", price=7500, place="main", units=plenty, weight=20_000),
        _stocked(PRECIOUS, "Silver tea urn", price=199_900, place="main", units=plenty),
        _stocked(IN_NORTH, "Wool blanket", price=5900, place="north", units=plenty),
        _stocked(IN_SOUTH, "Beach towel", price=1900, place="south", units=plenty),
    ]


def _stocked(
    sku: str, name: str, *, price: int, place: str, units: int, weight: int = 800
) -> Goods:
    return Goods(sku=sku, name=name, price=price, weight_grams=weight, stock={place: units})


def stock_the_shop(house: "House", wares: Sequence[Goods]) -> None:
    """Locations, products, opening stock and announced deliveries: one commit for each."""
    from purvey.operations.adjust_stock import adjust_stock, announce_supplies
    from purvey.operations.put_places import put_locations
    from purvey.operations.put_products import put_products
    from purvey.ports.storage import Location

    places = [Location(code=c, name=name, priority=p) for c, name, p in LOCATIONS]
    house.do(put_locations, places, actor=ACTOR)
    house.do(put_products, [_product(one) for one in wares], actor=ACTOR)
    for answers in (
        house.do(adjust_stock, list(_opening(wares)), actor=ACTOR),
        house.do(announce_supplies, list(_announced(house, wares)), actor=ACTOR),
    ):
        refusals = [answer for answer in answers if isinstance(answer, Refusal)]
        assert not refusals, refusals


def _product(one: Goods) -> object:
    from purvey.ports.storage import Product

    return Product(
        sku=one.sku,
        name=one.name,
        price=one.price,
        currency=CURRENCY,
        weight_grams=one.weight_grams,
        backorder_limit=one.backorder_limit,
        active=one.active,
    )


def _opening(wares: Sequence[Goods]) -> Iterator[object]:
    from purvey.operations.adjust_stock import Adjustment

    for one in wares:
        for place, units in one.stock.items():
            yield Adjustment(sku=one.sku, location=place, change=units, reason="opening stock")


def _announced(house: "House", wares: Sequence[Goods]) -> Iterator[object]:
    from purvey.operations.adjust_stock import Announcement

    tomorrow = (house.clock() + timedelta(days=1)).date()
    for one in wares:
        if one.expected:
            yield Announcement(
                sku=one.sku, location="main", quantity=one.expected, expected_on=tomorrow
            )


ADJECTIVES = (
    "Blue", "Red", "White", "Striped", "Spotted", "Vintage", "Small", "Large", "Wooden", "Tin",
    "Glass", "Knitted", "Folding", "Round", "Floral", "Retro", "Enamel", "Wicker", "Linen", "Paper",
)  # fmt: skip
NOUNS = (
    "mug", "teapot", "lunch box", "cushion", "candle holder", "photo frame", "alarm clock",
    "cake tin", "apron", "doormat", "lantern", "storage jar", "key rack", "bird house", "tea towel",
    "gift bag", "wall clock", "egg cup", "hot water bottle", "jigsaw",
)  # fmt: skip
