import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from purvey.adapters.standard_webhooks import new_secret
from purvey.config import read_settings
from purvey.operations.webhook_deliveries import send_tests
from purvey.operations.webhooks import NewEndpoint, add_endpoints
from purvey.wiring import House
from purvey.worker.run import Worker
from tests.cli.conftest import Run
from tests.cli.test_bad_input import refused
from tests.servers.receiver import Receiver, Says
from tests.webhooks.conftest import LOOPBACK


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def house(here: Path) -> Iterator[House]:
    house = House(read_settings({}, **LOOPBACK))
    house.open()
    yield house
    house.close()


@pytest.fixture
def endpoint(house: House, receiver: Receiver) -> str:
    """Its receiver has refused one delivery."""
    receiver.answers = [Says(500, body=b"not today"), Says(200)]
    wish = NewEndpoint(url=receiver.url("/secret-path"), secret=new_secret(), description="CRM")
    check = house.webhook_rules.problem_with
    (made,) = house.do(add_endpoints, [wish], actor="test", check=check)
    house.do(send_tests, [made.id], actor="test")
    work(house)
    return made.id


def work(house: House) -> None:
    worker = Worker(house)
    while worker.round() or worker.calls(1).is_busy:
        time.sleep(0.002)
    worker.close()


def test_endpoints_and_what_was_sent(purvey: Run, endpoint: str):
    listed = purvey("webhooks", "list").out
    assert endpoint in listed
    assert "127.0.0.1" in listed
    assert "secret-path" not in listed
    assert json.loads(purvey("webhooks", "list", "--json").out)["items"][0]["failed"] == 1
    assert "webhook.test" in purvey("webhooks", "deliveries", endpoint).out
    assert "Nothing" in purvey("webhooks", "deliveries", endpoint, "--state", "delivered").out
    shown = json.loads(purvey("webhooks", "deliveries", endpoint, "--json").out)
    assert shown["items"][0]["attempts"][0]["answer"] == "not today"


def test_one_delivery_is_sent_once_more(
    purvey: Run, house: House, endpoint: str, receiver: Receiver
):
    (sent,) = json.loads(purvey("webhooks", "deliveries", endpoint, "--json").out)["items"]
    assert purvey("webhooks", "replay", endpoint, sent["id"]).out.startswith("1 webhook will")
    work(house)
    assert len({got.id for got in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_all_that_failed_are_sent_once_more(
    purvey: Run, house: House, endpoint: str, receiver: Receiver
):
    ran = purvey("webhooks", "replay", endpoint, "--failed-since", "2026-01-01", "--json")
    assert json.loads(ran.out) == {"replayed": 1, "refused": []}
    work(house)
    assert len(receiver.got) == 2


def test_what_is_not_there_is_said(purvey: Run, endpoint: str):
    refused(purvey("webhooks", "deliveries", "whk_1"), "no webhook endpoint")
    refused(purvey("webhooks", "replay", endpoint), "--failed-since")
    wrong = purvey("webhooks", "replay", endpoint, "--failed-since", "soon")
    refused(wrong, "--failed-since")
    refused(purvey("webhooks", "deliveries", endpoint, "--state", "x"), "--state")
    ran = purvey("webhooks", "replay", endpoint, "whd_1")
    assert (ran.code, "no such delivery" in ran.out) == (1, True)
