"""Customers in the back office: found, read, corrected, noted about, exported, erased."""

import json
import re

import pytest

from purvey.domain.draft import Contact
from purvey.domain.order import Order
from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office

ANN = Contact(email="ann@example.com", name="Ann <script>Lee</script>", phone="+442079460000")


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    return shop


@pytest.fixture
def cleo(small_office: Office) -> Browser:
    return small_office.logged_in("Cleo", role="clerk")


@pytest.fixture
def order(shop: Shop) -> Order:
    return shop.order((2, "A"), customer=ANN)


def ids(text: str) -> list[str]:
    return re.findall(r'class="row" href="/customers/(\w+)"', text)


def test_found_while_typing(shop: Shop, order: Order, cleo: Browser):
    other = shop.order((1, "A"), customer=Contact(email="bob@example.com", name="Bob"))
    assert ids(cleo.get("/customers").text) == [other.customer_id, order.customer_id]
    part = cleo.get("/customers?q=ANN", **{"HX-Request": "true"}).text
    assert ids(part) == [order.customer_id] and "<html" not in part
    assert "Nobody is called so" in cleo.get("/customers?q=zoe").text


def test_one_customer(order: Order, cleo: Browser):
    shown = cleo.get(f"/customers/{order.customer_id}").text
    assert "<script>Lee" not in shown and "ann@example.com" in shown
    assert f'href="/orders/{order.number}"' in shown and "Waiting for" in shown
    assert cleo.get("/customers/cus_1").status_code == 404


def test_the_contact_is_corrected(order: Order, cleo: Browser):
    path = f"/customers/{order.customer_id}"
    wish = {"name": "Ann Lee", "email": "ann", "phone": "", "reason": "a typo"}
    wrong = cleo.post(f"{path}/contact", **wish)
    assert wrong.status_code == 422 and "Write an e-mail address" in wrong.text
    assert cleo.post(f"{path}/contact", **(wish | {"email": "lee@example.com"})).status_code == 303
    assert "lee@example.com" in cleo.get(path).text


def test_a_note(order: Order, cleo: Browser):
    path = f"/customers/{order.customer_id}"
    assert cleo.post(f"{path}/notes", text=" ").status_code == 422
    assert cleo.post(f"{path}/notes", text="rings <twice>").status_code == 303
    assert "rings &lt;twice&gt;" in cleo.get(path).text


def test_the_export_is_a_file(order: Order, cleo: Browser):
    answer = cleo.post(f"/customers/{order.customer_id}/export")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert json.loads(answer.text)["customer"]["email"] == "ann@example.com"
    assert cleo.post("/customers/cus_1/export").status_code == 404


def test_erasing_takes_two_steps(shop: Shop, order: Order, cleo: Browser):
    path = f"/customers/{order.customer_id}"
    assert "What stays" in cleo.get(f"{path}/erase").text
    assert cleo.post(f"{path}/erase", word="yes", reason="asked").status_code == 422
    still_open = cleo.post(f"{path}/erase", word="ERASE", reason="asked")
    assert still_open.status_code == 422 and "still open" in still_open.text
    shop.decide(order, "cancel", reason="they asked")
    assert cleo.post(f"{path}/erase", word="ERASE", reason="").status_code == 422
    assert cleo.post(f"{path}/erase", word="ERASE", reason="asked").status_code == 303
    shown = cleo.get(path).text
    assert "was erased" in shown and "ann@example.com" not in shown
    assert cleo.post(f"{path}/notes", text="x").status_code == 422


def test_who_may_only_look_changes_nothing(order: Order, small_office: Office):
    vera = small_office.logged_in("Vera", role="viewer")
    path = f"/customers/{order.customer_id}"
    assert "/erase" not in vera.get(path).text
    for deed in ("contact", "notes", "export", "erase"):
        assert vera.post(f"{path}/{deed}").status_code == 403
