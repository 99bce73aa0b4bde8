"""Stock counts as people look at them: which are open, and the lines of one, differences first."""

from dataclasses import dataclass
from typing import Any

from purvey.domain.counts import Count, CountLine
from purvey.queries.paging import Page, page_of
from purvey.storage.counts import COUNT_COLUMNS, LINE_COLUMNS, count_of, line_of
from purvey.storage.sql import Sql

LAST = "cnt_g"  # behind every id
DIFFERENT, LEFT, RIGHT = LISTS = ("different", "left", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Lines of a count: `different` and `right` are counted, `left` are not; `units` is what the
    differences add up to, `booked` counts the lines that are in the ledger."""

    different: int = 0
    right: int = 0
    left: int = 0
    booked: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    line: CountLine
    name: str


def list_counts(sql: Sql, *, limit: int, before: str = LAST) -> Page[tuple[Count, Tally]]:
    """The latest first."""
    rows = sql.rows(
        f"select {COUNT_COLUMNS} from stock_count where shard = :shard and id < :before"
        " order by id desc limit :limit",
        before=before,
        limit=limit + 1,
    )
    counts = [count_of(row) for row in rows]
    tallies = _tallies(sql, [count.id for count in counts])
    found = [(count, tallies.get(count.id, Tally())) for count in counts]
    return page_of(found, limit, key=lambda one: (one[0].id,))


def find_count(sql: Sql, id_: str) -> tuple[Count, Tally] | None:
    row = sql.first(
        f"select {COUNT_COLUMNS} from stock_count where shard = :shard and id = :id", id=id_
    )
    return None if row is None else (count_of(row), _tallies(sql, [id_]).get(id_, Tally()))


_OFF = "l.counted - l.on_hand + l.in_parcels"
_WHERE = {
    DIFFERENT: f"l.counted is not null and {_OFF} <> 0",
    RIGHT: f"l.counted is not null and {_OFF} = 0",
    LEFT: "l.counted is null",
}


def _tallies(sql: Sql, ids: list[str]) -> dict[str, Tally]:
    sums = ", ".join(
        f"sum(case when {condition} then 1 else 0 end) as n{at}"
        for at, condition in enumerate(_WHERE.values())
    )
    rows = sql.rows(
        f"select l.count_id, {sums}, count(l.booked) as booked,"
        f" cast(coalesce(sum({_OFF}), 0) as bigint) as units from stock_count_line l"
        " where l.shard = :shard and l.count_id = any(:ids) group by l.count_id",
        ids=ids,
    )
    return {
        row.count_id: Tally(
            different=row.n0, right=row.n1, left=row.n2, booked=row.booked, units=row.units
        )
        for row in rows
    }


def count_lines(sql: Sql, count_id: str, kind: str, *, limit: int, after: str = "") -> Page[Named]:
    """By sku; `kind` is one of LISTS."""
    columns = ", ".join(f"l.{name}" for name in LINE_COLUMNS.split(", "))
    rows = sql.rows(
        f"select {columns}, p.name from stock_count_line l join product p on p.shard = l.shard"
        f" and p.sku = l.sku where l.shard = :shard and l.count_id = :id and l.sku > :after"
        f" and {_WHERE[kind]} order by l.sku limit :limit",
        id=count_id,
        after=after,
        limit=limit + 1,
    )
    return page_of([_named(row) for row in rows], limit, key=lambda one: (one.line.sku,))


def _named(row: Any) -> Named:
    return Named(line=line_of(row), name=row.name)


def open_counts(sql: Sql) -> int:
    query = "select count(*) from stock_count where shard = :shard and state = 'open'"
    return int(sql.scalar(query))
