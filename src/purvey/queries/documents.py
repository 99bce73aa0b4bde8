"""Papers: what was printed for a parcel."""

from purvey.ports.storage import Document
from purvey.storage.sql import Sql
from purvey.storage.times import from_us


def latest_document(sql: Sql, subject_id: str, *, kind: str) -> Document | None:
    """The last one of its kind about a shipment."""
    row = sql.first(
        "select id, order_id, subject_id, kind, media_type, body, at from document"
        " where shard = :shard and subject_id = :subject_id and kind = :kind"
        " order by id desc limit 1",
        subject_id=subject_id,
        kind=kind,
    )
    if row is None:
        return None
    return Document(
        id=row.id,
        order_id=row.order_id,
        subject_id=row.subject_id,
        kind=row.kind,
        media_type=row.media_type,
        body=row.body,
        at=from_us(row.at),
    )
