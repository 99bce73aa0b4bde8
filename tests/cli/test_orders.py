import csv
import io
import json

import pytest

from purvey.operations.receive import Received
from purvey.wiring import House
from tests.cli.conftest import Run
from tests.cli.shop import fill


@pytest.fixture
def taken(house: House) -> list[Received]:
    return fill(house)


def test_the_list_is_the_newest_first(purvey: Run, taken):
    shown = json.loads(purvey("orders", "list", "--json").out)["items"]
    assert [order["id"] for order in shown] == sorted((x.order.id for x in taken), reverse=True)
    assert len(json.loads(purvey("orders", "list", "--limit", "3", "--json").out)["items"]) == 3


def test_the_list_by_what_orders_wait_for(purvey: Run, taken):
    shown = json.loads(purvey("orders", "list", "--waiting-for", "review", "--json").out)["items"]
    held = [x.order for x in taken if x.order.state == "in_review"]
    assert {order["id"] for order in shown} == {order.id for order in held}
    assert all(order["waiting_for"]["sentence"] for order in shown)


def test_the_list_for_people_and_for_spreadsheets(purvey: Run, taken):
    newest = max((x.order for x in taken), key=lambda order: order.id)
    assert str(newest.number) in purvey("orders", "list").out
    rows = list(csv.DictReader(io.StringIO(purvey("orders", "list", "--csv").out)))
    assert (rows[0]["number"], rows[0]["id"]) == (str(newest.number), newest.id)


def test_a_state_that_there_is_not(purvey: Run, taken):
    ran = purvey("orders", "list", "--state", "lost")
    assert ran.code == 2 and "in_review" in ran.err


def test_one_order_with_its_history(purvey: Run, taken):
    order = taken[0].order
    page = purvey("orders", "show", str(order.number)).out
    assert order.id in page and order.lines[0].sku in page and "order receive" in page
    shown = json.loads(purvey("orders", "show", order.id, "--json").out)
    assert shown["id"] == order.id
    assert [event["version"] for event in shown["history"]] == list(range(1, order.version + 1))


def test_cancelled_once(purvey: Run, taken):
    number = str(taken[0].order.number)
    after = json.loads(purvey("orders", "cancel", number, "--reason", "test", "--json").out)
    assert after["state"] == "cancelled"
    again = purvey("orders", "cancel", number, "--reason", "test")
    assert again.code == 2 and "cancelled" in again.err


def test_a_cancellation_needs_a_reason(purvey: Run, taken):
    number = str(taken[0].order.number)
    assert purvey("orders", "cancel", number).code == 2
    assert purvey("orders", "cancel", number, "--reason", " ").code == 2


def test_an_order_that_there_is_not(purvey: Run, taken):
    for name in ("99", "ord_x", "no such order", "9" * 40):
        ran = purvey("orders", "show", name)
        assert ran.code == 2 and "purvey orders list" in ran.err
