"""Doubles are found even where the rule against them was lost."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from purvey.queries.doctor import Report, examine
from tests.doctor.shop import Shop
from tests.servers.databases import KINDS, Databases

DOUBLES = {
    "a_number_names_one_order": "update orders set number = 1001",
    "an_external_id_is_taken_once": "update orders set external_id = 'first'",
    "an_idempotency_key_stands_for_one_order": "update idempotency set key = 'key'",
}


@pytest.mark.parametrize("check", DOUBLES)
@pytest.mark.parametrize("kind", KINDS)
def test_doubles_are_found(databases: Databases, tmp_path: Path, kind: str, check: str):
    shop = Shop(databases.fresh(kind, tmp_path).url, tmp_path)
    try:
        shop.stock("85123A", 100)
        shop.take("first")
        shop.take("second")
        _without_rules(shop)
        with shop.house.database.engine.begin() as connection:
            connection.execute(sa.text(DOUBLES[check]))
        report = examine(shop.house.database)
        assert [finding.check for finding in report.findings] == [check]
        assert report.findings[0].promise == 2
    finally:
        shop.close()
        databases.take_back()


def _without_rules(shop: Shop) -> None:
    """Make the two tables anew, with the same rows and without a rule."""
    if shop.house.database.is_sqlite:
        path = shop.house.database.url.database
        assert path
        with sqlite3.connect(path) as connection:
            connection.execute("pragma legacy_alter_table = on")
            _rebuild(connection.execute)
        return
    with shop.house.database.engine.begin() as postgres:
        _rebuild(postgres.exec_driver_sql)


def _rebuild(execute: object) -> None:
    assert callable(execute)
    for table in ("orders", "idempotency"):
        execute(f"alter table {table} rename to old_{table}")
        execute(f"create table {table} as select * from old_{table}")


def test_every_shard_is_examined(databases: Databases, tmp_path: Path):
    shop = Shop(databases.fresh("sqlite", tmp_path).url, tmp_path)
    shop.stock("85123A", 100)
    shop.take("first")
    alone = _examined(shop)
    with shop.house.database.engine.begin() as connection:
        connection.execute(sa.text("insert into shop values (2, 'Second', 'GBP', 0)"))
        connection.execute(sa.text(_LOCATION))
        connection.execute(sa.text(_PRODUCT))
        connection.execute(sa.text("insert into stock values (2, 'X', 'main', 5, 0)"))
    both = _examined(shop)
    shop.close()
    assert alone.ok
    assert [finding.where for finding in both.findings] == ["stock of X in main"]
    assert both.checked["stock"] == alone.checked["stock"] + 1


def _examined(shop: Shop) -> Report:
    return examine(shop.house.database)


_LOCATION = """
insert into location (shard, code, name, priority) values (2, 'main', 'Main', 0)
"""
_PRODUCT = """
insert into product (shard, sku, name, price, currency, weight_grams, tax_class, backorder_limit,
                     backordered, active, version)
values (2, 'X', 'X', 1, 'GBP', 0, 'standard', 0, 0, 1, 1)
"""
