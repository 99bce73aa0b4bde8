"""The demo's own parts: every story is told, a seed tells the same again, and faults are faults."""

from collections import Counter
from random import Random

import pytest
from rich.console import Console

from purvey.cli.demo import catalogue, closing
from purvey.cli.demo.orders import requests
from purvey.cli.demo.register import Register
from purvey.cli.demo.stories import CLOSED, STORIES, Story, share_out
from purvey.cli.demo.watch import View, watch
from purvey.queries.doctor import Finding, Report
from purvey.wiring import House
from tests.cli.shop import fill


@pytest.mark.parametrize("orders", [1, 10, len(STORIES), 60, 500, 12_345])
def test_the_stories_add_up(orders):
    told = share_out(orders)
    assert len(told) == orders
    if orders >= len(STORIES):
        assert {story.name for story in told} == {story.name for story in STORIES}


def test_the_common_stories_stay_the_common_ones():
    many = Counter(story.name for story in share_out(500))
    assert many.most_common(1)[0][0] == "paid by card"


def test_a_seed_makes_the_same_orders_and_another_one_others():
    def bodies(seed: int) -> list[object]:
        dice = Random(seed)
        wares = catalogue.goods(dice, orders=100)
        return [request.body for request in requests(100, wares=wares, dice=dice)]

    assert bodies(7) == bodies(7)
    assert bodies(7) != bodies(8)


def test_the_shop_is_as_large_as_promised(house: House):
    wares = catalogue.goods(Random(1), orders=100)
    assert sum(one.active for one in wares) >= 200
    assert len({one.sku for one in wares}) == len(wares)
    assert len(catalogue.LOCATIONS) == 3
    assert any(one.expected for one in wares)


def test_an_order_that_ends_otherwise_is_a_fault(house: House):
    taken = fill(house)
    register = Register()
    story = Story(name="test", share=1, ends=CLOSED)
    order = taken[0].order
    register.take(story, order_id=order.id, number=str(order.number))
    [fault] = closing.faults(house, register, {order.id: "409 not_allowed"})
    assert str(order.number) in fault and "closed" in fault and "409 not_allowed" in fault
    register.expect(order.id, order.state)
    assert closing.faults(house, register, {}) == []
    register.complain("taken twice")
    assert closing.faults(house, register, {}) == ["taken twice"]


def test_an_order_that_is_gone_is_a_fault(house: House):
    register = Register()
    register.take(STORIES[0], order_id="ord_gone", number="7")
    [fault] = closing.faults(house, register, {})
    assert "lost" in fault


def test_the_verdict_needs_both(capsys):
    screen = Console(width=200)
    broken = Finding(promise=3, what="sold twice", where="here", remedy="mend", check="x")
    well, ill = Report(checked={}), Report(checked={}, findings=(broken,))
    assert closing.verdict(screen, [], report=well)
    assert not closing.verdict(screen, [], report=ill)
    assert not closing.verdict(screen, ["Order 7 is lost."], report=well)
    assert "sold twice" in capsys.readouterr().out


def test_nobody_answers_while_the_customer_is_on_the_phone():
    register = Register()
    story = next(story for story in STORIES if story.then and story.answers)
    [code] = story.answers
    register.take(story, order_id="ord_1", number="1")
    assert register.claim("ord_1", code) is None
    register.hang_up("ord_1")
    assert register.claim("ord_1", code) is not None
    assert register.claim("ord_1", code) is None, "answered once"
    register.reopen("ord_1", code)
    assert register.claim("ord_1", code) is not None


def test_the_watch_ends_when_all_is_quiet():
    views = iter([View(1, 1, 0, 5), View(2, 2, 1, 3), View(2, 2, 2, 1), View(2, 2, 2, 0)])
    shown: list[View] = []
    ended = watch(
        lambda: next(views), all_sent=lambda: True, half_way=lambda view: None, show=shown.append
    )
    assert ended and shown[-1].is_quiet and len(shown) == 4


def test_the_watch_gives_up_when_nothing_moves(monkeypatch):
    monkeypatch.setattr("purvey.cli.demo.watch.STALL_SECONDS", 0.3)
    stuck = View(2, 2, 1, 0)
    assert not watch(
        lambda: stuck, all_sent=lambda: True, half_way=lambda view: None, show=lambda view: None
    )
