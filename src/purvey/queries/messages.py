"""The outbox as a person looks at it: what was promised to the outside, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.queries.paging import MAX_PAGE, Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us

OPEN, DONE, GAVE_UP = STATES = ("open", "done", "gave_up")
NOT_DONE = (OPEN, GAVE_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedMessage:
    """`error` is what stood in its way at the last attempt; its payload is not shown in lists."""

    key: str
    effect: str
    state: str
    order_id: str | None
    order_number: int | None
    subject_id: str | None
    attempts: int
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    error: str | None
    payload: str  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWish:
    """Which messages; None: any. A topic is an effect (`payment.secure`) or its first word."""

    states: Sequence[str] = NOT_DONE
    topic: str | None = None
    order_id: str | None = None


def list_messages(
    sql: Sql, wish: MessageWish, *, limit: int, after: str = ""
) -> Page[PromisedMessage]:
    """By key, so roughly the oldest first."""
    assert 0 < limit <= MAX_PAGE
    rows = sql.rows(
        f"{_SELECT} and m.key > :after{_conditions(wish)} order by m.key limit :limit",
        after=after,
        topic=wish.topic,
        beginning=f"{wish.topic}.",
        order_id=wish.order_id,
        limit=limit + 1,
    )
    return page_of([_message(row) for row in rows], limit, key=lambda message: (message.key,))


def read_messages(sql: Sql, keys: Sequence[str]) -> dict[str, PromisedMessage]:
    """Those that there are."""
    assert len(keys) <= MAX_PAGE
    rows = sql.rows(f"{_SELECT} and m.key = any(:keys)", keys=sorted(set(keys)))
    return {row.key: _message(row) for row in rows}


_SELECT = (
    "select m.key, m.effect, m.state, m.order_id, o.number, m.subject_id, m.attempts, m.due_at,"
    " m.created_at, m.done_at, m.last_error, m.payload from outbox m"
    " left join orders o on o.shard = m.shard and o.id = m.order_id where m.shard = :shard"
)


def _conditions(wish: MessageWish) -> str:
    """The states are written out: only so the indexes of open and of given-up ones are used."""
    assert wish.states and set(wish.states) <= set(STATES)
    words = ", ".join(f"'{state}'" for state in wish.states)
    states = f" and m.state in ({words})" if len(wish.states) > 1 else f" and m.state = {words}"
    topic = " and (m.effect = :topic or substr(m.effect, 1, length(:beginning)) = :beginning)"
    return "".join(
        (
            states,
            topic if wish.topic is not None else "",
            " and m.order_id = :order_id" if wish.order_id is not None else "",
        )
    )


def _message(row: Any) -> PromisedMessage:
    return PromisedMessage(
        key=row.key,
        effect=row.effect,
        state=row.state,
        order_id=row.order_id,
        order_number=row.number,
        subject_id=row.subject_id,
        attempts=row.attempts,
        due_at=from_us(row.due_at),
        created_at=from_us(row.created_at),
        done_at=None if row.done_at is None else from_us(row.done_at),
        error=row.last_error,
        payload=row.payload,
    )
