"""Saved views and columns of the list: for oneself, for all, and no business of others."""

import re

import pytest

from purvey.storage import saved_views
from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office, alert
from tests.office.test_order_list import numbers


def tabs(browser: Browser) -> list[str]:
    text = browser.get("/orders").text
    [nav] = re.findall(r'aria-label="Views">(.*?)</nav>', text, re.S)
    return re.findall(r">([^<]+)</a>", nav)[4:]  # behind those that everybody has


def view_of(browser: Browser, name: str) -> str:
    text = browser.get("/orders").text
    [found] = re.findall(rf'<span>{name}</span>.*?name="view" value="([^"]+)"', text, re.S)
    return found


def test_views_are_for_oneself_or_for_all_and_only_their_owner_changes_them(
    office: Office, clock: Clock
):
    """On each kind of database."""
    shop = Shop(office.house, clock)
    shop.stock(9, "A")
    order = shop.order((1, "A"))
    cleo, piet = (office.logged_in(name, role="clerk") for name in ("Cleo", "Piet"))
    save = {"query": "state=reserved&channel=web", "name": "Mine"}
    assert cleo.post("/orders/views/save", **save).status_code == 303
    cleo.post("/orders/views/save", query="q=A", name="Ours", shared="1")
    assert (tabs(cleo), tabs(piet)) == (["Mine", "Ours"], ["Ours"])
    shown = cleo.get("/orders?state=reserved&channel=web").text
    assert 'aria-current="page">Mine' in shown and numbers(shown) == [str(order.number)]
    ours = view_of(cleo, "Ours")
    for deed in ("first", "rename", "remove"):
        assert piet.post(f"/orders/views/{deed}", view=ours, name="His").status_code == 404
    assert tabs(piet) == ["Ours"]
    cleo.post("/orders/views/first", view=ours)
    assert tabs(cleo) == ["Ours", "Mine"]
    answer = cleo.post("/orders/views/rename", view=ours, name=" Teas ", query="q=A")
    assert answer.headers["location"] == "/orders?q=A"
    assert (tabs(cleo), tabs(piet)) == (["Teas", "Mine"], ["Teas"])
    cleo.post("/orders/views/remove", view=ours)
    assert (tabs(cleo), tabs(piet)) == (["Mine"], [])
    columns = {"column": ["total", "email"], "query": "state=reserved"}
    answer = cleo.post("/orders/columns/choose", **columns)
    assert answer.headers["location"] == "/orders?state=reserved"
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)', cleo.get("/orders").text)
    assert heads == ["Order", "Total", "E-mail"]
    assert "Waits for</th>" in piet.get("/orders").text
    cleo.post("/orders/columns/choose", query="")
    assert "Waits for</th>" in cleo.get("/orders").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "", "query": "q=A"}, "Give the view a name"),
        ({"name": "x" * 41, "query": "q=A"}, "Give the view a name"),
        ({"name": "All", "query": ""}, "Filter the list first"),
        ({"name": "Odd", "query": "state=eaten"}, "Filter the list first"),
    ],
)
def test_a_view_that_keeps_nothing_is_not_saved(
    small_office: Office, fields: dict[str, str], says: str
):
    cleo = small_office.logged_in("Cleo", role="clerk")
    answer = cleo.post("/orders/views/save", **fields)
    assert answer.status_code == 422 and says in alert(answer)
    assert tabs(cleo) == []


@pytest.mark.parametrize("name", ["", " ", "x" * 41])
def test_a_view_keeps_its_name_where_the_new_one_is_none(small_office: Office, name: str):
    cleo = small_office.logged_in("Cleo", role="clerk")
    cleo.post("/orders/views/save", name="Mine", query="q=A")
    answer = cleo.post("/orders/views/rename", view=view_of(cleo, "Mine"), name=name)
    assert answer.status_code == 422 and "Give the view a name" in alert(answer)
    assert tabs(cleo) == ["Mine"]


def test_a_person_has_so_many_views(small_office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 1)
    cleo = small_office.logged_in("Cleo", role="clerk")
    answers = [cleo.post("/orders/views/save", name=name, query="q=A") for name in "ab"]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "Remove one" in alert(answers[1]) and tabs(cleo) == ["a"]
