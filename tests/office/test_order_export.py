"""The list as a CSV file: what was found, bounded, and nothing that a spreadsheet would run."""

import csv

import pytest

from purvey.domain.amounts import total
from purvey.domain.draft import Contact
from purvey.domain.money import to_text
from purvey.testing import Clock, Shop
from purvey.web.office.order_list import export
from tests.office.conftest import Browser, Office

FILE = "/orders/many/export.csv"


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    return shop


@pytest.fixture
def vera(small_office: Office) -> Browser:
    return small_office.logged_in("Vera", role="viewer")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_what_was_found_is_in_the_file(shop: Shop, vera: Browser, clock: Clock):
    shop.paid((1, "A"))
    order = shop.order((2, "A"), customer=Contact(name='Zoë "Z" Ash, Leeds'))
    answer = vera.get(f"{FILE}?state=reserved")
    [row] = rows(answer.text)
    assert (row["number"], row["waiting_for"]) == (str(order.number), "payment")
    assert row["customer_name"] == 'Zoë "Z" Ash, Leeds'
    assert row["total"] == to_text(total(order), "GBP")
    name = f'attachment; filename="orders-{clock():%Y-%m-%d}.csv"'
    assert answer.headers["content-disposition"] == name
    assert len(rows(vera.get(FILE).text)) == 2
    assert vera.get(f"{FILE}?state=eaten").status_code == 422


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", " ="])
def test_no_cell_starts_a_formula(start: str):
    assert export.harmless(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_a_customer_cannot_write_into_the_next_cell(shop: Shop, vera: Browser):
    name = "=1+1\",\"=cmd|'/C calc'!A0"
    shop.order((1, "A"), customer=Contact(name=name))
    [row] = rows(vera.get(FILE).text)
    assert row["customer_name"] == f"'{name}" and row["currency"] == "GBP"


def test_a_file_that_is_cut_off_says_so(shop: Shop, vera: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "MOST", 3)
    monkeypatch.setattr(export, "AT_ONCE", 2)
    newest = [str(shop.order((1, "A")).number) for _ in range(4)][:0:-1]
    answer = vera.get(FILE)
    assert [row["number"] for row in rows(answer.text)] == newest
    assert "-newest-3.csv" in answer.headers["content-disposition"]
