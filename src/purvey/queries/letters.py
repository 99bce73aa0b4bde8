"""What a message to a customer says beside the order itself."""

from collections.abc import Collection

from purvey.storage.sql import Sql


def names_of_places(sql: Sql) -> dict[str, str]:
    """With the address, where there is one: customers read it who come to collect."""
    rows = sql.rows("select code, name, address from location where shard = :shard")
    return {row.code: ", ".join(filter(None, (row.name, row.address))) for row in rows}


def next_deliveries(sql: Sql, skus: Collection[str]) -> dict[str, str]:
    """The ISO day on which more is expected, by sku; skus of which nothing is announced are not
    in it."""
    rows = sql.rows(
        "select sku, min(expected_on) as day from supply where shard = :shard"
        " and state = 'expected' and expected_on is not null and sku = any(:skus) group by sku",
        skus=sorted(skus),
    )
    return {row.sku: row.day for row in rows}
