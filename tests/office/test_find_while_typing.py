"""The list's search finds customers by the beginnings of their words, however many begin alike."""

import re
from urllib.parse import quote_plus

import pytest
import sqlalchemy as sa

from purvey.domain.draft import Contact
from purvey.queries import order_people, order_search
from purvey.queries.order_filters import OrderWish
from purvey.queries.order_search import search_orders
from purvey.testing import Clock, Shop
from purvey.web.office.order_list import page as list_page
from purvey.wiring import DEFAULT_SHARD, House
from tests.office.conftest import Browser, Office
from tests.office.test_order_list import numbers
from tests.operations.statements import counted

PEOPLE = [
    Contact(name="Tessa Smith", email="tess.s@example.com", phone="+44 7700 900123"),
    Contact(name="Zoë Smith-Jones", email="zoe@example.com"),
    Contact(name="Tessa Brown", email="brown@example.com"),
    Contact(name="Tessa Guest"),  # leaves nothing to be known again by
    Contact(name="Ann Lee", email="1004@example.com"),
    Contact(name="Tessa Smith", email="tess.s@example.com"),
]
FOUND = {  # by the last digit of an order's number
    "tess": "631",
    "TESSA ": "631",
    "tessa sm": "61",
    "sm te": "61",
    "zoe": "2",
    "Zoë": "2",
    "jon": "2",
    "tess.s@exam": "61",
    "07700 9001": "61",
    "+44 7700": "61",
    "tessa guest": "4",
    "essa": "",
    "tessa lee": "",
    "%": "",
    "_": "",
    "...": "",
    "100": "5",
    "1004": "4",  # the order of this number, not of whose e-mail address begins so
    "A": "654321",  # likewise the product
}


def take_orders(shop: Shop) -> None:
    shop.stock(100, "A")
    for person in PEOPLE:
        shop.order((1, "A"), customer=person)


def pages(browser: Browser, address: str) -> list[str]:
    """The last digits of the orders' numbers, of all pages."""
    found = list[str]()
    for _ in range(50):
        text = browser.get(address).text
        found += [number[-1] for number in numbers(text)]
        more = re.search(r'href="([^"]+)" rel="next"', text)
        if more is None:
            return found
        address = more[1].replace("&amp;", "&")
    raise AssertionError("the list has no end")


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"FEW": 0},  # their orders are listed together
        {"FEW": 0, "BUSY": 1},  # they have too many orders
        {"MANY": 0},  # too many words begin so
    ],
    ids=["few", "some", "busy", "many"],
)
def test_customers_are_found_by_the_beginnings_of_their_words(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
):
    """The same orders however they are looked for, in small bites, too."""
    take_orders(Shop(office.house, clock))
    vera = office.logged_in("Vera", role="viewer")
    for name, limit in limits.items():
        monkeypatch.setattr(order_people, name, limit)
    for rows, scan in ((25, 2_500), (1, 2)):
        monkeypatch.setattr(order_search, "FIRST_BITE", 1)
        monkeypatch.setattr(list_page, "ROWS", rows)
        monkeypatch.setattr(order_search, "SCAN", scan)
        for typed, digits in FOUND.items():
            assert pages(vera, f"/orders?q={quote_plus(typed)}") == list(digits), (typed, rows)
    assert pages(vera, "/orders?q=tess&placed=today&state=reserved") == list("31")  # 6 looks like 1
    assert pages(vera, "/orders?q=tess&state=cancelled") == []


def test_a_walk_looks_at_so_many_orders_and_goes_on(
    small_office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """The page says that this is not all."""
    take_orders(Shop(small_office.house, clock))
    monkeypatch.setattr(order_people, "MANY", 0)
    monkeypatch.setattr(order_search, "SCAN", 1)
    vera = small_office.logged_in("Vera", role="viewer")
    assert "1 order, and more below" in vera.get("/orders?q=tess").text
    monkeypatch.setattr(order_search, "SCAN", 2)
    text = vera.get("/orders?q=zoe").text
    assert "None of the newest orders fit" in text and 'rel="next"' in text
    assert "To find more at once, type more." in text


def test_the_api_and_the_command_line_find_whole_names_only(house: House, clock: Clock):
    take_orders(Shop(house, clock))
    with house.database.reading(DEFAULT_SHARD) as sql:
        assert search_orders(sql, OrderWish(q="tess"), limit=9).items == []
        assert len(search_orders(sql, OrderWish(q="Tessa Smith"), limit=9).items) == 2


class Anything(dict[str, str]):
    """Values to plan with."""

    def __missing__(self, name: str) -> str:
        return "1"


@pytest.mark.parametrize("limits", [{}, {"FEW": 0}, {"MANY": 0}], ids=["few", "some", "many"])
def test_no_search_reads_all_orders(
    small_office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
):
    """SQLite, having learned that it has a million orders, none of which has an external id."""
    house = small_office.house
    take_orders(Shop(house, clock))
    for name, limit in limits.items():
        monkeypatch.setattr(order_people, name, limit)
    with house.database.engine.begin() as connection:
        learn_of_a_million(connection)
    house.database.engine.dispose()  # what is learned is read by new connections
    with counted(house.database) as sent, house.database.reading(DEFAULT_SHARD) as sql:
        for typed in ("tess", "sm te", "ann lee", "12"):
            search_orders(sql, OrderWish(q=typed, is_typed=True), limit=9)
    with house.database.engine.connect() as connection:
        plans = {
            (statement, row[3])
            for statement in {*sent} - {"begin"}
            for row in connection.exec_driver_sql(f"explain query plan {statement}", Anything())
        }
    assert any("orders_email" in step for _, step in plans)
    scans = re.compile(r"SCAN (orders|o|customer|customer_word|w|order_line|shipment|part)\b")
    assert [plan for plan in plans if scans.match(plan[1])] == []


def learn_of_a_million(connection: sa.Connection) -> None:
    """Orders of one channel: so many does SQLite believe that each value of these columns finds."""
    connection.exec_driver_sql("analyze")
    indexes = "select idx, stat from sqlite_stat1 where tbl = 'orders'"
    for index, stat in connection.exec_driver_sql(indexes).all():
        info = connection.exec_driver_sql(f"pragma index_info('{index}')")
        alike = [row.name in ("shard", "channel", "external_id") for row in info]
        sizes = stat.split()
        same = 1 + next((n for n, is_alike in enumerate(alike) if not is_alike), len(alike))
        learned = " ".join(["1000000"] * same + sizes[same:])
        connection.exec_driver_sql(
            f"update sqlite_stat1 set stat = '{learned}' where idx = '{index}'"
        )
