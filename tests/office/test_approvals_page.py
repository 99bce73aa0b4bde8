"""The worklist of approvals, and the API that refuses what needs one."""

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.put_products import put_products
from purvey.ports.storage import Product
from tests.office.conftest import Browser, Office, alert
from tests.web.conftest import at_the_counter, new_key


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    office = new_office(
        refund_approval_above="10.00", price_override_above="5.00", price_differs="take"
    )
    office.house.do(
        put_products, [Product(sku="A", name="A tea", price=500, currency="GBP")], actor="test"
    )
    came = Adjustment(sku="A", location="main", change=100, reason="opening stock")
    office.house.do(adjust_stock, [came], actor="test")
    return office


class Program:
    def __init__(self, office: Office, *scopes: str):
        key = new_key(office.house, *scopes)
        browser = office.browser()
        browser.client.headers["Authorization"] = f"Bearer {key}"
        self.client = browser.client

    def post(self, path: str, content: object = None) -> httpx2.Response:
        return self.client.post(f"/api/v1{path}", json=content)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}").json()

    def order(self, price: str | None = None) -> dict:
        line = {"sku": "A", "quantity": 4} | ({"unit_price": price} if price else {})
        answer = self.post("/orders", at_the_counter(lines=[line]))
        assert answer.status_code == 201, answer.text
        return answer.json()


def payment_of(order: dict) -> str:
    return order["payments"][0]["id"]


def test_a_refund_goes_through_two_people(office: Office):
    program = Program(office)
    order = program.order()
    cleo, mia = office.logged_in("Cleo", role="clerk"), office.logged_in("Mia", role="manager")
    form = cleo.get(f"/approvals/ask?payment={payment_of(order)}")
    assert 'value="20.00"' in form.text
    wish = {"payment": payment_of(order), "amount": "15.00", "reason": "<b>broken</b>"}
    assert cleo.post("/approvals/refunds", **wish).status_code == 303
    shown = mia.get("/approvals").text
    assert "Refund of 15.00 GBP" in shown and "&lt;b&gt;broken" in shown
    [approval] = re.findall(r"/approvals/refund/(apr_\w+)", shown)
    assert "Approve" not in cleo.get("/approvals").text
    assert cleo.post(f"/approvals/refund/{approval}", verdict="approve").status_code == 403
    assert mia.post(f"/approvals/refund/{approval}", verdict="maybe").status_code == 422
    assert mia.post(f"/approvals/price/{approval}", verdict="approve").status_code == 409
    assert mia.post(f"/approvals/refund/{approval}", verdict="approve").status_code == 303
    after = program.get(f"/orders/{order['id']}")
    assert after["totals"]["refunded"] == "15.00"
    history = program.get(f"/orders/{order['id']}/history")["items"]
    assert "Cleo, approved by Mia" in [row["actor"] for row in history]
    again = mia.post(f"/approvals/refund/{approval}", verdict="approve")
    assert again.status_code == 409 and "approved already" in alert(again)


def test_a_manager_cannot_approve_the_own_question(office: Office):
    order = Program(office).order()
    mia = office.logged_in("Mia", role="manager")
    wish = {"payment": payment_of(order), "amount": "", "reason": "broken"}
    assert mia.post("/approvals/refunds", **wish).status_code == 303
    [approval] = re.findall(r"/approvals/(apr_\w+)/withdraw", mia.get("/approvals").text)
    refused = mia.post(f"/approvals/refund/{approval}", verdict="approve")
    assert refused.status_code == 409 and "another person" in alert(refused)
    other = office.logged_in("Bob", role="manager")
    assert other.post(f"/approvals/{approval}/withdraw").status_code == 404
    assert mia.post(f"/approvals/{approval}/withdraw").status_code == 303
    assert "Nothing waits" in other.get("/approvals").text


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"amount": "5.00"}, 422, "nobody"),
        ({"amount": "99.00"}, 422, "At most 20.00 GBP"),
        ({"amount": "1.234"}, 422, ""),
        ({"amount": "ten"}, 422, ""),
        ({"reason": " "}, 422, "Say why"),
        ({"payment": "pay_x"}, 404, "no such payment"),
    ],
)
def test_what_cannot_be_asked_is_told(
    office: Office, changes: dict[str, str], status: int, said: str
):
    order = Program(office).order()
    cleo = office.logged_in("Cleo", role="clerk")
    wish = {"payment": payment_of(order), "amount": "15.00", "reason": "broken", **changes}
    answer = cleo.post("/approvals/refunds", **wish)
    assert answer.status_code == status and alert(answer) and said in alert(answer)


def test_a_price_goes_through_two_people(office: Office):
    program = Program(office)
    order = program.order(price="3.00")
    assert [hold["type"] for hold in order["holds"]] == ["price_override"]
    cleo, mia = office.logged_in("Cleo", role="clerk"), office.logged_in("Mia", role="manager")
    assert cleo.post("/approvals/prices", order=order["id"], reason="old").status_code == 303
    shown = mia.get("/approvals").text
    assert "Prices lower by 8.00 GBP" in shown and "4 × A at 3.00 GBP instead of 5.00" in shown
    [approval] = re.findall(r"/approvals/price/(apr_\w+)", shown)
    assert mia.post(f"/approvals/price/{approval}", verdict="approve").status_code == 303
    assert program.get(f"/orders/{order['id']}")["state"] == "ready"


def test_the_api_refuses_what_needs_an_approval(office: Office):
    whole, part = Program(office), Program(office, "orders:write", "payments:write")
    paid, cheap = whole.order(), whole.order(price="3.00")
    place = f"/payments/{payment_of(paid)}/refund"
    for answer in (
        part.post(place, {"amount": "15.00"}),
        part.post(f"/orders/{cheap['id']}/release"),
        part.post(f"/orders/{cheap['id']}/approve"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "approval_needed")
    assert part.post(place, {"amount": "10.00"}).status_code == 200
    approver = Program(office, "orders:write", "payments:write", "refunds:approve")
    assert approver.post(place, {"amount": "10.00"}).status_code == 200
    assert approver.post(f"/orders/{cheap['id']}/release").status_code == 403
    assert whole.post(f"/orders/{cheap['id']}/release").status_code == 200


@pytest.mark.parametrize(
    "path", ["/approvals/ask?payment=%00", "/account?told=%00", "/welcome/%00"]
)
def test_a_nul_finds_nothing(office: Office, path: str):
    assert office.logged_in().get(path).status_code == 404


def test_a_nul_in_a_field_is_dropped(office: Office):
    browser: Browser = office.logged_in()
    answer = browser.post("/settings/people", name="B\0ob", email="b@x.example", role="clerk")
    assert answer.status_code == 200 and "Bob" in answer.text
