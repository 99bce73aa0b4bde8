"""Stock counts: goods move while people count, and are not counted wrongly for that."""

from typing import Any

import pytest

from purvey.domain.counts import Count, CountLine
from purvey.kit.process import Refusal
from purvey.operations.count_stock import (
    Booked,
    Found,
    NewCount,
    begin_counts,
    book_counts,
    drop_counts,
    note_found,
)
from purvey.queries.counts import count_lines, find_count, list_counts, open_counts
from purvey.testing import Shop


def begun(shop: Shop, *skus: str, at: str = "main") -> Count:
    [count] = shop.do(begin_counts, [NewCount(location=at, title="Shelves", skus=skus)])
    assert isinstance(count, Count), count
    return count


def found(shop: Shop, count: Count, sku: str, units: int) -> CountLine | Refusal:
    return shop.do(note_found, [Found(count_id=count.id, sku=sku, units=units)])[0]


def book(shop: Shop, count: Count) -> Booked | Refusal:
    return shop.do(book_counts, [count.id])[0]


def on_hand(shop: Shop, sku: str) -> int:
    query = "select sum(on_hand) as n from stock where shard = :shard and sku = :sku"
    return int(shop.rows(query, sku=sku)[0].n)


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def read(shop: Shop, ask: Any) -> Any:
    with shop.house.database.reading(shop.shard) as sql:
        return ask(sql)


class TestCounting:
    @pytest.fixture(autouse=True)
    def goods(self, shop: Shop) -> None:
        for sku in ("A", "B", "C"):
            shop.stock(10, sku)

    def test_differences_are_booked_as_count_and_the_rest_stays(self, shop: Shop):
        count = begun(shop)
        found(shop, count, "A", 7)
        found(shop, count, "B", 12)
        booked = book(shop, count)
        assert isinstance(booked, Booked) and (booked.lines, booked.differences) == (2, 2)
        assert [on_hand(shop, sku) for sku in "ABC"] == [7, 12, 10]
        rows = shop.rows(
            "select sku, change, actor from movement where shard = :shard and reason = 'count'"
            " and change < 10 order by sku"
        )
        assert [tuple(row) for row in rows] == [("A", -3, "test"), ("B", 2, "test")]

    def test_what_leaves_between_counting_and_booking_is_not_booked_twice(self, shop: Shop):
        order = shop.paid((4, "A"))
        count = begun(shop)
        found(shop, count, "A", 9)
        shop.send_off(order)
        shop.adjust(5, "A", reason="delivery")
        book(shop, count)
        assert on_hand(shop, "A") == 10 - 1 - 4 + 5

    def test_what_lies_in_a_parcel_is_not_expected_on_the_shelf(self, shop: Shop):
        order = shop.paid((4, "A"))
        [shipment] = shop.look(order).shipments
        shop.step(shipment, "pick")
        shop.step(shipment, "pack")
        count = begun(shop)
        line = found(shop, count, "A", 6)
        assert isinstance(line, CountLine)
        assert (line.expected, line.in_parcels, line.difference) == (6, 4, 0)
        book(shop, count)
        assert on_hand(shop, "A") == 10

    def test_it_can_be_counted_again_until_it_is_booked(self, shop: Shop):
        count = begun(shop, "A", "B")
        found(shop, count, "A", 7)
        found(shop, count, "A", 8)
        assert isinstance(book(shop, count), Booked)
        assert on_hand(shop, "A") == 8
        assert refused(found(shop, count, "A", 9)) == "not_allowed"
        assert refused(book(shop, count)) == "not_allowed"

    def test_reserved_units_are_not_taken_silently(self, shop: Shop):
        order = shop.paid((8, "A"))
        count = begun(shop)
        found(shop, count, "A", 5)
        found(shop, count, "B", 9)
        booked = book(shop, count)
        assert isinstance(booked, Booked) and booked.count.state == "open"
        assert [sku for sku, _ in booked.stuck] == ["A"] and "8 are reserved" in booked.stuck[0][1]
        assert [on_hand(shop, sku) for sku in "AB"] == [10, 9]
        shop.change(order, cancel={1: 4}, reason="gone")
        booked = book(shop, count)
        assert isinstance(booked, Booked) and booked.count.state == "booked"
        assert [on_hand(shop, sku) for sku in "AB"] == [5, 9]

    def test_two_counts_do_not_book_one_difference_twice(self, shop: Shop):
        first, second = begun(shop), begun(shop, "A")
        found(shop, first, "A", 7)
        refusal = found(shop, second, "A", 7)
        assert refused(refusal) == "counted_elsewhere"
        book(shop, first)
        line = found(shop, second, "A", 7)
        assert isinstance(line, CountLine) and line.difference == 0

    def test_what_is_found_goes_to_who_waits(self, shop: Shop):
        shop.stock(0, "D", backorder_limit=5)
        order = shop.paid((2, "D"))
        count = begun(shop)
        found(shop, count, "D", 3)
        book(shop, count)
        shop.ring()
        assert shop.look(order).lines[0].backordered == 0

    def test_a_dropped_count_books_nothing(self, shop: Shop):
        count = begun(shop)
        found(shop, count, "A", 0)
        [dropped] = shop.do(drop_counts, [count.id])
        assert isinstance(dropped, Count) and dropped.state == "dropped"
        assert refused(book(shop, count)) == "not_allowed"
        assert refused(shop.do(drop_counts, [count.id])[0]) == "not_allowed"
        assert on_hand(shop, "A") == 10

    def test_differences_come_first_and_what_is_left_is_told(self, shop: Shop):
        count = begun(shop)
        found(shop, count, "A", 7)
        found(shop, count, "B", 10)
        _, tally = read(shop, lambda sql: find_count(sql, count.id))
        assert (tally.different, tally.right, tally.left, tally.units) == (1, 1, 1, -3)
        lists = [
            [
                one.line.sku
                for one in read(
                    shop, lambda sql, k=kind: count_lines(sql, count.id, k, limit=9)
                ).items
            ]
            for kind in ("different", "right", "left")
        ]
        assert lists == [["A"], ["B"], ["C"]]
        [(listed, _)] = read(shop, lambda sql: list_counts(sql, limit=9)).items
        assert (listed.id, read(shop, open_counts)) == (count.id, 1)

    @pytest.mark.parametrize(
        ("how", "code"),
        [
            ({"location": "moon"}, "unknown_location"),
            ({"skus": ("A", "?")}, "unknown_sku"),
        ],
    )
    def test_a_count_has_to_make_sense(self, shop: Shop, how: dict[str, Any], code: str):
        wish = NewCount(**{"location": "main", **how})
        assert refused(shop.do(begin_counts, [wish])[0]) == code

    def test_what_is_found_has_to_make_sense(self, shop: Shop):
        count = begun(shop)
        assert refused(found(shop, count, "?", 1)) == "unknown_sku"
        assert refused(found(shop, count, "A", -1)) == "bad_quantity"
        assert refused(shop.do(note_found, [Found(count_id="cnt_?", sku="A", units=1)])[0]) == (
            "not_found"
        )
        assert refused(book(shop, count)) == "nothing_counted"
        assert refused(shop.do(book_counts, ["cnt_?"])[0]) == "not_found"
        assert refused(shop.do(drop_counts, ["cnt_?"])[0]) == "not_found"
