"""Questions about stock, on each kind of database."""

from datetime import date
from typing import Any

from purvey.queries import stock_levels
from purvey.queries.stock_levels import StockWish, find_stock_row, list_stock_rows
from purvey.queries.stock_of import movements_of, on_hand_by_day, reserved_for, who_waits
from purvey.testing import Clock, Shop


def read(shop: Shop, ask: Any, *asked: Any, **more: Any) -> Any:
    with shop.house.database.reading(shop.shard) as sql:
        return ask(sql, *asked, **more)


def skus(shop: Shop, *, limit: int = 50, after: str = "", **wish: str) -> list[str]:
    asked = StockWish(**wish)
    page = read(shop, list_stock_rows, asked, limit=limit, now=shop.clock.now, after=after)
    return [row.sku for row in page.items]


def test_levels_by_place_and_what_comes(shop: Shop):
    shop.location("south")
    shop.stock(10, "A", name="Green tea")
    shop.adjust(4, "A", at="south")
    shop.order((3, "A"))
    shop.announce(5, "A", on=date(2030, 5, 3))
    shop.announce(6, "A", on=date(2030, 4, 1))
    [row] = read(shop, list_stock_rows, StockWish(), limit=9, now=shop.clock.now).items
    places = [(x.location, x.on_hand, x.reserved, x.incoming, x.coming_on) for x in row.places]
    assert places == [("main", 10, 3, 11, "2030-04-01"), ("south", 4, 0, 0, None)]
    assert (row.on_hand, row.reserved, row.available, row.incoming) == (14, 3, 11, 11)


def test_words_are_found_anywhere_and_mean_themselves(shop: Shop):
    shop.stock(1, "A-1", name="Green tea, 100%")
    shop.stock(1, "B_2", name="Black tea")
    shop.stock(1, "C3", name="Jar!")
    assert skus(shop, q="TEA") == ["A-1", "B_2"]
    assert skus(shop, q="tea green") == ["A-1"]
    assert skus(shop, q="b_") == ["B_2"]
    assert [skus(shop, q=sign) for sign in ("%", "_", "!")] == [["A-1"], ["B_2"], ["C3"]]


def test_filters(shop: Shop):
    shop.location("south")
    shop.stock(2, "A", backorder_limit=5)
    shop.stock(2, "B")
    shop.stock(2, "C", at="south")
    shop.order((4, "A"))
    shop.announce(5, "B")
    assert skus(shop, only="short") == ["A"]
    assert skus(shop, only="short", location="main") == ["A", "C"]
    assert skus(shop, only="backorders") == ["A"]
    assert skus(shop, only="incoming") == ["B"]
    assert skus(shop, location="south") == ["C"]


def test_a_page_looks_at_so_many_and_goes_on(shop: Shop, monkeypatch: Any):
    monkeypatch.setattr(stock_levels, "SCAN", 3)
    for n in range(7):
        shop.stock(0, f"S{n}", name="last" if n == 6 else "other")
    found, after = [], ""
    for _ in range(4):
        page = read(
            shop, list_stock_rows, StockWish(q="last"), limit=2, now=shop.clock.now, after=after
        )
        found += [row.sku for row in page.items]
        if page.next is None:
            break
        after = str(page.next[0])
    assert (found, page.next) == (["S6"], None)
    assert skus(shop, limit=2, after="S1") == ["S2", "S3"]


def test_how_long_it_lasts_takes_no_account_of_what_is_not_shipped(shop: Shop, clock: Clock):
    shop.stock(100, "A")
    clock.forward(days=10)
    shop.adjust(-30, "A", reason="water damage")
    shop.send_off(shop.paid((20, "A")))
    row = read(shop, find_stock_row, "A", now=clock.now)
    assert (row.outlook.a_day, row.outlook.days) == (2.0, 25)


def test_a_product_that_moves_all_day_is_judged_by_its_latest_movements(shop: Shop, clock: Clock):
    shop.stock(100, "A")
    clock.forward(days=10)
    for _ in range(4):
        shop.send_off(shop.paid((5, "A")))
        clock.forward(days=1)
    row = read(shop, find_stock_row, "A", now=clock.now, sample=2)
    assert (row.outlook.a_day, row.outlook.days) == (5.0, 16)  # 10 units in the last 2 days


def test_who_has_it_and_who_waits(shop: Shop, clock: Clock):
    shop.stock(5, "A", backorder_limit=50)
    holder = shop.paid((3, "A"))
    late = shop.order((4, "A"))
    early = shop.order((2, "A"), placed_at=clock.now.replace(day=1))
    held = read(shop, reserved_for, "A", limit=9)
    assert [(x.number, x.units, x.location) for x in held] == [
        (late.number, 2, "main"),
        (holder.number, 3, "main"),
    ]
    waiting = read(shop, who_waits, "A", limit=9)
    assert [(x.number, x.units) for x in waiting] == [(early.number, 2), (late.number, 2)]


def test_the_ledger_of_all_places_is_one_list(shop: Shop):
    shop.location("south")
    for units, place in ((1, "main"), (2, "south"), (3, "main"), (4, "south")):
        shop.stock(0, "A")
        shop.adjust(units, "A", at=place)
    page = read(shop, movements_of, "A", ["main", "south"], limit=3)
    assert [one.change for one in page.items] == [4, 3, 2]
    rest = read(shop, movements_of, "A", ["main", "south"], limit=3, before=page.next[0])
    assert ([one.change for one in rest.items], rest.next) == ([1], None)


def test_on_hand_day_by_day(shop: Shop, clock: Clock):
    shop.stock(10, "A")
    clock.forward(days=2)
    shop.adjust(-4, "A")
    clock.forward(days=1)
    days = read(shop, on_hand_by_day, "A", [("main", 6)], now=clock.now)
    assert [units for _, units in days[-5:]] == [0, 10, 10, 6, 6]
    assert days[-1][0] == clock.now.date() and len(days) == 57
