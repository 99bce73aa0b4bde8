"""What orders can be searched by: each filter as a condition and as a list of ids from an index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purvey.domain.draft import CHANNELS
from purvey.queries.order_people import beginning, called
from purvey.queries.order_ways import (
    ORDERS,
    Filter,
    Way,
    either,
    of_few_orders,
    of_order,
    part_of,
)
from purvey.queries.orders import MAX_DIGITS
from purvey.storage.sql import Sql
from purvey.storage.times import to_us

END_OF_TIME = 2**62
BEHIND_ALL = "ord_g"  # order ids continue in hex digits


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """`customer`: id, e-mail, external id or whole name. `q`: one of these, or an order's number,
    id, external id, sku or tracking number. `is_typed`: what is none of an order's own numbers and
    codes is looked for in customers' words by their beginnings, too. `placed_to` is the first
    moment that is not meant."""

    state: str | None = None
    waiting_for: str | None = None
    channel: str | None = None
    customer: str | None = None
    sku: str | None = None
    q: str | None = None
    is_typed: bool = False
    placed_from: datetime | None = None
    placed_to: datetime | None = None


IN_TIME = "placed_at >= :placed_from and placed_at < :placed_to"
# One by one, so that each can be one order only. Of a list of channels SQLite, once it has been
# analysed in a shop without external ids, thinks that it finds all orders, and reads them all.
_BY_EXTERNAL_ID = [f"o.channel = :q_{name} and o.external_id = :q" for name in CHANNELS]
_COLUMNS = {"state": "state", "waiting_for": "waiting_code", "channel": "channel"}


def filters_of(sql: Sql, wish: OrderWish) -> dict[str, Filter]:
    found = {
        name: _equal(column, getattr(wish, name))
        for name, column in _COLUMNS.items()
        if getattr(wish, name)
    }
    if wish.sku:
        found["sku"] = either([part_of("order_line", "sku", value=":sku")], {"sku": wish.sku})
    if wish.customer:
        found["customer"] = either(*called(sql, wish.customer, "customer"))
    if wish.q:
        found["q"] = _anything(sql, wish.q, is_typed=wish.is_typed)
    if wish.placed_from or wish.placed_to:
        found["placed"] = _placed(wish)
    return found


def _equal(column: str, value: str) -> Filter:
    return either([of_order(f"o.{column} = :{column}")], {column: value})


def _placed(wish: OrderWish) -> Filter:
    values = {
        "placed_from": to_us(wish.placed_from) if wish.placed_from else 0,
        "placed_to": to_us(wish.placed_to) if wish.placed_to else END_OF_TIME,
    }
    # Only ever probed: as a leader it lists in the order of time.
    probe = f"{ORDERS} and {IN_TIME} and id < :before limit :scan"
    return Filter(IN_TIME.replace("placed_at", "o.placed_at"), [probe], values)


def _anything(sql: Sql, text: str, *, is_typed: bool) -> Filter:
    people, values = called(sql, text, "q")
    values |= {"q": text, **{f"q_{name}": name for name in CHANNELS}}
    others = list(_things(text, values))
    if is_typed and not _any_order(sql, others, values):
        others, more = beginning(sql, text)
        values |= more
    return either([*people, *others], values)


def _things(text: str, values: dict[str, Any]) -> Iterator[Way]:
    if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
        values["q_number"] = int(text)
        yield of_few_orders("o.number = :q_number")
    if text.startswith("ord_"):
        yield of_few_orders("o.id = :q")
    yield of_few_orders(*_BY_EXTERNAL_ID)
    yield part_of("order_line", "sku", value=":q")
    yield part_of("shipment", "tracking_number", value=":q")


def _any_order(sql: Sql, ways: list[Way], values: dict[str, Any]) -> bool:
    """A number that there is must not drown among the customers whose phone number begins so."""
    return any(sql.rows(way.source, before=BEHIND_ALL, scan=1, **values) for way in ways)
