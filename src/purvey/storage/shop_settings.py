"""Settings that were changed in a page: those alone, by name, as they were written."""

from collections.abc import Collection, Mapping

from purvey.storage import tables
from purvey.storage.sql import Sql


class SqlShopSettings:
    """Implements `ports.shop_settings.ShopSettings`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def read(self) -> dict[str, str]:
        rows = self._sql.rows("select name, value from setting where shard = :shard order by name")
        return {row.name: row.value for row in rows}

    def lock(self) -> None:
        self._sql.rows("select name from shop where shard = :shard for update")

    def put(self, values: Mapping[str, str]) -> None:
        self._sql.upsert(tables.setting, sorted(values.items()))

    def drop(self, names: Collection[str]) -> None:
        query = "delete from setting where shard = :shard and name = any(:names)"
        self._sql.execute(query, names=sorted(names))
