"""Scans and waves. What was scanned is added up from the scans, never kept twice."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from purvey.domain.barcode import written
from purvey.domain.warehouse import Scan, Wave
from purvey.storage import warehouse_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us

WAVE_COLUMNS = "id, location, method, made_by, made_at, released_at, released_by"
# Planned, of an order that may be picked, and nobody stopped it. Aliases: s shipment, o orders.
PICKABLE = (
    "s.state = 'planned' and o.state in ('ready', 'fulfilling')"
    " and not exists (select 1 from hold h where h.shard = s.shard and h.order_id = s.order_id"
    " and h.released_at is null and h.blocks like '%fulfil%')"
)
OLDEST_FIRST = "coalesce(o.promised_to, '9999'), o.placed_at, s.id"


def codes_of(sql: Sql, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
    """THE place that knows what a scanned code means: the sku itself, or the product's barcode."""
    rows = sql.rows(
        "select sku, barcode from product where shard = :shard and sku = any(:skus)",
        skus=sorted(skus),
    )
    barcodes = {row.sku: row.barcode for row in rows}
    return {sku: (sku, *written(barcodes.get(sku))) for sku in skus}


class SqlWarehouse:
    """Implements `ports.warehouse.Warehouse`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def codes(self, skus: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return codes_of(self._sql, skus)

    def counted(self, ids: Collection[str]) -> set[str]:
        query = "select id from scan where shard = :shard and id = any(:ids)"
        return {row.id for row in self._sql.rows(query, ids=sorted(ids))}

    def done(self, shipment_ids: Collection[str]) -> Mapping[tuple[str, int, str], int]:
        return scanned(self._sql, shipment_ids)

    def add_scans(self, scans: Sequence[Scan]) -> None:
        rows = [
            (x.id, x.order_id, x.shipment_id, x.line, x.stage, x.units, x.code, x.by, to_us(x.at))
            for x in scans
        ]
        self._sql.insert(warehouse_tables.scan, rows)

    def to_pick(
        self, location: str, method: str | None, *, limit: int
    ) -> Sequence[tuple[str, str]]:
        rows = self._sql.rows(
            "select s.id, s.order_id from shipment s join orders o"
            " on o.shard = s.shard and o.id = s.order_id"
            f" where s.shard = :shard and {PICKABLE} and s.location = :location"
            f"{' and s.method = :method' if method is not None else ''}"
            " and not exists (select 1 from wave_shipment w"
            " where w.shard = s.shard and w.shipment_id = s.id)"
            f" order by {OLDEST_FIRST} limit :limit",
            location=location,
            method=method,
            limit=limit,
        )
        return [(row.id, row.order_id) for row in rows]

    def add_waves(self, waves: Sequence[Wave]) -> None:
        self._sql.insert(warehouse_tables.wave, [_row(wave) for wave in waves])

    def join(self, wave_id: str, shipments: Sequence[tuple[str, str]]) -> int:
        rows = [
            (shipment_id, wave_id, order_id, tote)
            for tote, (shipment_id, order_id) in enumerate(shipments, 1)
        ]
        return self._sql.insert_new(warehouse_tables.wave_shipment, sorted(rows))

    def waves(self, ids: Collection[str]) -> Mapping[str, Wave]:
        rows = self._sql.rows(
            f"select {WAVE_COLUMNS} from wave where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(ids),
        )
        return {row.id: wave_of(row) for row in rows}

    def release(self, waves: Sequence[Wave]) -> None:
        rows = [(maybe_us(wave.released_at), wave.released_by, wave.id) for wave in waves]
        sets = ("released_at", "released_by")
        self._sql.update(warehouse_tables.wave, sets=sets, keys=("id",), rows=rows)
        self._sql.execute(
            "delete from wave_shipment where shard = :shard and wave_id = any(:ids)",
            ids=sorted(wave.id for wave in waves),
        )


def scanned(sql: Sql, shipment_ids: Collection[str]) -> dict[tuple[str, int, str], int]:
    """Units by shipment, line and stage."""
    rows = sql.rows(
        "select shipment_id, line, stage, sum(units) as units from scan"
        " where shard = :shard and shipment_id = any(:ids) group by shipment_id, line, stage",
        ids=sorted(shipment_ids),
    )
    return {(row.shipment_id, row.line, row.stage): int(row.units) for row in rows}


def _row(wave: Wave) -> tuple[object, ...]:
    return (
        wave.id,
        wave.location,
        wave.method,
        wave.made_by,
        to_us(wave.made_at),
        maybe_us(wave.released_at),
        wave.released_by,
    )


def wave_of(row: Any) -> Wave:
    return Wave(
        id=row.id,
        location=row.location,
        method=row.method,
        made_by=row.made_by,
        made_at=from_us(row.made_at),
        released_at=maybe_time(row.released_at),
        released_by=row.released_by,
    )
