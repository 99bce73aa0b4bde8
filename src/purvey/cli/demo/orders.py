"""The JSON of each order, as a shop's front end would send it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from purvey.cli.demo.catalogue import CURRENCY, Goods
from purvey.cli.demo.people import JsonObject, mistaken, person
from purvey.cli.demo.stories import Story, share_out

MOST_UNITS = 6
OFF_BY = 50  # minor units between the catalogue and an old price list


@dataclass(frozen=True, slots=True)
class Request:
    story: Story
    body: JsonObject
    key: str


def requests(orders: int, *, wares: Sequence[Goods], dice: Random) -> list[Request]:
    """So many orders of every kind, in no order."""
    stories = share_out(orders)
    dice.shuffle(stories)
    writer = _Writer(wares, dice)
    return [writer.request(number, story) for number, story in enumerate(stories, start=1)]


class _Writer:
    def __init__(self, wares: Sequence[Goods], dice: Random):
        self._dice = dice
        self._prices = {one.sku: one.price for one in wares}
        self._ordinary = [one.sku for one in wares if one.sku[0].isdigit()]
        self._run = f"{dice.getrandbits(32):08x}"

    def request(self, number: int, story: Story) -> Request:
        who = person(number, self._dice)
        body = {
            "channel": story.channel,
            "external_id": f"{story.channel.upper()}-{number}",
            "currency": CURRENCY,
            "customer": who.contact,
            "lines": list(self._lines(story)),
            "shipping": {"method": story.shipping, "complete": story.complete},
            "payment": dict(story.payment),
            "metadata": {"demo": story.name},
        }
        if story.shipping != "pickup":
            body["ship_to"] = self._address(story, who.address)
        return Request(story, body, f"demo-{self._run}-{number}")

    def _address(self, story: Story, address: JsonObject) -> JsonObject:
        address = mistaken(address, self._dice) if story.mistake else address
        return {**address, "name": f"{address['name']} {story.word}".strip()}

    def _lines(self, story: Story) -> Iterator[JsonObject]:
        yield from ({"sku": sku, "quantity": units} for sku, units in story.items)
        fewest, most = story.ordinary
        many = self._dice.randint(max(fewest, int(not story.items)), most)
        for sku in self._dice.sample(self._ordinary, many):
            line = {"sku": sku, "quantity": self._dice.randint(1, MOST_UNITS)}
            if story.wrong_price or self._dice.random() < 0.5:
                line["unit_price"] = self._price(sku, off=OFF_BY if story.wrong_price else 0)
            yield line

    def _price(self, sku: str, *, off: int) -> str:
        pence = self._prices[sku] + off
        return f"{pence // 100}.{pence % 100:02d}"
