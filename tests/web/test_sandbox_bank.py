"""The sandbox's bank: a customer says yes or no, and the shop hears of it by webhook."""

from collections.abc import Callable

import pytest

from purvey.wiring import House
from purvey.worker.run import Worker
from tests.web.conftest import Api, an_order

NEEDS_CUSTOMER = {"gateway": "sandbox", "token": "tok_needs_customer"}


@pytest.fixture
def api(new_api: Callable[..., Api], tmp_path) -> Api:
    return new_api(sandbox_path=str(tmp_path / "books.db"), public_url="http://shop.test")


def work(house: House) -> None:
    worker = Worker(house)
    while worker.round():
        pass
    worker.close()


def asked(api: Api) -> tuple[str, str]:
    """An order whose bank asks the customer; its id and the path of the bank's page."""
    order = api.order(payment=NEEDS_CUSTOMER)
    work(api.house)
    [payment] = api.get(f"/orders/{order['id']}").json()["payments"]
    return order["id"], payment["confirm_url"].removeprefix("http://shop.test")


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [("yes", "ready", "is confirmed"), ("no", "reserved", "is not confirmed")],
)
def test_what_the_customer_says_reaches_the_order(api: Api, answer: str, state: str, words: str):
    order, path = asked(api)
    assert "Confirm" in api.client.get(path).text
    said = api.client.post(path, data={"answer": answer})
    assert words in said.text
    work(api.house)
    assert api.get(f"/orders/{order}").json()["state"] == state
    again = api.client.post(path, data={"answer": "no"})  # it stays what it was
    assert words in again.text


def test_the_tracking_page_leads_there(api: Api):
    order, path = asked(api)
    track = api.get(f"/orders/{order}").json()["tracking_url"].removeprefix("http://shop.test")
    assert path in api.client.get(track).text


def test_an_unknown_payment(api: Api):
    assert api.client.post("/sandbox/confirm/pay_x", data={"answer": "yes"}).status_code == 404


def test_a_shop_without_the_sandbox(new_api: Callable[..., Api]):
    api = new_api(gateways="")
    assert api.client.get("/sandbox/confirm/x").status_code == 404
    problem = api.post("/orders", an_order(payment=NEEDS_CUSTOMER)).json()
    [error] = problem["errors"]
    assert (error["pointer"], error["code"]) == ("/payment/gateway", "unknown_gateway")
    assert "there are: none" in error["detail"]
