"""Small files to import, cuts from the real ones, and what is in a shop afterwards."""

import csv
import gzip
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from purvey.importing import FORMATS, Report, Wish, import_files
from purvey.storage.sql import Sql
from purvey.testing import Shop
from purvey.wiring import House
from tests.adapters_files.places import files

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
MONTHS = files("online-retail/*.csv.gz")
Cells = tuple[object, ...]


def row(
    invoice: str,
    sku: str,
    quantity: int,
    price: str = "2.55",
    *,
    at: str = "2010-12-01 08:26:00",
    customer: str = "17850.0",
    name: str | None = None,
) -> Cells:
    """One line of an invoice, as the wholesaler's file has it."""
    called = f"PRODUCT {sku}" if name is None else name
    return (invoice, sku, called, quantity, at, price, customer, "United Kingdom")


def retail_file(path: Path, *rows: Cells) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def cut(source: Path, target: Path, *, keep: Callable[[str], bool]) -> Path:
    """Those rows of a real file whose invoice is to be kept."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return _written(target, [header, *(cells for cells in rows if keep(cells[0]))])


def first_invoices(source: Path, target: Path, count: int) -> Path:
    """The first invoices of a real file with all that they hold."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    wanted = set(list(dict.fromkeys(cells[0] for cells in rows))[:count])
    return cut(source, target, keep=wanted.__contains__)


def _written(target: Path, rows: Iterable[Sequence[str]]) -> Path:
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return target


def wish(*paths: Path, format: str = "online-retail", **more: Any) -> Wish:
    return Wish(paths=paths, format=FORMATS[format], **more)


def take_over(shop: Shop, *paths: Path, **more: Any) -> Report:
    """Import into a test's shop; the sums have to be right whatever was in the files."""
    report = import_files(shop.house, wish(*paths, shard=shop.shard, **more))
    assert_adds_up(report)
    return report


def assert_adds_up(report: Report) -> None:
    figures = report.figures()
    classes = ("imported", "merged", "charge", "cancellation", "refused")
    assert figures["rows"] == sum(figures[f"rows_{name}"] for name in classes)
    assert figures["amount_file"] == figures["amount_accounted"]
    assert len(list(report.refused)) == figures["rows_refused"]


def worth(sql: Sql) -> Decimal:
    """What the database holds of the files, in pounds: orders as ordered, and the records."""
    goods = sql.scalar("select sum(unit_price * ordered) from order_line where shard = :shard") or 0
    rest = sql.scalar(
        "select sum(shipping_total + tax_total - discount_total) from orders where shard = :shard"
    )
    records = sql.rows("select amount from import_row where shard = :shard")
    pence = Decimal(int(goods) + int(rest or 0))
    return pence.scaleb(-2) + sum((Decimal(x.amount) for x in records), Decimal(0))


# What an import writes, without what differs from run to run: ids, numbers, times, hashes.
PICTURE = {
    "orders": "select external_id, state, version, channel, currency, customer_external_id,"
    " shipping_total, discounts, total, placed_at, metadata, fingerprint"
    " from orders where shard = :shard order by external_id",
    "lines": "select o.external_id, l.no, l.sku, l.name, l.unit_price, l.ordered, l.reserved,"
    " l.cancelled, l.shipped from order_line l join orders o on o.shard = l.shard"
    " and o.id = l.order_id where l.shard = :shard order by o.external_id, l.no",
    "products": "select sku, name, price, currency, backordered, version from product"
    " where shard = :shard order by sku",
    "stock": "select sku, location, on_hand, reserved from stock where shard = :shard"
    " order by sku, location",
    "movements": "select sku, location, reason, change from movement where shard = :shard"
    " order by sku, location, reason, change",
    "records": "select r.source, r.line, r.outcome, r.amount, o.external_id, r.detail"
    " from import_row r left join orders o on o.shard = r.shard and o.id = r.order_id"
    " where r.shard = :shard order by r.source, r.line",
    "history": "select o.external_id, h.version, h.process, h.trigger, h.target, h.actor, h.reason"
    " from history h join orders o on o.shard = h.shard and o.id = h.order_id"
    " where h.shard = :shard order by o.external_id, h.version",
    "messages": "select effect, state, count(*) as many from outbox where shard = :shard"
    " group by effect, state order by effect, state",
    "customers": "select external_id, email from customer where shard = :shard"
    " order by external_id, email",
}


def picture(house: House, shard: int = 1) -> dict[str, list[tuple[Any, ...]]]:
    with house.database.reading(shard) as sql:
        return {what: [tuple(x) for x in sql.rows(query)] for what, query in PICTURE.items()}
