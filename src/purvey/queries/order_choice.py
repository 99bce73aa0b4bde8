"""The orders that somebody chose in a list: by their numbers, or all that a search finds."""

from collections.abc import Collection
from dataclasses import dataclass

from purvey.queries.order_filters import OrderWish
from purvey.queries.order_search import search_orders
from purvey.queries.paging import MAX_PAGE, Key
from purvey.storage.sql import Sql

MAX_LOOKS = 100  # each reads a bounded part of what there is


@dataclass(frozen=True, slots=True)
class Found:
    """`is_all` False: there may be more."""

    ids: list[str]
    is_all: bool


def ids_of_numbers(sql: Sql, numbers: Collection[int]) -> list[str]:
    """Newest first; numbers that no order has are left out."""
    rows = sql.rows(
        "select id from orders where shard = :shard and number = any(:numbers) order by id desc",
        numbers=sorted(set(numbers)),
    )
    return [row.id for row in rows]


def find_ids(sql: Sql, wish: OrderWish, *, limit: int) -> Found:
    """Newest first."""
    ids: list[str] = []
    after: Key | None = None
    for _ in range(MAX_LOOKS):
        page = search_orders(sql, wish, limit=MAX_PAGE, after=after)
        ids += page.items
        after = page.next
        if after is None or len(ids) > limit:
            break
    return Found(ids[:limit], after is None and len(ids) <= limit)
