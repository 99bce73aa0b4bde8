"""Drafts and quotes: a row each, what was typed as JSON."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from purvey.ports.desk import Quote, SavedDraft
from purvey.storage import desk_tables, tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

DRAFTS_KEPT = timedelta(days=30)  # after the last change
FIRST_QUOTE_NUMBER = 101
DRAFT = "id, person_id, content, title, total, page_id, turn, created_at, changed_at, order_id, who"
QUOTE = (
    "number, content, customer, total, currency, valid_until, version, made_by, made_at,"
    " changed_at, order_id, who"
)


class SqlDesk:
    """Implements `ports.desk.Desk`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def drafts(self, ids: Collection[str]) -> Mapping[str, SavedDraft]:
        rows = self._sql.rows(
            f"select {DRAFT} from order_draft where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(ids),
        )
        return {row.id: draft_of(row) for row in rows}

    def count_open(self, person_ids: Collection[str]) -> Mapping[str, int]:
        rows = self._sql.rows(
            "select person_id, count(*) as n from order_draft where shard = :shard"
            " and person_id = any(:ids) and order_id is null group by person_id",
            ids=sorted(person_ids),
        )
        return {row.person_id: row.n for row in rows}

    def put_drafts(self, drafts: Sequence[SavedDraft]) -> None:
        self._sql.upsert(desk_tables.order_draft, sorted(_draft_row(draft) for draft in drafts))

    def drop_drafts(self, ids: Collection[str]) -> None:
        query = "delete from order_draft where shard = :shard and id = any(:ids)"
        self._sql.execute(query, ids=sorted(ids))

    def quotes(self, numbers: Collection[int]) -> Mapping[int, Quote]:
        rows = self._sql.rows(
            f"select {QUOTE} from quote where shard = :shard and number = any(:numbers)"
            " order by number for update",
            numbers=sorted(numbers),
        )
        return {row.number: quote_of(row) for row in rows}

    def next_quote_numbers(self, count: int) -> Sequence[int]:
        self._sql.insert_new(tables.counter, [("quote_number", FIRST_QUOTE_NUMBER)])
        after: int = self._sql.scalar(
            "update counter set next = next + :count"
            " where shard = :shard and name = 'quote_number' returning next",
            count=count,
        )
        return range(after - count, after)

    def put_quotes(self, quotes: Sequence[Quote]) -> None:
        self._sql.upsert(desk_tables.quote, sorted(_quote_row(quote) for quote in quotes))

    def drop_quotes(self, numbers: Collection[int]) -> None:
        query = "delete from quote where shard = :shard and number = any(:numbers)"
        self._sql.execute(query, numbers=sorted(numbers))

    def forget(self, marks: Collection[str]) -> None:
        for table in ("order_draft", "quote"):
            self._sql.execute(
                f"delete from {table} where shard = :shard and who = any(:marks)"
                " and order_id is null",
                marks=sorted(marks),
            )


def forget_drafts(sql: Sql, *, now: datetime, limit: int) -> int:
    """Those that nobody has touched for long; what became an order is in its history."""
    return sql.execute(
        "delete from order_draft where shard = :shard and id in (select id from order_draft"
        " where shard = :shard and changed_at < :before limit :limit)",
        before=to_us(now - DRAFTS_KEPT),
        limit=limit,
    )


def draft_of(row: Any) -> SavedDraft:
    return SavedDraft(
        id=row.id,
        person_id=row.person_id,
        content=row.content,
        title=row.title,
        total=row.total,
        page_id=row.page_id,
        turn=row.turn,
        created_at=from_us(row.created_at),
        changed_at=from_us(row.changed_at),
        order_id=row.order_id,
        who=row.who,
    )


def _draft_row(draft: SavedDraft) -> tuple[Any, ...]:
    return (
        draft.id,
        draft.person_id,
        draft.content,
        draft.title,
        draft.total,
        draft.page_id,
        draft.turn,
        to_us(draft.created_at),
        to_us(draft.changed_at),
        draft.order_id,
        draft.who,
    )


def quote_of(row: Any) -> Quote:
    return Quote(
        number=row.number,
        content=row.content,
        customer=row.customer,
        total=row.total,
        currency=row.currency,
        valid_until=date.fromisoformat(row.valid_until),
        version=row.version,
        made_by=row.made_by,
        made_at=from_us(row.made_at),
        changed_at=from_us(row.changed_at),
        order_id=row.order_id,
        who=row.who,
    )


def _quote_row(quote: Quote) -> tuple[Any, ...]:
    return (
        quote.number,
        quote.content,
        quote.customer,
        quote.total,
        quote.currency,
        quote.valid_until.isoformat(),
        quote.version,
        quote.made_by,
        to_us(quote.made_at),
        to_us(quote.changed_at),
        quote.order_id,
        quote.who,
    )
