"""Stock as people look at it: products with what lies where, what comes, and how long it lasts.

However many products there are, a page looks at SCAN of them at most: where few fit what is asked,
it may hold fewer than wanted, or none, and still name a next one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from purvey.domain.pace import WINDOW, Outlook, Shipped, outlook
from purvey.queries.paging import Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

SCAN = 10_000
SAMPLE = 100  # movements of a place that tell its pace, in a list
MAX_WORDS = 5
SHORT, WAITED_FOR, INCOMING = FILTERS = ("short", "backorders", "incoming")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWish:
    """`q`: each of its words is a part of the sku or of the name. `only`: one of FILTERS."""

    q: str = ""
    only: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One product at one location. `coming_on` is the first expected day, as ISO text."""

    location: str
    on_hand: int = 0
    reserved: int = 0
    incoming: int = 0
    coming_on: str | None = None

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    sku: str
    name: str
    active: bool
    backordered: int
    backorder_limit: int
    places: Sequence[Place] = ()
    outlook: Outlook | None = None

    @property
    def on_hand(self) -> int:
        return sum(place.on_hand for place in self.places)

    @property
    def reserved(self) -> int:
        return sum(place.reserved for place in self.places)

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def incoming(self) -> int:
        return sum(place.incoming for place in self.places)


def list_stock_rows(
    sql: Sql, wish: StockWish, *, limit: int, now: datetime, after: str = ""
) -> Page[StockRow]:
    """By sku."""
    words = wish.q.lower().split()[:MAX_WORDS]
    rows = sql.rows(
        f"select sku, name, active, backordered, backorder_limit from ({_SCANNED}) p"
        f" where true{_conditions(wish, words)} order by sku limit :limit",
        after=after,
        scan=SCAN,
        limit=limit + 1,
        location=wish.location,
        **{f"word{at}": f"%{_plain(word)}%" for at, word in enumerate(words)},
    )
    products = [_product(row) for row in rows]
    page = page_of(products, limit, key=lambda row: (row.sku,))
    following = page.next or (_scanned_to(sql, after) if words or wish.only else None)
    return Page(_filled(sql, page.items, wish.location, now), following)


_SCANNED = (
    "select shard, sku, name, active, backordered, backorder_limit from product"
    " where shard = :shard and sku > :after order by sku limit :scan"
)


def _conditions(wish: StockWish, words: Sequence[str]) -> str:
    asked = [
        f"(lower(sku) like :word{at} escape '!' or lower(name) like :word{at} escape '!')"
        for at in range(len(words))
    ]
    if wish.only == SHORT:
        asked.append(
            "active = 1 and coalesce((select sum(s.on_hand - s.reserved) from stock s"
            f" where s.shard = p.shard and s.sku = p.sku{_here(wish, 's')}), 0) <= 0"
        )
    elif wish.only == WAITED_FOR:
        asked.append("backordered > 0")
    elif wish.only == INCOMING:
        asked.append(
            "exists (select 1 from supply u where u.shard = p.shard and u.sku = p.sku"
            f" and u.state = 'expected'{_here(wish, 'u')})"
        )
    elif wish.location:
        asked.append(
            "exists (select 1 from stock s where s.shard = p.shard and s.sku = p.sku"
            " and s.location = :location)"
        )
    return "".join(f" and {condition}" for condition in asked)


def _here(wish: StockWish, table: str) -> str:
    return f" and {table}.location = :location" if wish.location else ""


def _plain(word: str) -> str:
    """What people type means itself, also the signs that LIKE knows."""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _scanned_to(sql: Sql, after: str) -> tuple[str] | None:
    """The last sku that was looked at, if there are more behind it."""
    query = (
        "select sku from product where shard = :shard and sku > :after order by sku"
        " limit 2 offset :scan"
    )
    rows = sql.rows(query, after=after, scan=SCAN - 1)
    return (str(rows[0].sku),) if len(rows) == 2 else None


def find_stock_row(sql: Sql, sku: str, *, now: datetime, sample: int = 2_000) -> StockRow | None:
    row = sql.first(
        "select sku, name, active, backordered, backorder_limit from product"
        " where shard = :shard and sku = :sku",
        sku=sku,
    )
    if row is None:
        return None
    [found] = _filled(sql, [_product(row)], "", now, sample=sample)
    return found


def _product(row: Any) -> StockRow:
    sku, name, active, backordered, limit = row
    return StockRow(
        sku=sku,
        name=name,
        active=bool(active),
        backordered=backordered,
        backorder_limit=limit,
    )


def _filled(
    sql: Sql, rows: Sequence[StockRow], location: str, now: datetime, *, sample: int = SAMPLE
) -> list[StockRow]:
    skus = [row.sku for row in rows]
    places = _places(sql, skus)
    paces = _shipped(sql, skus, now=now, sample=sample)
    return [
        replace(
            row,
            places=[x for x in mine if location in ("", x.location)],
            outlook=outlook(
                sum(x.available for x in mine) - row.backordered, paces[row.sku], now=now
            ),
        )
        for row in rows
        for mine in [places[row.sku]]
    ]


def _places(sql: Sql, skus: Sequence[str]) -> Mapping[str, list[Place]]:
    """Best place first; also places where nothing lies yet and something comes."""
    rows = sql.rows(_LEVELS_AND_SUPPLIES, skus=list(skus)) if skus else []
    found: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        place = Place(
            location=row.location,
            on_hand=row.on_hand,
            reserved=row.reserved,
            incoming=row.incoming,
            coming_on=row.coming_on,
        )
        found[row.sku].append(place)
    return found


_LEVELS_AND_SUPPLIES = """
with coming as (
  select sku, location, sum(expected - arrived) as incoming, min(expected_on) as coming_on
    from supply where shard = :shard and sku = any(:skus) and state = 'expected'
   group by sku, location),
held as (
  select sku, location, on_hand, reserved from stock where shard = :shard and sku = any(:skus))
select k.sku, k.location, coalesce(h.on_hand, 0) as on_hand, coalesce(h.reserved, 0) as reserved,
       cast(coalesce(c.incoming, 0) as bigint) as incoming, c.coming_on
  from (select sku, location from held union select sku, location from coming) k
  left join held h on h.sku = k.sku and h.location = k.location
  left join coming c on c.sku = k.sku and c.location = k.location
  join location l on l.shard = :shard and l.code = k.location
 order by k.sku, l.priority, l.code
"""


def _shipped(
    sql: Sql, skus: Sequence[str], *, now: datetime, sample: int
) -> Mapping[str, list[Shipped]]:
    """From the latest `sample` movements of each place, so that a product that moves all day costs
    no more than another; the time that these cover is the time that counts."""
    rows = sql.rows(_SHIPPED, skus=list(skus), since=to_us(now - WINDOW), sample=sample)
    found: dict[str, list[Shipped]] = defaultdict(list)
    for row in rows:
        moved, oldest, units = map(int, row.said.split(","))
        if moved:
            found[row.sku].append(Shipped(units, from_us(oldest), moved < sample))
    return found


# One text instead of three numbers: so the movements of a place are read once, and neither database
# needs a join of its own kind for it.
_SHIPPED = """
select s.sku, (
  select count(*) || ',' || coalesce(min(r.at), 0) || ','
         || coalesce(sum(case when r.reason = 'shipped' and r.at >= :since then -r.change end), 0)
    from (select m.reason, m.change, m.at from movement m
           where m.shard = s.shard and m.sku = s.sku and m.location = s.location
           order by m.id desc limit :sample) r) as said
  from stock s where s.shard = :shard and s.sku = any(:skus)
"""
