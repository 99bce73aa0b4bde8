import csv
import io
import json

import pytest

from purvey.cli.demo.catalogue import IN_NORTH, NEVER, SCARCE
from purvey.wiring import House
from tests.cli.conftest import Run
from tests.cli.shop import fill


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    fill(house)


def level(purvey: Run, sku: str) -> dict[str, int]:
    [found] = json.loads(purvey("stock", "show", sku, "--json").out)["items"]
    return found


def test_units_come_and_go(purvey: Run):
    before = level(purvey, IN_NORTH)["on_hand"]
    for change, on_hand in (("5", before + 5), ("-3", before + 2)):
        ran = purvey(
            "stock",
            "adjust",
            IN_NORTH,
            change,
            "--location",
            "north",
            "--reason",
            "count",
            "--json",
        )
        assert json.loads(ran.out)["on_hand"] == on_hand
    assert level(purvey, IN_NORTH)["on_hand"] == before + 2


def test_reserved_units_cannot_go(purvey: Run):
    there = level(purvey, IN_NORTH)
    assert there["reserved"]
    ran = purvey(
        "stock", "adjust", IN_NORTH, f"-{there['on_hand']}", "--location", "north", "--reason", "x"
    )
    assert ran.code == 2 and "reserved" in ran.err
    assert level(purvey, IN_NORTH) == there


def test_what_is_wrong_is_named(purvey: Run):
    for arguments, word in (
        (("adjust", "NOPE", "1", "--reason", "x"), "sku"),
        (("adjust", IN_NORTH, "1", "--reason", "x", "--location", "moon"), "location"),
        (("adjust", IN_NORTH, "0", "--reason", "x"), "change"),
        (("adjust", IN_NORTH, "1", "--reason", ""), "--reason"),
        (("expect", IN_NORTH, "0"), "units"),
        (("expect", IN_NORTH, "5", "--on", "tomorrow"), "--on"),
        (("receive", "sup_none"), "no such"),
    ):
        ran = purvey("stock", *arguments)
        assert ran.code == 2 and word in ran.err, ran


def test_an_announced_delivery_arrives_in_two_parts(purvey: Run):
    made = json.loads(purvey("stock", "expect", NEVER, "9", "--on", "2030-05-03", "--json").out)
    assert made["expected_on"] == "2030-05-03"
    assert made["id"] in purvey("stock", "supplies", NEVER).out
    first = purvey("stock", "receive", made["id"], "--quantity", "4", "--more-follows", "--json")
    assert json.loads(first.out)["state"] == "expected"
    rest = json.loads(purvey("stock", "receive", made["id"], "--json").out)
    assert (rest["state"], rest["arrived"]) == ("arrived", 9)
    assert level(purvey, NEVER)["on_hand"] == 9
    again = purvey("stock", "receive", made["id"])
    assert again.code == 2 and "arrived" in again.err


def test_all_stock_as_csv(purvey: Run):
    rows = list(csv.DictReader(io.StringIO(purvey("stock", "show", "--csv").out)))
    assert len(rows) > 700  # 240 products in three places
    assert {"sku", "location", "on_hand", "reserved", "available"} == set(rows[0])
    assert {row["sku"] for row in rows} >= set(SCARCE)
