"""Invoices become orders, cancellations find them, and doing it again changes nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from purvey.adapters.files import gather
from purvey.domain.order import Order
from purvey.domain.states import OrderState
from purvey.importing import import_files
from purvey.storage.orders import load_orders
from purvey.storage.times import to_us
from purvey.testing import Shop
from purvey.wiring import House
from tests.importing.files import (
    assert_adds_up,
    picture,
    retail_file,
    row,
    take_over,
    wish,
    worth,
)


def order(shop: Shop, external_id: str) -> Order:
    (found,) = shop.rows(
        "select id from orders where shard = :shard and external_id = :name", name=external_id
    )
    with shop.house.database.reading(shop.shard) as sql:
        return load_orders(sql, {found.id}, lock=False)[found.id]


def send_off(shop: Shop, external_id: str) -> None:
    shop.send_off(order(shop, external_id))


def records(shop: Shop) -> list[tuple[str, str, Decimal, bool]]:
    rows = shop.rows(
        "select source, outcome, amount, order_id from import_row where shard = :shard"
        " order by source, line"
    )
    return [(x.source, x.outcome, Decimal(x.amount), x.order_id is not None) for x in rows]


def test_an_invoice_becomes_an_order_that_is_ready_to_be_picked(shop: Shop, tmp_path: Path):
    report = take_over(
        shop,
        retail_file(
            tmp_path / "a.csv",
            row("536365", "85123a", 6),
            row("536365", "71053", 4, "3.39"),
            row("536365", "85123A", 2),
            row("536365", "POST", 1, "18.00"),
        ),
    )
    figures = report.figures()
    assert figures["rows"] == 4
    assert [figures[f"rows_{x}"] for x in ("imported", "merged", "charge")] == [2, 1, 1]
    assert (report.orders_created, report.products_created) == (1, 2)
    assert figures["amount_file"] == "51.96"
    taken = order(shop, "536365")
    assert taken.state == OrderState.READY
    assert [(x.sku, x.ordered, x.unit_price) for x in taken.lines] == [
        ("85123A", 8, 255),
        ("71053", 4, 339),
    ]
    assert taken.shipping_total == 1800
    assert to_us(taken.placed_at) == to_us(datetime(2010, 12, 1, 8, 26, tzinfo=UTC))
    assert taken.payments[0].method == "terms"


def test_products_are_made_with_the_latest_price_and_stock_that_suffices(
    shop: Shop, tmp_path: Path
):
    take_over(
        shop,
        retail_file(
            tmp_path / "a.csv",
            row("1", "A", 6, "2.55", name="OLD NAME"),
            row("2", "A", 4, "2.95", name="NEW NAME"),
            row("3", "A", 1, "0.0", name="gift"),
            row("3", "M", 1, "5.00", name="Manual"),
        ),
    )
    (a, m) = shop.rows("select sku, name, price from product where shard = :shard order by sku")
    assert (a.name, a.price, m.name) == ("NEW NAME", 295, "Manual")
    assert shop.available("A") == 0
    (moved,) = shop.rows(
        "select change, reason, actor from movement where shard = :shard and sku = 'A'"
    )
    assert tuple(moved) == (11, "opening stock", "import online-retail")


def test_products_of_an_earlier_import_get_more_stock_when_orders_need_it(
    shop: Shop, tmp_path: Path
):
    take_over(shop, retail_file(tmp_path / "a.csv", row("1", "A", 6)))
    report = take_over(shop, retail_file(tmp_path / "b.csv", row("2", "A", 4)))
    assert (report.orders_created, report.products_created) == (1, 0)
    assert order(shop, "2").lines[0].reserved == 4


def test_stock_that_the_shop_has_counted_itself_is_not_multiplied(shop: Shop, tmp_path: Path):
    shop.stock(5, "A")
    report = take_over(
        shop, retail_file(tmp_path / "a.csv", row("1", "A", 5), row("2", "A", 1), row("3", "X", 1))
    )
    assert report.orders_created == 2
    (refused,) = report.refused
    assert (refused.code, refused.line) == ("out_of_stock", 3)
    assert "A" in refused.detail
    assert not report.complete


def test_prices_and_sizes_of_old_invoices_need_nobodys_confirmation(shop: Shop, tmp_path: Path):
    shop.stock(80_000, "A", price=100)
    path = retail_file(tmp_path / "a.csv", row("1", "A", 74_215, "1.04"))
    take_over(shop, path)
    assert order(shop, "1").state == OrderState.READY
    assert order(shop, "1").lines[0].unit_price == 104


def test_strict_makes_nothing_and_refuses_with_the_lines(shop: Shop, tmp_path: Path):
    shop.stock(5, "A")
    path = retail_file(
        tmp_path / "a.csv",
        row("1", "A", 5),
        row("2", "A", 1),
        row("2", "A", 1, "3.00"),
        row("3", "X", 1),
    )
    report = take_over(shop, path, strict=True)
    assert report.orders_created == 1
    assert [(x.line, x.code) for x in report.refused] == [
        (3, "out_of_stock"),
        (4, "out_of_stock"),
        (5, "unknown_sku"),
    ]
    assert shop.rows("select sku from product where shard = :shard") == [("A",)]


def test_an_order_that_is_refused_after_all_leaves_no_products_behind(shop: Shop, tmp_path: Path):
    shop.product("GONE", active=False)
    report = take_over(
        shop,
        retail_file(
            tmp_path / "a.csv", row("1", "NEW", 5), row("1", "GONE", 1), row("2", "OTHER", 1)
        ),
    )
    assert {(x.line, x.code) for x in report.refused} == {(2, "inactive_sku"), (3, "inactive_sku")}
    assert report.orders_created == report.products_created == 1
    skus = shop.rows("select sku from product where shard = :shard order by sku")
    assert [x.sku for x in skus] == ["GONE", "OTHER"]


def test_a_cancellation_before_shipping_cancels_units(shop: Shop, tmp_path: Path):
    report = take_over(
        shop,
        retail_file(
            tmp_path / "a.csv",
            row("1", "A", 6),
            row("1", "X", 2, "1.00"),
            row("C2", "A", -4, at="2010-12-01 09:00:00"),
            row("C3", "X", -2, "1.00", at="2010-12-01 09:00:00"),
        ),
    )
    taken = order(shop, "1")
    assert [(x.ordered, x.cancelled, x.reserved) for x in taken.lines] == [(6, 4, 2), (2, 2, 0)]
    assert report.cancelled_units_by == {"cancelled": 6}
    reasons = shop.rows("select reason from history where shard = :shard and reason is not null")
    assert {x.reason for x in reasons} >= {"cancelled by invoice C2", "cancelled by invoice C3"}
    assert [x[:2] for x in records(shop)] == [
        ("online-retail:C2", "cancelled"),
        ("online-retail:C3", "cancelled"),
    ]


def test_a_whole_order_that_is_cancelled_is_over(shop: Shop, tmp_path: Path):
    rows = [row("1", "A", 6), row("C2", "A", -6, at="2010-12-01 09:00:00")]
    take_over(shop, retail_file(tmp_path / "a.csv", *rows))
    assert order(shop, "1").state == OrderState.CANCELLED
    assert shop.available("A") == 6


def test_a_cancellation_after_shipping_is_a_return_without_effect(shop: Shop, tmp_path: Path):
    take_over(shop, retail_file(tmp_path / "a.csv", row("1", "A", 6)))
    send_off(shop, "1")
    before = order(shop, "1")
    later = "2010-12-05 09:00:00"
    rows = [row("C2", "A", -4, at=later), row("C3", "A", -4, at=later)]
    report = take_over(shop, retail_file(tmp_path / "b.csv", *rows))
    assert order(shop, "1") == before
    assert report.cancelled_units_by == {"return": 6, "unmatched": 2}
    assert [x[1:] for x in records(shop)] == [
        ("return", Decimal("-10.20"), True),
        ("return", Decimal("-5.10"), True),
        ("unmatched", Decimal("-5.10"), False),
    ]


def test_units_that_are_being_packed_are_not_cancelled(shop: Shop, tmp_path: Path):
    take_over(shop, retail_file(tmp_path / "a.csv", row("1", "A", 6)))
    shop.step(order(shop, "1").shipments[0], "pick")
    path = retail_file(tmp_path / "b.csv", row("C2", "A", -4, at="2010-12-05 09:00:00"))
    report = take_over(shop, path)
    assert report.cancelled_units_by == {"return": 4}


def test_returns_of_an_earlier_file_are_not_claimed_again(shop: Shop, tmp_path: Path):
    take_over(shop, retail_file(tmp_path / "a.csv", row("1", "A", 6)))
    send_off(shop, "1")
    later = "2010-12-05 09:00:00"
    take_over(shop, retail_file(tmp_path / "b.csv", row("C2", "A", -5, at=later)))
    report = take_over(shop, retail_file(tmp_path / "c.csv", row("C3", "A", -5, at=later)))
    assert report.cancelled_units_by == {"return": 1, "unmatched": 4}


def test_overlapping_files_apply_a_cancellation_once(shop: Shop, tmp_path: Path):
    first = [row("1", "A", 6), row("C2", "A", -4, at="2010-12-01 09:00:00")]
    take_over(shop, retail_file(tmp_path / "a.csv", *first))
    both = retail_file(tmp_path / "b.csv", row("0", "X", 1), *first, row("3", "A", 1))
    report = take_over(shop, both)
    assert (report.orders_created, report.orders_existing) == (2, 1)
    assert report.rows_by["cancellation"] == 1
    assert order(shop, "1").lines[0].cancelled == 4
    assert len(records(shop)) == 1


def test_an_invoice_that_comes_again_with_another_content_is_refused(shop: Shop, tmp_path: Path):
    at = "2010-12-01 09:00:00"
    first = [row("1", "A", 6), row("C2", "A", -4, at=at)]
    take_over(shop, retail_file(tmp_path / "a.csv", *first))
    before = picture(shop.house, shop.shard)
    other = [row("1", "A", 7), row("C2", "A", -5, at=at)]
    report = take_over(shop, retail_file(tmp_path / "b.csv", *other))
    assert [(x.line, x.code) for x in report.refused] == [
        (2, "external_id_reused"),
        (3, "external_id_reused"),
    ]
    assert picture(shop.house, shop.shard) == before


def test_rows_of_one_invoice_that_stand_far_apart_are_not_added_up(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The second part would be another content of the same order: it is refused, not lost."""
    monkeypatch.setattr(gather, "WINDOW_ROWS", 0)
    at = "2010-12-01 09:00:00"
    path = retail_file(
        tmp_path / "a.csv",
        row("1", "X", 6),
        row("2", "Y", 1),
        row("1", "X", 5),
        row("2", "Y", 1),  # the same again
        row("C3", "X", -1, at=at),
        row("4", "Z", 1),
        row("C3", "X", -2, at=at),
    )
    report = take_over(shop, path)
    assert (report.orders_created, report.orders_existing) == (3, 1)
    assert [(x.line, x.code) for x in report.refused] == [
        (4, "external_id_reused"),
        (8, "external_id_reused"),
    ]
    assert order(shop, "1").lines[0].reserved == 5
    assert shop.available("X") == 1  # the cancelled one: nothing was put there for line 4


def test_charges_and_credits_are_recorded_and_change_no_order(shop: Shop, tmp_path: Path):
    at = "2010-12-02 09:00:00"
    report = take_over(
        shop,
        retail_file(
            tmp_path / "a.csv",
            row("1", "A", 6),
            row("2", "BANK CHARGES", 1, "15.00", at=at),
            row("C3", "A", -1, at=at),
            row("C3", "POST", -1, "4.00", at=at),
            row("C4", "D", -1, "27.50", at=at),
            row("A5", "X", 1, "11062.06", at=at, customer=""),
        ),
    )
    assert report.orders_created == 1
    assert (report.rows_by["charge"], report.rows_by["cancellation"]) == (2, 3)
    assert records(shop) == [
        ("online-retail:2", "charge", Decimal("15.00"), False),
        ("online-retail:A5", "charge", Decimal("11062.06"), False),
        ("online-retail:C3", "cancelled", Decimal("-2.55"), True),
        ("online-retail:C3", "credit", Decimal("-4.00"), True),
        ("online-retail:C4", "credit", Decimal("-27.50"), False),
    ]
    with shop.house.database.reading(shop.shard) as sql:
        assert worth(sql) == report.amount_file


def test_a_record_says_from_which_row_it_is(shop: Shop, tmp_path: Path):
    take_over(shop, retail_file(tmp_path / "dec.csv", row("C2", "A", -4)))
    (found,) = shop.rows("select detail from import_row where shard = :shard")
    assert json.loads(found.detail) == {
        "file": "dec.csv",
        "line": 2,
        "sku": "A",
        "units": 4,
        "reason": "No earlier order of this customer has this product.",
    }


def test_the_same_file_twice_adds_nothing(shop: Shop, tmp_path: Path):
    path = retail_file(
        tmp_path / "a.csv",
        row("1", "A", 6),
        row("2", "X", 3),
        row("C3", "A", -4, at="2010-12-01 09:00:00"),
        row("4", "AMAZONFEE", 1, "12.00"),
        row("5", "A", -7, "0.0", customer="", name="thrown away"),
    )
    first = take_over(shop, path)
    before = picture(shop.house, shop.shard)
    again = take_over(shop, path)
    assert picture(shop.house, shop.shard) == before
    assert (again.orders_created, again.orders_existing) == (0, 2)
    moved = {"orders_created": 2, "orders_existing": 0, "products_created": 2}
    assert first.figures() == again.figures() | moved
    assert first.complete
    assert again.complete


def test_two_imports_of_one_file_at_once_take_it_once(shop: Shop, new_shop, tmp_path: Path):
    at = "2010-12-03 10:00:00"
    rows = [row(str(n), f"S{n % 7}", n, customer=f"{n % 5}.0") for n in range(1, 80)]
    rows += [row(f"C{n}", f"S{n % 7}", -n, at=at, customer=f"{n % 5}.0") for n in range(40, 60)]
    path = retail_file(tmp_path / "a.csv", *rows)
    both = House(replace(shop.house.settings, batch_limit=5)), House(shop.house.settings)
    with ThreadPoolExecutor(2) as pool:
        wished = wish(path, shard=shop.shard)
        reports = list(pool.map(lambda house: import_files(house, wished), both))
    for house, report in zip(both, reports, strict=True):
        assert_adds_up(report)
        assert report.complete, list(report.refused)
        house.close()
    assert sum(report.orders_created for report in reports) == 79
    alone = new_shop()
    take_over(alone, path)
    assert orders_of(shop) == orders_of(alone)
    assert records(shop) == records(alone)


def test_small_batches_end_the_same(shop: Shop, new_shop, tmp_path: Path):
    """Orders, their cancellations and repeated invoices may fall into different batches."""
    rows = [row(str(n), f"S{n % 3}", n) for n in range(1, 12)]
    rows += [row(f"C{n}", f"S{n % 3}", -n, at="2010-12-03 10:00:00") for n in range(5, 9)]
    path = retail_file(tmp_path / "a.csv", *rows, rows[-1])
    other = new_shop(batch_limit=2)
    take_over(shop, path)
    take_over(other, path)
    assert orders_of(shop) == orders_of(other)
    assert records(shop) == records(other)


def orders_of(shop: Shop) -> list[tuple[object, ...]]:
    return picture(shop.house, shop.shard)["lines"]
