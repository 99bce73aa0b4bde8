"""A small shop to look at: the demo's goods, and a few orders of every kind, received at once."""

from random import Random

from purvey.cli.demo import catalogue
from purvey.cli.demo.orders import requests
from purvey.operations.receive import Received
from purvey.web.api.drafts import draft_of
from purvey.wiring import House

ORDERS = 50


def fill(house: House) -> list[Received]:
    """The orders that were taken."""
    wares = catalogue.goods(Random(1), orders=ORDERS)
    catalogue.stock_the_shop(house, wares)
    drafts = [
        draft_of(request.body, house.policies, actor="test", key=request.key)
        for request in requests(ORDERS, wares=wares, dice=Random(1))
    ]
    answers = house.receive(drafts, actor="test")
    return [answer for answer in answers if isinstance(answer, Received)]
