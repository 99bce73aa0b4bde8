"""Create the tables, and a new shop in them.

`strict` makes PostgreSQL partition every table by shard, as a distributed database would: it then
refuses by itself a key that lacks the shard. Used by tests; see docs/decisions/0001-shards.md.
"""

from datetime import datetime

import sqlalchemy as sa

from purvey.domain.money import exponent_of, to_minor
from purvey.storage import tables
from purvey.storage.sql import Sql
from purvey.storage.times import to_us

STRICT_PARTITIONS = 2
FIRST_ORDER_NUMBER = 1001


def create_tables(engine: sa.Engine, *, strict: bool = False) -> None:
    """All tables at once, for tests; a shop's database is made by the migrations."""
    metadata = tables.metadata if not strict else _partitioned(tables.metadata)
    metadata.create_all(engine)
    if strict:
        with engine.begin() as connection:
            for table in metadata.tables:
                for part in range(STRICT_PARTITIONS):
                    connection.exec_driver_sql(
                        f"create table {table}_{part} partition of {table}"
                        f" for values with (modulus {STRICT_PARTITIONS}, remainder {part})"
                    )


def _partitioned(metadata: sa.MetaData) -> sa.MetaData:
    copy = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(copy).dialect_options["postgresql"]["partition_by"] = "HASH (shard)"
    return copy


def open_shop(sql: Sql, *, name: str, currency: str, now: datetime) -> bool:
    """Give the shard its shop, a location and the usual shipping methods; False if it has them."""
    opened = sql.insert_new(tables.shop, [(name, currency, to_us(now))])
    if not opened:
        return False
    sql.insert(tables.location, [("main", "Main", 0, "", 1, 1)])
    sql.insert(tables.counter, [("order_number", FIRST_ORDER_NUMBER)])
    sql.insert(tables.shipping_method, [_method(row, currency) for row in _METHODS])
    return True


class OtherCurrency(Exception):
    """The shop in the database trades in another currency than the settings say."""

    def __init__(self, *, shop: str, settings: str):
        super().__init__(
            f"The shop in this database trades in {shop}, and the setting is {settings}: set"
            f" PURVEY_CURRENCY={shop}, or name another database in PURVEY_DATABASE_URL."
        )


def require_currency(sql: Sql, currency: str) -> None:
    """Raises OtherCurrency."""
    shop = sql.scalar("select currency from shop where shard = :shard")
    if shop is not None and shop != currency:
        raise OtherCurrency(shop=shop, settings=currency)


# code, name, price, first and last working day
_METHODS = (
    ("standard", "Standard delivery", "3.95", 3, 5),
    ("express", "Express delivery", "9.95", 1, 2),
    ("pickup", "Collected at the counter", "0", 0, 0),
)


def _method(row: tuple[str, str, str, int, int], currency: str) -> tuple[object, ...]:
    code, name, price, first, last = row
    whole = price if exponent_of(currency) >= 2 else str(round(float(price)))
    return (code, name, to_minor(whole, currency), currency, first, last, 1, 1)
