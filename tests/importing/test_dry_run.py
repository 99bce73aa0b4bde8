"""A dry run says what the real run will say, and writes nothing."""

from pathlib import Path
from typing import Any

from purvey.importing import Report, rehearse
from purvey.testing import Shop
from tests.importing.files import picture, retail_file, row, take_over, wish
from tests.importing.test_online_retail import order

LATER = "2010-12-05 09:00:00"


def dry(shop: Shop, *paths: Path, **more: Any) -> Report:
    """Rehearsed; the shop is compared row by row."""
    before = picture(shop.house, shop.shard)
    report = rehearse(shop.house, wish(*paths, shard=shop.shard, **more))
    assert picture(shop.house, shop.shard) == before
    return report


def said(report: Report) -> tuple[dict[str, object], list[object]]:
    return report.figures() | {"dry_run": None}, list(report.refused)


def assert_honest(shop: Shop, *paths: Path, **more: Any) -> Report:
    rehearsed = dry(shop, *paths, **more)
    assert rehearsed.dry_run
    report = take_over(shop, *paths, **more)
    assert said(rehearsed) == said(report)
    return report


def test_into_an_empty_shop(shop: Shop, tmp_path: Path):
    path = retail_file(
        tmp_path / "a.csv",
        row("1", "X", 6),
        row("C2", "X", -2, at=LATER),
        row("3", "AMAZONFEE", 1),
        row("4", "", 1),
    )
    report = assert_honest(shop, path)
    assert report.orders_created == 1
    assert report.cancelled_units_by == {"cancelled": 2}


def test_into_a_shop_that_has_orders_products_and_invoices_already(shop: Shop, tmp_path: Path):
    shop.stock(3, "OWN")
    first = [
        row("1", "X", 6),
        row("2", "Y", 6),
        row("3", "Z", 6),
        row("C4", "X", -1, at=LATER),
        row("5", "AMAZONFEE", 1),
    ]
    take_over(shop, retail_file(tmp_path / "a.csv", *first))
    shop.send_off(order(shop, "2"))
    take_over(shop, retail_file(tmp_path / "b.csv", row("C6", "Y", -2, at=LATER)))
    second = [
        *first,
        row("1", "X", 7),  # another content
        row("C4", "X", -2, at=LATER),  # another content
        row("C7", "Y", -5, at=LATER),  # 4 of them are there to come back
        row("C8", "X", -6, at=LATER),  # of two orders, one of them in this very file
        row("9", "OWN", 4),  # not there
        row("10", "X", 2),  # more opening stock
        row("11", "NEW", 2),
    ]
    report = assert_honest(shop, retail_file(tmp_path / "c.csv", *second))
    assert (report.orders_created, report.orders_existing) == (2, 2)
    assert report.cancelled_units_by == {"cancelled": 6, "return": 4, "unmatched": 1}


def test_over_many_small_batches(new_shop: Any, tmp_path: Path):
    shop = new_shop(batch_limit=1)
    rows = [row(str(n), f"S{n % 2}", n) for n in range(1, 5)]
    rows += [row(f"C{n}", f"S{n % 2}", -n, at=LATER) for n in range(2, 6)]
    first = retail_file(tmp_path / "a.csv", *rows[:3])
    take_over(shop, first)
    assert_honest(shop, first, retail_file(tmp_path / "b.csv", *rows))


def test_a_strict_one(shop: Shop, tmp_path: Path):
    shop.stock(5, "X")
    path = retail_file(tmp_path / "a.csv", row("1", "X", 5), row("2", "X", 1), row("3", "Y", 1))
    assert assert_honest(shop, path, strict=True).orders_created == 1
