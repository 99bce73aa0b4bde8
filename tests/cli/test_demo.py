"""The main job: a shop, a server and every kind of order, from the door to the end."""

import re
import signal
from pathlib import Path

import pytest

from purvey.cli.demo import figures
from purvey.cli.demo.stories import STORIES
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.lease import owner_name, take_lease
from tests.cli.conftest import Run
from tests.cli.shell import Shell, wait_for
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
    assert "purvey-demo-" in ran.out, "a new file of its own"
    assert not list(shell.folder.glob("purvey-demo-*")), "which goes with the demo"
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


def test_a_shop_that_is_being_served_is_left_alone(purvey: Run, house: House, here: Path):
    """Nothing is in it yet, but its worker would do the demo's work, too."""
    assert take_lease(house, DEFAULT_SHARD, owner=owner_name())
    ran = purvey("demo", "--headless", "--database", "sqlite:///purvey.db")
    assert ran.code == 2 and "is being served" in ran.err
    assert figures.is_new(house)


def test_a_demo_that_is_interrupted_leaves_nothing_behind(shell: Shell):
    shell.environment["TMPDIR"] = str(shell.folder)
    with shell.started("demo", "--orders", "500", "--headless") as demo:
        wait_for(lambda: "sending" in demo.said(), "orders on their way")
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(20) == 130
        assert "Traceback" not in demo.said()
    assert not list(shell.folder.glob("purvey-demo-*"))


def test_its_database_and_the_gateways_books_stay_where_one_is_named(shell: Shell):
    ran = shell.run("demo", "--orders", "5", "--headless", "--database", "sqlite:///mine.db")
    assert ran.code == 0, ran.out + ran.err
    assert "5 orders taken" in ran.out or "4 orders taken" in ran.out, ran.out
    shell.environment["PURVEY_DATABASE_URL"] = "sqlite:///mine.db"
    assert shell.run("doctor").code == 0
