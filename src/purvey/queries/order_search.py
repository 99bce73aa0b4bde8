"""Find orders, newest first, in bounded time however many there are and whatever is asked together.

1. Most filters know how to list the ids that they let through, from an index.
2. Of several filters the rarest one leads: a look at its first PROBE ids tells which that is. Where
   none can, all orders are walked down from the newest.
3. The leader's next SCAN ids are looked up, and the other filters applied to them.

So a page costs at most SCAN look-ups. Where two common filters have little in common, a page may
hold fewer orders than asked for, or none, and still name a next one: the search goes on from there.
"""

from collections.abc import Sequence

from purvey.queries.order_filters import BEHIND_ALL, OrderWish, filters_of
from purvey.queries.order_ways import ALL, Filter
from purvey.queries.paging import Key, Page
from purvey.storage.sql import Sql

PROBE = 1_000
SCAN = 2_500
FIRST_BITE = 300  # of these; where filters have much in common, a page is full then
PARTS = {"placed": 3}  # of a cursor; of others two: who leads, and the last id


class BadCursor(ValueError):
    """The cursor is not one of this search."""


def search_orders(sql: Sql, wish: OrderWish, *, limit: int, after: Key | None = None) -> Page[str]:
    """Ids of orders. Raises BadCursor."""
    filters = filters_of(sql, wish)
    leaders = {name: f for name, f in filters.items() if f.sources} or {"all": ALL}
    leader = _rarest(sql, leaders) if after is None else str(after[0])
    if leader not in leaders or (after is not None and len(after) != PARTS.get(leader, 2)):
        raise BadCursor(BadCursor.__doc__)
    others = [f for name, f in filters.items() if name != leader]
    scan = SCAN if others else limit + 1
    if leader == "placed":
        return _by_time(sql, filters, limit=limit, after=after, scan=scan)
    before = BEHIND_ALL if after is None else str(after[1])
    ids, ended = _candidates(sql, leaders[leader], before=before, scan=scan)
    found = _matching(sql, ids, others, enough=limit + 1) if others else ids
    return _page(found, ids, limit=limit, leader=leader, ended=ended)


def _page(
    found: Sequence[str], ids: Sequence[str], *, limit: int, leader: str, ended: bool
) -> Page[str]:
    if len(found) > limit:
        return Page(found[:limit], (leader, found[limit - 1]))
    return Page(found, None if ended else (leader, ids[-1]))


def _rarest(sql: Sql, filters: dict[str, Filter]) -> str:
    if len(filters) == 1:
        return next(iter(filters))
    sizes = {name: _size(sql, one) for name, one in filters.items()}
    rarest = min(sizes, key=lambda name: sizes[name])
    # All are common: then the range of time is the one that has an end.
    return "placed" if sizes[rarest] == PROBE and "placed" in sizes else rarest


def _size(sql: Sql, one: Filter) -> int:
    return len(_candidates(sql, one, before=BEHIND_ALL, scan=PROBE)[0])


def _candidates(sql: Sql, one: Filter, *, before: str, scan: int) -> tuple[list[str], bool]:
    """The next ids below `before`, newest first, and whether these were all.

    Of several sources the one that is cut off soonest says how far down the list is complete.
    """
    lists = [
        [row[0] for row in sql.rows(source, before=before, scan=scan, **one.values)]
        for source in one.sources
    ]
    cut = max((ids[-1] for ids in lists if len(ids) == scan), default="")
    ids = {id_ for ids in lists for id_ in ids if id_ >= cut}
    return sorted(ids, reverse=True), not cut


def _matching(sql: Sql, ids: Sequence[str], others: Sequence[Filter], *, enough: int) -> list[str]:
    """Those of the ids that pass the other filters too, at least the first `enough` of them."""
    found = _passing(sql, ids[:FIRST_BITE], others)
    if len(found) < enough and len(ids) > FIRST_BITE:
        found += _passing(sql, ids[FIRST_BITE:], others)
    return found


def _passing(sql: Sql, ids: Sequence[str], others: Sequence[Filter]) -> list[str]:
    conditions = "".join(f" and {one.where}" for one in others)
    values = {name: value for one in others for name, value in one.values.items()}
    rows = sql.rows(
        f"select o.id from orders o where o.shard = :shard and o.id = any(:ids){conditions}"
        " order by o.id desc",
        ids=list(ids),
        **values,
    )
    return [row[0] for row in rows]


def _by_time(
    sql: Sql, filters: dict[str, Filter], *, limit: int, after: Key | None, scan: int
) -> Page[str]:
    """Led by the range of time, so in its order: imported orders are older than their ids."""
    # One upper bound only: given two, PostgreSQL may start at the wrong one and read down from it.
    bound: Key = (filters["placed"].values["placed_to"], "")
    placed, before = bound if after is None else min(bound, after[1:])
    start = filters["placed"].values["placed_from"]
    rows = sql.rows(_PLACED, placed_from=start, placed=placed, before=before, scan=scan)
    others = [f for name, f in filters.items() if name != "placed"]
    good = set(_passing(sql, [row.id for row in rows], others)) if others else None
    found = [row for row in rows if good is None or row.id in good]
    last = found[limit - 1] if len(found) > limit else rows[-1] if len(rows) == scan else None
    key: Key | None = ("placed", last.placed_at, last.id) if last else None
    return Page([row.id for row in found[:limit]], key)


_PLACED = (
    "select id, placed_at from orders where shard = :shard and placed_at >= :placed_from"
    " and (placed_at, id) < (:placed, :before) order by placed_at desc, id desc limit :scan"
)
