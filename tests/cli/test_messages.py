import json

import pytest

from purvey.kit.frozen import evolve
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.run import Worker
from tests.cli.conftest import Run
from tests.cli.shop import fill
from tests.cli.test_bad_input import refused


@pytest.fixture
def stuck(house: House) -> list[str]:
    """Keys of messages about payments that the worker gave up."""
    fill(house)
    house.database.run(
        DEFAULT_SHARD,
        lambda tx: tx.sql.execute(
            "update outbox set state = 'gave_up', last_error = 'no such gateway'"
            " where shard = :shard and effect = 'payment.secure'"
        ),
    )
    with house.database.reading(DEFAULT_SHARD) as sql:
        rows = sql.rows(
            "select key from outbox where shard = :shard and state = 'gave_up' order by key"
        )
    assert len(rows) > 2
    return [row.key for row in rows]


def listed(purvey: Run, *arguments: str) -> list[str]:
    shown = json.loads(purvey("messages", "list", "--json", *arguments).out)
    return [message["key"] for message in shown["items"]]


def test_the_list_shows_what_is_stuck(purvey: Run, stuck: list[str]):
    assert listed(purvey, "--state", "gave_up") == stuck
    assert listed(purvey, "--topic", "payment", "--state", "gave_up", "--limit", "2") == stuck[:2]
    assert listed(purvey, "--state", "gave_up", "--topic", "label") == []
    assert set(stuck) < set(listed(purvey, "--limit", "500"))  # and what is still to be done
    assert "no such gateway" in purvey("messages", "list", "--state", "gave_up").out
    assert "nothing is stuck" in purvey("messages", "list", "--topic", "label").out


def test_one_with_its_reason(purvey: Run, stuck: list[str]):
    assert "no such gateway" in purvey("messages", "show", stuck[0]).out
    shown = json.loads(purvey("messages", "show", stuck[0], "--json").out)
    assert (shown["state"], shown["effect"]) == ("gave_up", "payment.secure")


def test_one_is_tried_again(purvey: Run, stuck: list[str]):
    assert purvey("messages", "retry", stuck[0]).out.startswith("1 message will be tried again")
    assert listed(purvey, "--state", "gave_up") == stuck[1:]


def test_all_are_tried_again_and_done(purvey: Run, house: House, stuck: list[str]):
    ran = purvey("messages", "retry", "--all-given-up", "--topic", "label", "--json")
    assert json.loads(ran.out) == {"retried": 0, "refused": []}
    ran = purvey("messages", "retry", "--all-given-up", "--json")
    assert json.loads(ran.out)["retried"] == len(stuck)
    worker = Worker(evolved(house))
    worker.round()
    worker.close()
    assert set(listed(purvey, "--state", "done", "--limit", "500")) & set(stuck)


def evolved(house: House) -> House:
    """With cards that answer at once."""
    house.settings = evolve(house.settings, sandbox_slow_seconds=0.0)
    return house


def test_what_cannot_be_tried_again_is_told_and_the_others_are(purvey: Run, stuck: list[str]):
    ran = purvey("messages", "retry", stuck[0], "no-such-key", "--json")
    assert ran.code == 1
    answer = json.loads(ran.out)
    assert answer["retried"] == 1
    assert [x["code"] for x in answer["refused"]] == ["not_found"]
    assert purvey("messages", "retry", stuck[0]).code == 1  # it is open already


def test_wrong_words(purvey: Run, stuck: list[str]):
    refused(purvey("messages", "list", "--state", "lost"), "--state", "gave_up")
    refused(purvey("messages", "list", "--limit", "0"), "--limit")
    refused(purvey("messages", "show", "x"), "purvey messages list")
    refused(purvey("messages", "retry"), "--all-given-up")
    refused(purvey("messages", "retry", "x", "--all-given-up"), "--all-given-up")
    refused(purvey("messages", "retry", "x", "--topic", "label"), "--topic")
