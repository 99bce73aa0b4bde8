"""Products, stock levels, movements and supplies. Locking a product locks all of its stock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from purvey.ports.storage import Level, Location, Movement, Product, Supply
from purvey.storage import tables
from purvey.storage.search_words import keep_product_words
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


class SqlStock:
    def __init__(self, sql: Sql):
        self._sql = sql

    def products(self, skus: Collection[str]) -> dict[str, Product]:
        return _products(self._sql.rows(_LOCKED, skus=sorted(skus))) if skus else {}

    def levels(self, skus: Collection[str]) -> Sequence[Level]:
        return _levels(self._sql.rows(_LEVELS, skus=sorted(skus)))

    def locked(self, skus: Collection[str]) -> tuple[dict[str, Product], Sequence[Level]]:
        """The levels are asked in a statement of their own, which sees what was committed until
        the lock was had: a join would show them as they were before the wait."""
        if not skus:
            return {}, ()
        with self._sql.pipelined():
            products = self._sql.ask(_LOCKED, skus=sorted(skus))
            levels = self._sql.ask(_LEVELS, skus=sorted(skus))
        return _products(products()), _levels(levels())

    def locations(self) -> Sequence[Location]:
        rows = self._sql.rows(
            f"select {LOCATION} from location where shard = :shard order by priority, code"
        )
        return [location_of(row) for row in rows]

    def awaited_at(self, places: Collection[str]) -> Sequence[str]:
        rows = self._sql.rows(
            "select distinct s.sku from stock s join product p"
            " on p.shard = s.shard and p.sku = s.sku and p.backordered > 0"
            " where s.shard = :shard and s.location = any(:places) and s.on_hand > s.reserved"
            " order by s.sku",
            places=sorted(places),
        )
        return [row.sku for row in rows]

    def put_products(self, products: Sequence[Product]) -> None:
        """New ones are inserted, others updated: all but `backordered`, which orders count."""
        new = [_product_row(product) for product in products if product.version == 1]
        self._sql.insert(tables.product, new)
        old = [_product_row(product) for product in products if product.version > 1]
        self._sql.update(
            tables.product,
            sets=_PRODUCT_COLUMNS,
            keys=("sku",),
            rows=[(*row[1:7], *row[8:], row[0]) for row in old],
        )
        keep_product_words(self._sql, products)

    def with_barcodes(self, barcodes: Collection[str]) -> Mapping[str, str]:
        rows = self._sql.rows(
            "select barcode, sku from product where shard = :shard and barcode = any(:barcodes)",
            barcodes=sorted(barcodes),
        )
        return {row.barcode: row.sku for row in rows}

    def save_levels(self, levels: Sequence[Level]) -> None:
        rows = [(x.sku, x.location, x.on_hand, x.reserved) for x in levels]
        self._sql.upsert(tables.stock, sorted(rows))

    def save_backordered(self, backordered: Mapping[str, int]) -> None:
        rows = [(count, sku) for sku, count in sorted(backordered.items())]
        self._sql.update(tables.product, sets=("backordered",), keys=("sku",), rows=rows)

    def add_movements(self, movements: Sequence[Movement]) -> None:
        rows = [
            (m.id, m.sku, m.location, m.change, m.reason, m.actor, to_us(m.at), m.order_id)
            for m in movements
        ]
        self._sql.insert(tables.movement, rows)

    def supplies(self, ids: Collection[str]) -> Sequence[Supply]:
        return self._supplies("id = any(:values)", ids)

    def expected(self, skus: Collection[str]) -> Sequence[Supply]:
        return self._supplies("sku = any(:values) and state = 'expected'", skus)

    def _supplies(self, condition: str, values: Collection[str]) -> Sequence[Supply]:
        rows = self._sql.rows(
            "select id, sku, location, expected, arrived, expected_on, state from supply"
            f" where shard = :shard and {condition} order by expected_on, id",
            values=sorted(values),
        )
        return [
            Supply(
                id=row.id,
                sku=row.sku,
                location=row.location,
                expected=row.expected,
                arrived=row.arrived,
                expected_on=date.fromisoformat(row.expected_on) if row.expected_on else None,
                state=row.state,
            )
            for row in rows
        ]

    def put_supplies(self, supplies: Sequence[Supply]) -> None:
        rows = [
            (
                x.id,
                x.sku,
                x.location,
                x.expected,
                x.arrived,
                x.expected_on.isoformat() if x.expected_on else None,
                x.state,
            )
            for x in supplies
        ]
        self._sql.upsert(tables.supply, rows)

    def put_locations(self, locations: Sequence[Location]) -> None:
        rows = [
            (x.code, x.name, x.priority, x.address, int(x.active), x.version) for x in locations
        ]
        self._sql.upsert(tables.location, rows)


LOCATION = "code, name, priority, address, active, version"


def location_of(row: Any) -> Location:
    return Location(
        code=row.code,
        name=row.name,
        priority=row.priority,
        address=row.address,
        active=bool(row.active),
        version=row.version,
    )


_PRODUCT_COLUMNS = (
    "name",
    "price",
    "currency",
    "weight_grams",
    "tax_class",
    "backorder_limit",
    "active",
    "version",
    "barcode",
)


def _product_row(product: Product) -> tuple[object, ...]:
    return (
        product.sku,
        product.name,
        product.price,
        product.currency,
        product.weight_grams,
        product.tax_class,
        product.backorder_limit,
        product.backordered,
        int(product.active),
        product.version,
        product.barcode,
    )


_LOCKED = (
    "select sku, name, price, currency, weight_grams, tax_class, backorder_limit,"
    " backordered, active, version, barcode from product"
    " where shard = :shard and sku = any(:skus) order by sku for update"
)
_LEVELS = (
    "select s.sku, s.location, s.on_hand, s.reserved, l.active from stock s join location l"
    " on l.shard = s.shard and l.code = s.location"
    " where s.shard = :shard and s.sku = any(:skus) order by l.priority, l.code"
)


def _products(rows: Sequence[Any]) -> dict[str, Product]:
    return {
        row[0]: Product(
            sku=row[0],
            name=row[1],
            price=row[2],
            currency=row[3],
            weight_grams=row[4],
            tax_class=row[5],
            backorder_limit=row[6],
            backordered=row[7],
            active=bool(row[8]),
            version=row[9],
            barcode=row[10],
        )
        for row in rows
    }


def _levels(rows: Sequence[Any]) -> list[Level]:
    return [Level(*row) for row in rows]
