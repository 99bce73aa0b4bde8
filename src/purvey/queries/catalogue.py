"""Products, where they lie, how many there are and how many are coming."""

from datetime import date
from typing import Any

from purvey.ports.storage import Level, Location, Product, ShippingMethod, Supply
from purvey.queries.paging import Page, page_of
from purvey.storage.methods import METHOD, method_of
from purvey.storage.sql import Sql
from purvey.storage.stock import LOCATION, location_of

MAX_LOCATIONS = MAX_METHODS = 200


def list_products(
    sql: Sql, *, limit: int, after: str = "", active: bool | None = None
) -> Page[Product]:
    """By sku."""
    rows = sql.rows(
        f"select {PRODUCT} from product where shard = :shard and sku > :after"
        " and active = any(:states) order by sku limit :limit",
        after=after,
        states=[0, 1] if active is None else [int(active)],
        limit=limit + 1,
    )
    return page_of([product_of(row) for row in rows], limit, key=lambda product: (product.sku,))


def find_product(sql: Sql, sku: str) -> Product | None:
    row = sql.first(f"select {PRODUCT} from product where shard = :shard and sku = :sku", sku=sku)
    return None if row is None else product_of(row)


PRODUCT = (
    "sku, name, price, currency, weight_grams, tax_class, backorder_limit, backordered, active,"
    " version, barcode"
)


def product_of(row: Any) -> Product:
    return Product(
        sku=row.sku,
        name=row.name,
        price=row.price,
        currency=row.currency,
        weight_grams=row.weight_grams,
        tax_class=row.tax_class,
        backorder_limit=row.backorder_limit,
        backordered=row.backordered,
        active=bool(row.active),
        version=row.version,
        barcode=row.barcode,
    )


def list_stock(
    sql: Sql,
    *,
    limit: int,
    sku: str | None = None,
    location: str | None = None,
    after: tuple[str, str] = ("", ""),
) -> Page[Level]:
    """By sku and location."""
    conditions = " and s.sku = :sku" if sku is not None else ""
    conditions += " and s.location = :location" if location is not None else ""
    rows = sql.rows(
        "select s.sku, s.location, s.on_hand, s.reserved, l.active from stock s"
        " join location l on l.shard = s.shard and l.code = s.location where s.shard = :shard"
        f" and (s.sku, s.location) > (:after_sku, :after_location){conditions}"
        " order by s.sku, s.location limit :limit",
        after_sku=after[0],
        after_location=after[1],
        sku=sku,
        location=location,
        limit=limit + 1,
    )
    levels = [Level(*row) for row in rows]
    return page_of(levels, limit, key=lambda level: (level.sku, level.location))


def list_locations(sql: Sql) -> list[Location]:
    """In the order in which they are tried; a shop has at most a few."""
    rows = sql.rows(
        f"select {LOCATION} from location where shard = :shard"
        " order by priority, code limit :limit",
        limit=MAX_LOCATIONS,
    )
    return [location_of(row) for row in rows]


def list_methods(sql: Sql) -> list[ShippingMethod]:
    """All of them, by code."""
    rows = sql.rows(
        f"select {METHOD} from shipping_method where shard = :shard order by code limit :limit",
        limit=MAX_METHODS,
    )
    return [method_of(row) for row in rows]


def list_supplies(
    sql: Sql, *, limit: int, sku: str | None = None, state: str | None = None, after: str = ""
) -> Page[Supply]:
    """In the order in which they were announced."""
    conditions = " and sku = :sku" if sku is not None else ""
    conditions += " and state = :state" if state is not None else ""
    rows = sql.rows(
        "select id, sku, location, expected, arrived, expected_on, state from supply"
        f" where shard = :shard and id > :after{conditions} order by id limit :limit",
        after=after,
        sku=sku,
        state=state,
        limit=limit + 1,
    )
    supplies = [
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
    return page_of(supplies, limit, key=lambda supply: (supply.id,))
