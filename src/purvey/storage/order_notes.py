"""Notes of colleagues about orders."""

from collections.abc import Collection, Mapping, Sequence

from purvey.ports.order_notes import OrderNote
from purvey.storage import tables
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


class SqlOrderNotes:
    """See ports.order_notes.OrderNotes."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def counts(self, order_ids: Collection[str]) -> Mapping[str, int]:
        rows = self._sql.rows(
            "select o.id, (select count(*) from order_note n where n.shard = :shard"
            " and n.order_id = o.id) as notes from orders o"
            " where o.shard = :shard and o.id = any(:ids)",
            ids=sorted(order_ids),
        )
        return {row.id: row.notes for row in rows}

    def add(self, notes: Sequence[OrderNote]) -> None:
        rows = [(x.order_id, x.id, x.body, x.by, to_us(x.at)) for x in notes]
        self._sql.insert(tables.order_note, rows)
