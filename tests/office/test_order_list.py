"""The list of orders: what the address asks for, what a row says, and what it costs."""

import re
from collections.abc import Callable

import pytest

from purvey.domain.amounts import total
from purvey.domain.draft import Contact
from purvey.domain.money import to_text
from purvey.domain.states import OrderState
from purvey.queries import order_list, order_people
from purvey.queries.flow import KINDS
from purvey.queries.order_filters import OrderWish
from purvey.queries.order_search import search_orders
from purvey.testing import Clock, Shop
from purvey.web.office.order_list import page as list_page
from purvey.web.office.order_list.words import WAITING
from purvey.wiring import DEFAULT_SHARD, House
from tests.office.conftest import Browser, Office
from tests.operations.statements import counted
from tests.operations.test_stock import announced


def numbers(text: str) -> list[str]:
    return re.findall(r'class="row" href="/orders/(\d+)"', text)


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    return shop


@pytest.fixture
def vera(small_office: Office) -> Browser:
    return small_office.logged_in("Vera", role="viewer")


def test_a_row_says_what_the_order_waits_for_and_the_newest_comes_first(
    office: Office, clock: Clock
):
    """On each kind of database: rows, sentences and counts."""
    shop = Shop(office.house, clock)
    shop.stock(2, "A", name="A tea", price=500, backorder_limit=100)
    shop.stock(1, "B")
    paid = shop.paid((2, "A"), customer=Contact(name="Zoë Ash"))
    short = shop.order((5, "A"), customer=Contact(name="Ben Ito"))
    done = shop.paid((1, "B"))
    shop.decide(done, "cancel", reason="test")
    vera = office.logged_in("Vera", role="viewer")
    text = vera.get("/orders").text
    assert numbers(text) == [str(order.number) for order in (done, short, paid)]
    assert "Waiting to be picked in main" in text and "Waiting for stock of A" in text
    assert "Zoë Ash" in text and f"£{to_text(total(paid), 'GBP')}<" in text
    assert 'href="/orders?waiting_for=pick">Picking <span class="count">1</span>' in text
    assert numbers(vera.get("/orders?waiting_for=pick").text) == [str(paid.number)]
    assert numbers(vera.get("/orders?state=cancelled&channel=web").text) == [str(done.number)]
    assert numbers(vera.get(f"/orders?q=%23{short.number}").text) == [str(short.number)]
    assert numbers(vera.get("/orders?q=ben+ito").text) == [str(short.number)]


@pytest.mark.parametrize(
    ("place", "says"),
    [("Europe/London", "12 expected"), ("Pacific/Kiritimati", "12 were expected")],
)
def test_a_delivery_is_late_once_its_day_is_over_where_the_shop_is(
    new_office: Callable[..., Office], clock: Clock, place: str, says: str
):
    """At 10:00 in London it is the next day on Kiritimati."""
    office = new_office(time_zone=place)
    shop = Shop(office.house, clock)
    shop.stock(0, "A", backorder_limit=50)
    order = shop.order((3, "A"))
    announced(shop, 12, "A", on=clock.now.date())
    vera = office.logged_in("Vera", role="viewer")
    for path in ("/orders", f"/orders/{order.number}"):
        assert f"Waiting for stock of A, {says} on 7 January" in vera.get(path).text


def test_namesakes_are_found_within_bounds(house: House, clock: Clock):
    """More customers of one name than are looked at."""
    shop = Shop(house, clock)
    shop.stock(300, "A")
    for n in range(3):
        shop.order((1, "A"), customer=Contact(name="Ann Lee", email=f"ann{n}@example.com"))
    with pytest.MonkeyPatch.context() as patch, house.database.reading(DEFAULT_SHARD) as sql:
        patch.setattr(order_people, "SAME_NAME", 2)
        assert len(search_orders(sql, OrderWish(q="Ann Lee"), limit=9).items) == 2


def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(
    office: Office, clock: Clock
):
    shop = Shop(office.house, clock)
    shop.stock(10, "A", backorder_limit=1_000)
    shop.stock(30, "B")
    vera, costs = office.logged_in("Vera", role="viewer"), list[int]()
    for orders in (1, 1, 20):  # the first page is more work: templates, plans
        for _ in range(orders):
            shop.order((20, "A"))
            shop.order((1, "B"))
        with counted(office.house.database) as sent:
            assert vera.get("/orders").status_code == 200
        costs.append(len({*sent}))  # strict mode runs some of them again
    assert costs[1] == costs[2] <= 25


def test_the_pages_hold_each_order_once(shop: Shop, vera: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(list_page, "ROWS", 2)
    expected = [str(shop.order((1, "A")).number) for _ in range(5)][::-1]
    found, following = list[str](), "/orders?state=reserved"
    while following:
        text = vera.get(following).text
        found += numbers(text)
        more = re.search(r'href="([^"]+)" rel="next"', text)
        following = more[1].replace("&amp;", "&") if more else ""
    assert found == expected


def test_days_and_ranges_are_the_shops(shop: Shop, small_office: Office, clock: Clock):
    old = shop.order((1, "A"))
    clock.forward(days=10)
    vera = small_office.logged_in("Vera", role="viewer")
    new = shop.order((1, "A"))
    assert numbers(vera.get("/orders?placed=7d").text) == [str(new.number)]
    assert numbers(vera.get("/orders?placed=yesterday").text) == []
    day = f"{old.placed_at:%Y-%m-%d}"
    text = vera.get(f"/orders?from={day}&to={day}").text
    assert numbers(text) == [str(old.number)] and 'aria-label="Remove Placed from: ' in text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("state=eaten", "`state` has no &#39;eaten&#39;"),
        ("waiting_for=godot", "`waiting_for` has no &#39;godot&#39;"),
        ("channel=tv", "`channel` has no &#39;tv&#39;"),
        ("from=soon", "`from` is no day of an order"),
        ("to=9999-12-31", "`to` is no day of an order"),
        ("from=2026-05-04&to=2026-05-03", "`from` is a later day than `to`"),
        ("after=bm8", "`after` is no place in this list"),
        ("after=WyJxIiwib3JkXzEiXQ", "`after` is no place in this list"),
        ("after=WyJxIiwib3JkXzEiXQ==", "`after` is a place in another list"),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_says_so(
    shop: Shop, vera: Browser, query: str, says: str
):
    shop.order((1, "A"))
    answer = vera.get(f"/orders?{query}")
    assert answer.status_code == 422 and says in answer.text and numbers(answer.text) == []


def test_who_types_gets_the_part_that_changes_and_the_address_follows(shop: Shop, vera: Browser):
    order = shop.order((1, "A"))
    answer = vera.get(f"/orders?q={order.number}&state=&sku=", **{"HX-Request": "true"})
    assert numbers(answer.text) == [str(order.number)] and "<html" not in answer.text
    assert answer.headers["HX-Replace-Url"] == f"/orders?q={order.number}"


def test_a_filter_is_shown_and_taken_away_and_counts_tell_only_what_they_count(
    shop: Shop, vera: Browser
):
    shop.order((1, "A"))
    text = vera.get("/orders?state=reserved&channel=web").text
    assert 'href="/orders?channel=web" aria-label="Remove State: reserved"' in text
    assert 'href="/orders">Clear all' in text
    assert 'class="count"' not in text  # of all reserved orders, not of those on the web
    assert 'Reserved <span class="count">1</span>' in vera.get("/orders?state=reserved").text
    assert "No orders fit" in vera.get("/orders?q=nobody").text


def test_counting_ends(shop: Shop, vera: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(order_list, "MOST", 2)
    monkeypatch.setattr("purvey.web.office.order_list.filters.MOST", 2)
    for _ in range(4):
        shop.order((1, "A"))
    assert 'Reserved <span class="count">2+</span>' in vera.get("/orders").text


def test_everything_that_an_order_can_wait_for_has_words():
    assert {code for kind in KINDS for code in kind.codes} | {"return_window"} == set(WAITING)
    assert "reserved" in set(OrderState)


def test_only_who_may_see_orders_sees_them(shop: Shop, small_office: Office):
    assert small_office.browser().get("/orders").headers["location"] == "/login?next=/orders"
