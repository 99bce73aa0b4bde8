"""The shop's own texts of its messages. A version is never changed; the highest one counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from purvey.ports.notices import ShopText
from purvey.storage import message_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

MAX_VERSIONS = 200  # that a list shows; all are kept
_COLUMNS = 'message, language, version, subject, title, body, actor, "at"'


class SqlTexts:
    """See ports.notices.Texts."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def latest(self) -> Mapping[tuple[str, str], ShopText]:
        rows = self._sql.rows(
            f"select {_COLUMNS} from message_text t where t.shard = :shard and t.version ="
            " (select max(n.version) from message_text n where n.shard = :shard"
            " and n.message = t.message and n.language = t.language)"
        )
        return {(row.message, row.language): _text(row) for row in rows}

    def versions(self, message: str, language: str) -> Sequence[ShopText]:
        rows = self._sql.rows(
            f"select {_COLUMNS} from message_text where shard = :shard and message = :message"
            " and language = :language order by version desc limit :limit",
            message=message,
            language=language,
            limit=MAX_VERSIONS,
        )
        return [_text(row) for row in rows]

    def add(self, texts: Sequence[ShopText]) -> int:
        return self._sql.insert_new(message_tables.message_text, [_row(text) for text in texts])


def _text(row: Any) -> ShopText:
    return ShopText(
        message=row.message,
        language=row.language,
        version=row.version,
        subject=row.subject,
        title=row.title,
        body=row.body,
        actor=row.actor,
        at=from_us(row.at),
    )


def _row(text: ShopText) -> tuple[Any, ...]:
    return (
        text.message,
        text.language,
        text.version,
        text.subject,
        text.title,
        text.body,
        text.actor,
        to_us(text.at),
    )
