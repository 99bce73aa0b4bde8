"""What waits for another person's approval, what was decided, and the questions of one order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.domain.approvals import Approval
from purvey.queries.paging import MAX_PAGE
from purvey.storage.approvals import COLUMNS, approval_of
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    approval: Approval
    order_number: int


def waiting_approvals(sql: Sql, *, now: datetime, limit: int) -> list[Listed]:
    """The oldest first; what is too old to be approved is left out."""
    assert 0 < limit <= MAX_PAGE
    rows = sql.rows(
        f"{_SELECT} where a.shard = :shard and a.state = 'open' and a.ends_at > :now"
        " order by a.id limit :limit",
        now=to_us(now),
        limit=limit,
    )
    return [_listed(row) for row in rows]


def decided_approvals(sql: Sql, *, limit: int) -> list[Listed]:
    """The latest first."""
    assert 0 < limit <= MAX_PAGE
    rows = sql.rows(
        f"{_SELECT} where a.shard = :shard and a.state <> 'open' order by a.id desc limit :limit",
        limit=limit,
    )
    return [_listed(row) for row in rows]


def catalogue_prices(sql: Sql, skus: Collection[str]) -> dict[str, int]:
    """To compare with what was asked for."""
    rows = sql.rows(
        "select sku, price from product where shard = :shard and sku = any(:skus)",
        skus=sorted(skus),
    )
    return {row.sku: row.price for row in rows}


def find_approval(sql: Sql, approval_id: str) -> Listed | None:
    row = sql.first(f"{_SELECT} where a.shard = :shard and a.id = :id", id=approval_id)
    return None if row is None else _listed(row)


def _listed(row: Any) -> Listed:
    return Listed(approval=approval_of(row), order_number=row.number)


def approvals_of(sql: Sql, order_id: str) -> list[Approval]:
    """At most MAX_PAGE, the latest first."""
    rows = sql.rows(
        f"select {COLUMNS} from approval where shard = :shard and order_id = :order"
        " order by id desc limit :limit",
        order=order_id,
        limit=MAX_PAGE,
    )
    return [approval_of(row) for row in rows]


def count_waiting(sql: Sql, *, now: datetime) -> int:
    count: int = sql.scalar(
        "select count(*) from approval where shard = :shard and state = 'open' and ends_at > :now",
        now=to_us(now),
    )
    return count


_SELECT = (
    f"select {', '.join(f'a.{name.strip()}' for name in COLUMNS.split(','))}, o.number"
    " from approval a join orders o on o.shard = a.shard and o.id = a.order_id"
)
