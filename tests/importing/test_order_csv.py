"""Order files of other systems: checked as orders of any other channel are."""

import gzip
from pathlib import Path

import pytest

from purvey.domain.states import OrderState
from purvey.importing import Report
from purvey.testing import Shop
from tests.adapters_files.places import DATA, files, needed
from tests.importing.files import take_over
from tests.importing.test_online_retail import order

HEADER = (
    "order,placed_at,email,customer_name,line1,city,postal_code,country"
    ",sku,quantity,unit_price,payment"
)
ANN = "2026-11-22T10:04:00Z,ann@example.com,Ann Lee,1 High Street,Leeds,LS1 4DT,GB"


def csv_file(path: Path, *rows: str, encoding: str = "utf-8", separator: str = ",") -> Path:
    text = "\r\n".join([HEADER, *rows]).replace(",", separator)
    path.write_bytes(text.encode(encoding))
    return path


def import_csv(shop: Shop, *paths: Path, **more: bool) -> Report:
    return take_over(shop, *paths, format="csv", **more)


def codes(report: Report) -> list[tuple[int, str]]:
    return [(x.line, x.code) for x in report.refused]


def test_orders_are_taken_at_catalogue_prices(shop: Shop, tmp_path: Path):
    shop.stock(10, "A", price=255)
    path = csv_file(tmp_path / "a.csv", f"W-1,{ANN},A,6,,net30", f"W-2,{ANN},A,1,2.55,net30")
    report = import_csv(shop, path)
    assert report.orders_created == 2
    assert order(shop, "W-1").state == OrderState.READY
    assert order(shop, "W-1").lines[0].unit_price == 255
    assert str(report.amount_file) == "2.55"  # prices that the catalogue knows are not in the file


def test_another_price_is_for_a_person_to_decide(shop: Shop, tmp_path: Path):
    shop.stock(10, "A", price=255)
    report = import_csv(shop, csv_file(tmp_path / "a.csv", f"W-1,{ANN},A,6,2.00,net30"))
    assert report.orders_created == 1
    assert order(shop, "W-1").state == OrderState.IN_REVIEW
    assert order(shop, "W-1").holds[0].type == "price"


def test_a_doubtful_address_is_for_a_person_to_decide(shop: Shop, tmp_path: Path):
    shop.stock(10, "A")
    bad = ANN.replace("LS1 4DT", "10115")
    import_csv(shop, csv_file(tmp_path / "a.csv", f"W-1,{bad},A,6,,net30"))
    assert order(shop, "W-1").holds[0].type == "address"


def test_unknown_products_are_refused_unless_they_are_to_be_made(shop: Shop, tmp_path: Path):
    path = csv_file(
        tmp_path / "a.csv",
        f"W-1,{ANN},A,6,2.55,net30",
        f"W-2,{ANN},X,1,,net30",
        f"W-3,{ANN},A,1,9.99,net30",
    )
    report = import_csv(shop, path)
    assert codes(report) == [(2, "unknown_sku"), (3, "unknown_sku"), (4, "unknown_sku")]
    assert not report.complete
    report = import_csv(shop, path, create_products=True)
    assert (report.orders_created, report.products_created) == (2, 1)
    assert codes(report) == [(3, "unknown_sku")]  # nobody says what X costs
    assert order(shop, "W-3").state == OrderState.READY
    assert order(shop, "W-1").holds[0].type == "price"  # the latest price is the catalogue's


def test_short_stock_follows_the_shops_policy(shop: Shop, tmp_path: Path):
    shop.stock(5, "A", backorder_limit=10)
    report = import_csv(shop, csv_file(tmp_path / "a.csv", f"W-1,{ANN},A,6,,net30"))
    assert report.complete
    assert order(shop, "W-1").lines[0].backordered == 1


def test_strict_refuses_short_stock(shop: Shop, tmp_path: Path):
    shop.stock(5, "A", backorder_limit=10)
    path = csv_file(tmp_path / "a.csv", f"W-1,{ANN},A,6,,net30")
    assert codes(import_csv(shop, path, strict=True)) == [(2, "out_of_stock")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
def test_however_the_file_was_saved(shop: Shop, tmp_path: Path, encoding: str, separator: str):
    shop.stock(10, "A")
    ann = ANN.replace("Ann Lee", "Änne Müller").replace("High Street", "Café Straße")
    rows = (f"W-1,{ann},A,6,,net30", f"W-2,{ann},A,1,,net30")
    path = csv_file(tmp_path / "a.csv", *rows, encoding=encoding, separator=separator)
    assert import_csv(shop, path).complete
    assert order(shop, "W-1").customer.name == "Änne Müller"
    assert order(shop, "W-1").ship_to.line1 == "1 Café Straße"


@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
def test_a_bad_row_refuses_its_order_and_no_other(shop: Shop, tmp_path: Path):
    shop.stock(10, "A")
    path = csv_file(
        tmp_path / "a.csv",
        f"W-1,{ANN},A,1,,net30",
        f"W-2,{ANN},A,two,,net30",
        f"W-2,{ANN},A,1,,net30",
        f"W-3,{ANN},A,1,,net30",
    )
    report = import_csv(shop, path)
    assert report.orders_created == 2
    assert codes(report) == [(3, "quantity_invalid"), (4, "order_incomplete")]


@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
def test_a_file_that_breaks_off_is_taken_until_there(shop: Shop, tmp_path: Path):
    shop.stock(5_000_000, "A")
    rows = [f"W-{n},{ANN},A,{n + 1},,net30".encode() for n in range(2_000)]
    whole = gzip.compress(b"\n".join([HEADER.encode(), *rows]))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    report = import_csv(shop, path)
    assert report.stopped is not None
    assert report.stopped.code == "damaged_archive"
    assert report.stopped.line > 1_200
    assert 0 < report.orders_created < 2_000
    path.write_bytes(whole)
    report = import_csv(shop, path)
    assert report.stopped is None
    assert report.orders_created + report.orders_existing == 2_000


@needed("dirty")
@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
@pytest.mark.parametrize("format", ["csv", "online-retail"])
def test_dirty_files_get_a_clear_answer_and_change_nothing(shop: Shop, format: str):
    """None of them holds orders: each is refused as a whole, with a code and a sentence."""
    dirty = [path for path in files("dirty/*") if path.name != "SOURCES.md"]
    assert len(dirty) > 60, DATA
    for path in dirty:
        report = take_over(shop, path, format=format, create_products=True)
        assert report.stopped is not None, path.name
        assert report.stopped.code, path.name
        assert report.stopped.detail, path.name
        assert report.rows == report.orders_created == 0, path.name
    assert shop.rows("select id from orders where shard = :shard") == []
