"""The main job: a shop, a server and every kind of order, from the door to the end."""

import re
from pathlib import Path

import pytest

from purvey.cli.demo import figures
from purvey.cli.demo.stories import STORIES
from purvey.wiring import House
from tests.cli.conftest import Run
from tests.cli.shell import Shell
from tests.cli.shop import fill


def test_every_kind_of_order_ends_as_it_should(shell: Shell):
    shell.environment["TMPDIR"] = str(shell.folder)
    ran = shell.run("demo", "--orders", "60", "--headless", timeout=110)
    assert ran.code == 0, ran.out + ran.err
    for story in STORIES:
        assert story.refused or story.name in ran.out
    for word in ("Orders by outcome", "p50", "p95", "orders/s", "messages sent", "promises hold"):
        assert word in ran.out, word
    assert "refused: out_of_stock" in ran.out and "sent again, taken once" in ran.out
    assert list(shell.folder.glob("purvey-demo-*/shop.db")), "a new file of its own"
    assert not (shell.folder / "purvey.db").exists()


@pytest.mark.slow
def test_five_hundred_orders(shell: Shell):
    shell.environment["TMPDIR"] = str(shell.folder)
    ran = shell.run("demo", "--orders", "500", "--headless", "--seed", "2", timeout=110)
    assert ran.code == 0, ran.out + ran.err
    [closed] = re.findall(r"^ +closed +(\d+)", ran.out, re.MULTILINE)
    assert int(closed) > 400


def test_a_shop_that_is_at_work_is_left_alone(purvey: Run, house: House, here: Path):
    many = len(fill(house))
    ran = purvey("demo", "--headless", "--database", "sqlite:///purvey.db")
    assert ran.code == 2 and "empty database" in ran.err and str(here) in ran.err
    assert ran.err.count("\n") == 1
    assert figures.states(house).total() == many


def test_a_database_from_the_settings_is_taken_when_it_is_empty(
    purvey: Run, house: House, monkeypatch
):
    assert figures.is_new(house)
    fill(house)
    monkeypatch.setenv("PURVEY_DATABASE_URL", str(house.settings.database_url))
    assert "empty database" in purvey("demo", "--headless").err
