"""What orders can be searched by: each filter as a condition and as a list of ids from an index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from purvey.domain.draft import CHANNELS
from purvey.queries.orders import MAX_DIGITS
from purvey.storage.sql import Sql
from purvey.storage.times import to_us

SAME_NAME = 200  # customers of one name whose orders are looked at
END_OF_TIME = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """`customer`: id, e-mail, external id or whole name. `q`: one of these, or an order's number,
    id, external id, sku or tracking number. `placed_to` is the first moment that is not meant."""

    state: str | None = None
    waiting_for: str | None = None
    channel: str | None = None
    customer: str | None = None
    sku: str | None = None
    q: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """`where` is about a row of `orders o`. Each of `sources` lists ids below `:before`, newest
    first, at most `:scan`; together they list all that fit."""

    where: str
    sources: Sequence[str]
    values: dict[str, Any] = field(default_factory=dict)


_ORDERS = "select id from orders where shard = :shard"
_BELOW = " and id < :before order by id desc limit :scan"
ALL = Filter("true", [_ORDERS + _BELOW])
IN_TIME = "placed_at >= :placed_from and placed_at < :placed_to"
_COLUMNS = {"state": "state", "waiting_for": "waiting_code", "channel": "channel"}


def filters_of(sql: Sql, wish: OrderWish) -> dict[str, Filter]:
    found = {
        name: _equal(column, getattr(wish, name))
        for name, column in _COLUMNS.items()
        if getattr(wish, name)
    }
    if wish.sku:
        found["sku"] = _either([_part_of("order_line", "sku", ":sku")], {"sku": wish.sku})
    if wish.customer:
        found["customer"] = _either(*_person(sql, wish.customer, "customer"))
    if wish.q:
        found["q"] = _anything(sql, wish.q)
    if wish.placed_from or wish.placed_to:
        found["placed"] = _placed(wish)
    return found


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which an order can fit: as a condition, and as a list of ids."""

    where: str
    source: str


def _either(ways: Sequence[_Way], values: dict[str, Any]) -> Filter:
    where = " or ".join(way.where for way in ways)
    return Filter(f"({where})", [way.source for way in ways], values)


def _of_order(condition: str) -> _Way:
    """For `o.name = :value` with an index on (shard, name, id): read backwards as far as needed."""
    return _Way(condition, f"{_ORDERS} and {condition.replace('o.', '')}{_BELOW}")


def _of_few_orders(condition: str) -> _Way:
    """For conditions that only a few orders fit. All are found first: asked for the newest of them,
    SQLite would rather read all orders backwards until it has met enough."""
    found = f"with found as materialized ({_ORDERS} and {condition.replace('o.', '')})"
    return _Way(condition, f"{found} select id from found where true{_BELOW}")


def _part_of(table: str, column: str, value: str) -> _Way:
    where = (
        f"exists (select 1 from {table} part where part.shard = :shard"
        f" and part.order_id = o.id and part.{column} = {value})"
    )
    source = (
        f"select distinct order_id from {table} where shard = :shard and {column} = {value}"
        " and order_id < :before order by order_id desc limit :scan"
    )
    return _Way(where, source)


def _equal(column: str, value: str) -> Filter:
    return _either([_of_order(f"o.{column} = :{column}")], {column: value})


def _placed(wish: OrderWish) -> Filter:
    values = {
        "placed_from": to_us(wish.placed_from) if wish.placed_from else 0,
        "placed_to": to_us(wish.placed_to) if wish.placed_to else END_OF_TIME,
    }
    # Only ever probed: as a leader it lists in the order of time.
    probe = f"{_ORDERS} and {IN_TIME} and id < :before limit :scan"
    return Filter(IN_TIME.replace("placed_at", "o.placed_at"), [probe], values)


def _person(sql: Sql, text: str, prefix: str) -> tuple[list[_Way], dict[str, Any]]:
    """By their record, and by what stands on the order of somebody who has none."""
    names, emails = _spellings(text), sorted({text, text.lower()})
    ids = _customer_ids(sql, text, names)
    ways = [
        _of_few_orders(f"o.customer_email = any(:{prefix}_emails)"),
        _of_few_orders(f"o.customer_id is null and o.customer_name = any(:{prefix}_names)"),
    ]
    values: dict[str, Any] = {f"{prefix}_emails": emails, f"{prefix}_names": names}
    if len(ids) == 1:  # one customer may have very many
        ways.append(_of_order(f"o.customer_id = :{prefix}_id"))
        values[f"{prefix}_id"] = ids[0]
    elif ids:
        ways.append(_of_few_orders(f"o.customer_id = any(:{prefix}_ids)"))
        values[f"{prefix}_ids"] = ids
    return ways, values


def _spellings(name: str) -> list[str]:
    """Names are found by index, and so only as they are usually written."""
    return sorted({name, name.lower(), name.upper(), name.title()})


def _customer_ids(sql: Sql, text: str, names: list[str]) -> list[str]:
    rows = sql.rows(
        "select id from customer where shard = :shard and id = :text"
        " union select id from customer where shard = :shard and email = :email"
        " union select id from customer where shard = :shard and external_id = :text"
        " union select id from customer where shard = :shard and name = any(:names) limit :limit",
        text=text,
        email=text.strip().lower(),
        names=names,
        limit=SAME_NAME,
    )
    return [row.id for row in rows]


def _anything(sql: Sql, text: str) -> Filter:
    people, values = _person(sql, text, "q")
    values |= {"q": text, "q_channels": list(CHANNELS)}
    return _either([*people, *_things(text, values)], values)


def _things(text: str, values: dict[str, Any]) -> Iterator[_Way]:
    if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
        values["q_number"] = int(text)
        yield _of_few_orders("o.number = :q_number")
    if text.startswith("ord_"):
        yield _of_few_orders("o.id = :q")
    yield _of_few_orders("o.channel = any(:q_channels) and o.external_id = :q")
    yield _part_of("order_line", "sku", ":q")
    yield _part_of("shipment", "tracking_number", ":q")
