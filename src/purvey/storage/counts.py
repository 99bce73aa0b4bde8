"""Stock counts and their lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from purvey.domain.counts import Count, CountLine
from purvey.storage import count_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us


class SqlCounts:
    """Implements `ports.counts.Counts`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def find(self, ids: Collection[str]) -> dict[str, Count]:
        rows = self._sql.rows(
            f"select {COUNT_COLUMNS} from stock_count where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(ids),
        )
        return {row.id: count_of(row) for row in rows}

    def add(self, counts: Sequence[Count]) -> None:
        rows = [(x.id, x.location, x.title, x.state, x.by, to_us(x.at), None, None) for x in counts]
        self._sql.insert(count_tables.stock_count, rows)

    def close(self, counts: Sequence[Count]) -> None:
        rows = [(x.state, x.closed_by, maybe_us(x.closed_at), x.id) for x in counts]
        sets = ("state", "closed_by", "closed_at")
        self._sql.update(count_tables.stock_count, sets=sets, keys=("id",), rows=rows)

    def skus_at(self, locations: Collection[str], limit: int) -> Mapping[str, Sequence[str]]:
        rows = self._sql.rows(
            "select sku, location from stock where shard = :shard and location = any(:locations)"
            " order by sku limit :limit",
            locations=sorted(locations),
            limit=limit,
        )
        found: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            found[row.location].append(row.sku)
        return found

    def lines(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], CountLine]:
        rows = self._sql.rows(
            f"select {LINE_COLUMNS} from stock_count_line where shard = :shard"
            " and count_id = any(:counts) and sku = any(:skus)",
            counts=sorted({count for count, _ in keys}),
            skus=sorted({sku for _, sku in keys}),
        )
        return {(row.count_id, row.sku): line_of(row) for row in rows}

    def due(self, count_ids: Collection[str], limit: int) -> Sequence[CountLine]:
        rows = self._sql.rows(
            f"select {LINE_COLUMNS} from stock_count_line where shard = :shard"
            " and count_id = any(:counts) and counted is not null and booked is null"
            " order by count_id, sku limit :limit",
            counts=sorted(count_ids),
            limit=limit,
        )
        return [line_of(row) for row in rows]

    def undecided(
        self, skus: Collection[str], locations: Collection[str]
    ) -> dict[tuple[str, str], Count]:
        columns = ", ".join(f"c.{name}" for name in COUNT_COLUMNS.split(", "))
        rows = self._sql.rows(
            f"select {columns}, l.sku from stock_count c join stock_count_line l"
            " on l.shard = c.shard and l.count_id = c.id where c.shard = :shard"
            " and c.state = 'open' and c.location = any(:locations) and l.sku = any(:skus)"
            " and l.counted is not null and l.booked is null",
            locations=sorted(locations),
            skus=sorted(skus),
        )
        return {(row.sku, row.location): count_of(row) for row in rows}

    def put_lines(self, lines: Sequence[CountLine]) -> None:
        rows = [
            (x.count_id, x.sku, x.counted, x.on_hand, x.in_parcels, x.by, maybe_us(x.at), x.booked)
            for x in lines
        ]
        self._sql.upsert(count_tables.stock_count_line, rows)

    def in_parcels(
        self, skus: Collection[str], locations: Collection[str]
    ) -> Mapping[tuple[str, str], int]:
        rows = self._sql.rows(
            "select l.sku, s.location, cast(sum(i.quantity) as bigint) as units from shipment s"
            " join shipment_line i on i.shard = s.shard and i.order_id = s.order_id"
            " and i.shipment_id = s.id join order_line l on l.shard = s.shard"
            " and l.order_id = s.order_id and l.no = i.no where s.shard = :shard"
            " and s.state = any(:states) and s.location = any(:locations) and l.sku = any(:skus)"
            " group by l.sku, s.location",
            states=["picking", "packed"],
            locations=sorted(locations),
            skus=sorted(skus),
        )
        return {(row.sku, row.location): row.units for row in rows}


COUNT_COLUMNS = "id, location, title, state, started_by, started_at, closed_by, closed_at"
LINE_COLUMNS = "count_id, sku, counted, on_hand, in_parcels, counted_by, counted_at, booked"


def count_of(row: Any) -> Count:
    return Count(
        id=row.id,
        location=row.location,
        title=row.title,
        state=row.state,
        by=row.started_by,
        at=from_us(row.started_at),
        closed_by=row.closed_by,
        closed_at=maybe_time(row.closed_at),
    )


def line_of(row: Any) -> CountLine:
    return CountLine(
        count_id=row.count_id,
        sku=row.sku,
        counted=row.counted,
        on_hand=row.on_hand,
        in_parcels=row.in_parcels,
        by=row.counted_by,
        at=maybe_time(row.counted_at),
        booked=row.booked,
    )
