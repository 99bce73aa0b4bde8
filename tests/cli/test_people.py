"""`purvey user`, as an administrator at a terminal uses it."""

import json

import pytest

from purvey.storage.second_factors import find_factor, set_factor
from purvey.wiring import DEFAULT_SHARD, House
from tests.cli.conftest import Run


def add(purvey: Run, email: str = "ann@shop.example", name: str = "Ann Lee", role: str = "clerk"):
    return purvey("user", "add", email, "--name", name, "--role", role, "--json")


def test_a_person_is_added_with_a_link(purvey: Run):
    made = json.loads(add(purvey).out)
    assert (made["name"], made["role"], made["locked_at"]) == ("Ann Lee", "clerk", None)
    assert "/welcome/" in made["link"]
    [listed] = json.loads(purvey("user", "list", "--json").out)["items"]
    assert listed["email"] == "ann@shop.example"
    assert "Ann Lee" in purvey("user", "list").out
    again = json.loads(purvey("user", "link", "ANN@shop.example", "--json").out)
    assert again["link"] != made["link"]


@pytest.mark.parametrize(
    ("email", "name", "role", "said"),
    [
        ("ann", "Ann", "clerk", "e-mail address"),
        ("b@shop.example", "worker", "clerk", "person's name"),
        ("b@shop.example", "api:x", "clerk", "person's name"),
        ("b@shop.example", "Bob", "boss", "viewer, clerk"),
        ("c@shop.example", "ann  LEE", "clerk", "Somebody here has this name"),
        ("ANN@shop.example", "Cid", "clerk", "Somebody here has this e-mail"),
    ],
)
def test_what_a_person_cannot_be(purvey: Run, email: str, name: str, role: str, said: str):
    add(purvey)
    refused = add(purvey, email, name, role)
    assert refused.code == 2 and said in refused.err
    assert len(json.loads(purvey("user", "list", "--json").out)["items"]) == 1


def test_locking_and_unlocking(purvey: Run):
    add(purvey, role="administrator")
    alone = purvey("user", "lock", "ann@shop.example")
    assert alone.code == 2 and "only administrator" in alone.err
    add(purvey, "bob@shop.example", "Bob", "administrator")
    assert json.loads(purvey("user", "lock", "ann@shop.example", "--json").out)["locked_at"]
    assert purvey("user", "lock", "bob@shop.example").code == 2
    assert "let in again" in purvey("user", "unlock", "ann@shop.example").out
    assert purvey("user", "lock", "nobody@shop.example").code == 2


def test_the_first_link_is_for_a_shop_without_people(purvey: Run):
    assert "/welcome/" in purvey("user", "link").out
    add(purvey)
    assert purvey("user", "link").code == 2


def test_who_lost_the_phone_gets_a_link_without_it(purvey: Run, house: House):
    made = json.loads(add(purvey).out)
    house.database.run(
        DEFAULT_SHARD, lambda tx: set_factor(tx.sql, made["id"], secret="A", step=1, codes=["b"])
    )
    purvey("user", "link", "ann@shop.example")
    with house.database.reading(DEFAULT_SHARD) as sql:
        assert find_factor(sql, made["id"]) is not None
    purvey("user", "link", "ann@shop.example", "--without-second-factor")
    with house.database.reading(DEFAULT_SHARD) as sql:
        assert find_factor(sql, made["id"]) is None
