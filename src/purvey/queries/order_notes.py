"""What colleagues wrote down about an order."""

from purvey.operations.add_notes import MAX_NOTES
from purvey.ports.order_notes import OrderNote
from purvey.storage.sql import Sql
from purvey.storage.times import from_us


def notes_of(sql: Sql, order_id: str) -> list[OrderNote]:
    """All of them, the newest first: an order has at most MAX_NOTES."""
    rows = sql.rows(
        'select id, body, "by", at from order_note where shard = :shard'
        " and order_id = :order_id order by at desc, id desc limit :limit",
        order_id=order_id,
        limit=MAX_NOTES,
    )
    return [
        OrderNote(id=row.id, order_id=order_id, body=row.body, by=row.by, at=from_us(row.at))
        for row in rows
    ]
