"""Ways in which an order can fit a search: as a condition, and as a list of ids from an index."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """`where` is about a row of `orders o`. Each of `sources` lists ids below `:before`, newest
    first, at most `:scan`; together they list all that fit. Without any it can only be applied to
    what another one lists."""

    where: str
    sources: Sequence[str]
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """`source` is empty where listing would read too much."""

    where: str
    source: str = ""


ORDERS = "select id from orders where shard = :shard"
_BELOW = " and id < :before order by id desc limit :scan"
ALL = Filter("true", [ORDERS + _BELOW])


def either(ways: Sequence[Way], values: dict[str, Any]) -> Filter:
    where = " or ".join(way.where for way in ways)
    sources = [way.source for way in ways]
    return Filter(f"({where})", sources if all(sources) else (), values)


def of_order(condition: str) -> Way:
    """For `o.name = :value` with an index on (shard, name, id): read backwards as far as needed."""
    return Way(condition, f"{ORDERS} and {condition.replace('o.', '')}{_BELOW}")


def of_few_orders(*conditions: str) -> Way:
    """For conditions that only a few orders fit. All are found first: asked for the newest of them,
    SQLite would rather read all orders backwards until it has met enough."""
    each = " union ".join(f"{ORDERS} and {one.replace('o.', '')}" for one in conditions)
    found = f"with found as materialized ({each})"
    return Way(" or ".join(conditions), f"{found} select id from found where true{_BELOW}")


def part_of(table: str, column: str, *, value: str) -> Way:
    where = (
        f"exists (select 1 from {table} part where part.shard = :shard"
        f" and part.order_id = o.id and part.{column} = {value})"
    )
    source = (
        f"select distinct order_id from {table} where shard = :shard and {column} = {value}"
        " and order_id < :before order by order_id desc limit :scan"
    )
    return Way(where, source)
