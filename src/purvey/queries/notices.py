"""Messages that a customer got about one order."""

from typing import Any

from purvey.queries.paging import Page, page_of
from purvey.storage.notices import NoticeRow
from purvey.storage.sql import Sql
from purvey.storage.times import from_us


def notices_of(sql: Sql, order_id: str, *, limit: int) -> Page[NoticeRow]:
    """Oldest first. An order has a few of them; those beyond `limit` are not shown."""
    rows = sql.rows(
        f'{_SELECT} order by "at", key limit :limit',
        order_id=order_id,
        limit=limit + 1,
    )
    return page_of([_notice(row) for row in rows], limit, key=lambda row: (row.key,))


def find_notice(sql: Sql, order_id: str, key: str) -> NoticeRow | None:
    """One of this order's."""
    row = sql.first(f"{_SELECT} and key = :key", order_id=order_id, key=key)
    return None if row is None else _notice(row)


_SELECT = (
    "select key, order_id, template, recipient, subject, body, state, detail, language,"
    ' text_version, "at" from notice where shard = :shard and order_id = :order_id'
)


def _notice(row: Any) -> NoticeRow:
    return NoticeRow(
        key=row.key,
        order_id=row.order_id,
        template=row.template,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        state=row.state,
        detail=row.detail,
        at=from_us(row.at),
        language=row.language,
        text_version=row.text_version,
    )
