"""Returns from the shell: from the wish to the money."""

import json

import pytest

from purvey.domain.order import Order
from purvey.testing import Clock, Shop
from purvey.wiring import House
from tests.cli.conftest import Run
from tests.operations.returning import delivered


@pytest.fixture
def order(house: House) -> Order:
    shop = Shop(house, Clock(house.clock()))
    shop.stock(10, "A", price=500)
    return delivered(shop, (4, "A"))


def test_a_return_goes_its_way(purvey: Run, order: Order):
    asked = purvey("returns", "request", str(order.number), "--line", "1=2", "--json")
    returned = json.loads(asked.out)["id"]
    assert "is approved" in purvey("returns", "approve", returned).out
    assert "Waiting to be inspected" in purvey("returns", "arrived", returned).out
    found = ("--found", "1=1:as_new:restock", "--found", "1=1:opened:scrap:50")
    assert "7.50 GBP go back" in purvey("returns", "inspect", returned, *found).out
    assert "is settled" in purvey("returns", "settle", returned).out
    assert "7.50 GBP" in purvey("returns", "show", returned).out
    listed = json.loads(purvey("returns", "list", "--state", "settled", "--json").out)
    assert [one["id"] for one in listed["items"]] == [returned]
    assert "There is no such return." in purvey("returns", "list", "--state", "refused").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("request", "9999", "--line", "1=1"), "There is no order"),
        (("request", "1001", "--line", "1"), "LINE=UNITS"),
        (("request", "1001", "--line", "1=9"), "at most 4 units"),
        (("show", "ret_none"), "There is no return"),
        (("approve", "ret_none"), "There is no such return"),
        (("inspect", "ret_none", "--found", "1=1:new"), "CONDITION:DISPOSITION"),
        (("list", "--state", "eaten"), "--state"),
        (("list", "--limit", "0"), "--limit"),
    ],
)
def test_what_is_wrong_is_one_line(
    purvey: Run, order: Order, arguments: tuple[str, ...], words: str
):
    ran = purvey("returns", *arguments)
    assert ran.code == 2 and words in ran.err and ran.err.count("\n") == 1
