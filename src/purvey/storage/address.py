"""Where the shop is served, for commands that print links: a row of the lease table.

It is a hint, not a lease: it is there while a server runs, and after a server was killed it tells
where the last one was. Only a shop without `public_url` asks for it.
"""

from purvey.storage import tables
from purvey.storage.sql import Sql

NAME = "served at"


def note_address(sql: Sql, address: str) -> None:
    sql.execute("delete from lease where shard = :shard and name = :name", name=NAME)
    sql.insert(tables.lease, [(NAME, address, 0, 0)])


def forget_address(sql: Sql, address: str) -> None:
    """Of another server that started meanwhile, it stays."""
    sql.execute(
        "delete from lease where shard = :shard and name = :name and owner = :address",
        name=NAME,
        address=address,
    )


def noted_address(sql: Sql) -> str | None:
    found = sql.scalar("select owner from lease where shard = :shard and name = :name", name=NAME)
    return None if found is None else str(found)
