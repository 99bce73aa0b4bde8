"""One deed for many orders: shown for each, done in one go, reported for each."""

import re

import pytest

from purvey.domain.order import Order
from purvey.operations.many import DEEDS, DeedForOne, do_for_many
from purvey.queries.order_choice import find_ids
from purvey.queries.order_filters import OrderWish
from purvey.testing import Clock, Shop
from purvey.web.office.order_list import many as many_page
from purvey.wiring import DEFAULT_SHARD
from tests.office.conftest import Browser, Office, alert
from tests.operations.statements import counted
from tests.operations.test_holds import held

PREVIEW, DO = "/orders/many/preview", "/orders/many/do"


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500)
    return shop


@pytest.fixture
def cleo(small_office: Office) -> Browser:
    return small_office.logged_in("Cleo", role="clerk")


def ones(text: str) -> list[str]:
    return re.findall(r'name="one" value="([^"]+)"', text)


def gone(shop: Shop) -> Order:
    """An order that nobody can cancel any more."""
    return shop.send_off(shop.paid((1, "A")))


def test_what_would_happen_is_shown_then_done_and_told_for_each(office: Office, clock: Clock):
    """On each kind of database."""
    shop = Shop(office.house, clock)
    shop.stock(100, "A")
    cleo = office.logged_in("Cleo", role="clerk")
    waiting, sent = [shop.order((1, "A")), shop.order((2, "A"))], gone(shop)
    chosen = [str(order.number) for order in (*waiting, sent)]
    shown = cleo.post(PREVIEW, deed="cancel", order=chosen, query="channel=web").text
    assert "Cancel 2 orders" in shown and "1 order is left out" in shown
    assert 'value="channel=web"' in shown and len(ones(shown)) == 2
    assert [shop.look(order).state for order in waiting] == ["reserved", "reserved"]
    done = cleo.post(DO, deed="cancel", reason="Recalled", one=ones(shown), query="channel=web")
    assert "2 orders are cancelled." in done.text
    assert [shop.look(order).state for order in waiting] == ["cancelled", "cancelled"]
    assert shop.look(sent).state == "shipped" and shop.available("A") == 99
    facts = shop.rows("select reason, actor from history where trigger = 'cancel'")
    assert [(row.reason, row.actor) for row in facts] == [("Recalled", "Cleo")] * 2
    again = cleo.post(DO, deed="cancel", reason="Recalled", one=ones(shown))
    assert "2 orders were refused" in again.text and "Somebody was faster" in again.text


def test_many_orders_take_as_many_statements_as_one(office: Office, clock: Clock):
    shop = Shop(office.house, clock)
    shop.stock(100, "A")
    house, costs = office.house, list[int]()
    for number in (1, 20):
        wishes = [
            DeedForOne(order_id=shop.paid((1, "A")).id, deed="hold", reason="look")
            for _ in range(number)
        ]
        with counted(house.database) as sent:
            house.do(do_for_many, wishes, actor="Cleo")
        costs.append(len({*sent}))
    assert costs[0] == costs[1]


def test_all_that_are_found_are_bounded_and_the_limit_is_said(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(many_page, "MOST", 2)
    monkeypatch.setattr("purvey.queries.order_choice.MAX_PAGE", 1)
    shop = Shop(office.house, clock)
    shop.stock(100, "A")
    orders = [shop.paid((1, "A")) for _ in range(3)]
    shop.order((1, "A"))
    cleo = office.logged_in("Cleo", role="clerk")
    shown = cleo.post(PREVIEW, deed="hold", all="1", query="waiting_for=pick").text
    assert [one.split()[0] for one in ones(shown)] == [orders[2].id, orders[1].id]
    assert "these are the newest 2" in shown
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        assert find_ids(sql, OrderWish(waiting_for="pick"), limit=3).is_all
    too_many = cleo.post(PREVIEW, deed="hold", order=[str(order.number) for order in orders])
    assert too_many.status_code == 422 and "at most 2" in alert(too_many)


def test_orders_are_held_and_released_together(shop: Shop, cleo: Browser):
    orders = [shop.paid((1, "A")) for _ in range(2)]
    numbers = [str(order.number) for order in orders]
    shown = cleo.post(PREVIEW, deed="hold", order=numbers).text
    assert "On hold: ?" not in shown
    done = cleo.post(DO, deed="hold", one=ones(shown), reason="Recall of lot 7").text
    assert "2 orders are on hold now." in done and "On hold: Recall of lot 7" in done
    shown = cleo.post(PREVIEW, deed="release", order=numbers).text
    cleo.post(DO, deed="release", one=ones(shown))
    assert [shop.look(order).open_holds for order in orders] == [(), ()]
    shown = cleo.post(PREVIEW, deed="release", order=numbers).text
    assert "every order that was chosen is refused" in shown
    assert "The order has no such open hold." in shown


def test_orders_are_approved_together(shop: Shop, cleo: Browser):
    orders = [held(shop), held(shop), shop.order((1, "A"))]
    shown = cleo.post(PREVIEW, deed="approve", all="1", query="").text
    assert "Approve 2 orders" in shown and "Waiting for the gateway" in shown
    assert [shop.look(order).state for order in orders] == ["in_review", "in_review", "reserved"]
    done = cleo.post(DO, deed="approve", one=ones(shown)).text
    assert "2 orders are approved." in done
    assert [shop.look(order).state for order in orders] == ["reserved"] * 3


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_cancelled(shop: Shop, cleo: Browser, reason: str):
    order = shop.order((1, "A"))
    shown = cleo.post(PREVIEW, deed="cancel", order=str(order.number)).text
    answer = cleo.post(DO, deed="cancel", one=ones(shown), reason=reason)
    assert answer.status_code == 422 and "Say why" in answer.text
    assert ones(answer.text) == ones(shown) and shop.look(order).state == "reserved"


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        (PREVIEW, {"deed": "cancel"}, "No order is chosen"),
        (PREVIEW, {"deed": "cancel", "order": ["x", "9" * 30, "77"]}, "No order is chosen"),
        (PREVIEW, {"deed": "eat", "order": "1001"}, "`deed`: choose one of"),
        (PREVIEW, {"deed": "cancel", "all": "1", "query": "state=eaten"}, "`state` has no"),
        (DO, {"deed": "cancel", "reason": "x"}, "Choose 1 to 500"),
        (DO, {"deed": "cancel", "reason": "x", "one": ["nonsense", "ord_1 x"]}, "Choose 1 to 500"),
    ],
)
def test_what_is_no_choice_changes_nothing(
    shop: Shop, cleo: Browser, path: str, fields: dict[str, object], says: str
):
    order = shop.order((1, "A"))
    answer = cleo.post(path, **fields)
    assert answer.status_code == 422 and says in alert(answer)
    assert shop.look(order) == order


def test_only_who_may_change_orders_chooses_any(shop: Shop, small_office: Office, cleo: Browser):
    order = shop.order((1, "A"))
    vera = small_office.logged_in("Vera", role="viewer")
    assert 'name="order"' in cleo.get("/orders").text
    assert 'name="order"' not in vera.get("/orders").text
    for path in (PREVIEW, DO):
        assert vera.post(path, deed="cancel", order=str(order.number)).status_code == 403


def test_every_deed_has_its_words():
    assert set(many_page.WORDS) == set(DEEDS)
