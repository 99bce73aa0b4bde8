"""Orders with all that belongs to them: read with one statement per table, written likewise."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from purvey.domain.order import Line, Order, Shipment
from purvey.ports.storage import NOTHING_KNOWN, Change, Document, Entry, HistoryRow
from purvey.storage import order_rows as rows_of
from purvey.storage import tables
from purvey.storage.messages import SqlMessages
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


class StaleOrder(Exception):
    """The order was changed by somebody else after it was read: a lock was missed, so a bug."""


class SqlOrders:
    def __init__(self, sql: Sql):
        self._sql = sql

    def skus_of(self, order_ids: Collection[str]) -> set[str]:
        # With `no` in it no index covers the query, so SQLite looks lines up by their order. Else
        # it reads the whole index by sku, which covers: 80 ms at 230,000 lines instead of 0.4.
        rows = self._sql.rows(
            "select sku, no from order_line where shard = :shard and order_id = any(:ids)",
            ids=sorted(order_ids),
        )
        return {row[0] for row in rows}

    def load(
        self, order_ids: Collection[str], known: Mapping[str, Order] = NOTHING_KNOWN
    ) -> dict[str, Order]:
        if not known:
            return load_orders(self._sql, order_ids, lock=True)
        versions = self._sql.rows(
            "select id, version from orders where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(order_ids),
        )
        fresh = {row[0] for row in versions if _version(known, row[0]) == row[1]}
        changed = {row[0] for row in versions} - fresh
        return {order_id: known[order_id] for order_id in sorted(fresh)} | load_orders(
            self._sql, changed, lock=True
        )

    def waiting_for_stock(self, skus: Collection[str], limit: int) -> Sequence[str]:
        rows = self._sql.rows(
            "select distinct o.id, o.promised_to, o.number from order_line l join orders o"
            " on o.shard = l.shard and o.id = l.order_id where l.shard = :shard"
            " and l.sku = any(:skus) and l.backordered > 0"
            " and o.state in ('backordered', 'reserved', 'ready', 'fulfilling')"
            " order by o.promised_to, o.number limit :limit",
            skus=sorted(skus),
            limit=limit,
        )
        return [row.id for row in rows]

    def of_shipments(self, shipment_ids: Collection[str]) -> Mapping[str, str]:
        return self._owners("shipment", shipment_ids)

    def of_payments(self, payment_ids: Collection[str]) -> Mapping[str, str]:
        return self._owners("payment", payment_ids)

    def _owners(self, table: str, ids: Collection[str]) -> Mapping[str, str]:
        rows = self._sql.rows(
            f"select id, order_id from {table} where shard = :shard and id = any(:ids)",
            ids=sorted(ids),
        )
        return {row.id: row.order_id for row in rows}

    def entry_keys(self, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        if not keys:
            return set()
        rows = self._sql.rows(
            "select payment_id, key from payment_entry"
            " where shard = :shard and payment_id = any(:payments)",
            payments=sorted({payment_id for payment_id, _ in keys}),
        )
        return {(row.payment_id, row.key) for row in rows} & set(keys)

    def save(self, changes: Sequence[Change]) -> None:
        """Write each table once for all changes."""
        new = [change.after for change in changes if change.before is None]
        old = [(c.before, c.after) for c in changes if c.before is not None]
        self._update_orders([(b, a) for b, a in old if b is not a])
        with self._sql.pipelined():
            self._sql.insert(tables.orders, [rows_of.order_row(order) for order in new])
            self._save_lines(new, old)
            self._save_children(new, old)
            self._save_records(changes)

    def _update_orders(self, pairs: Sequence[tuple[Order, Order]]) -> None:
        found = self._sql.update(
            tables.orders,
            sets=rows_of.MUTABLE,
            keys=("id", "version"),
            rows=[rows_of.update_row(after, before.version) for before, after in pairs],
        )
        if found != len(pairs):
            raise StaleOrder(f"{len(pairs) - found} of {len(pairs)} orders")

    def _save_lines(self, new: Sequence[Order], old: Sequence[tuple[Order, Order]]) -> None:
        self._sql.insert(
            tables.order_line, [rows_of.line_row(o.id, x) for o in new for x in o.lines]
        )
        changed = [
            (before, after, order.id)
            for was, order in old
            for before, after in zip(was.lines, order.lines, strict=True)
            if before != after
        ]
        self._sql.update(
            tables.order_line,
            sets=rows_of.LINE_MUTABLE,
            keys=("order_id", "no"),
            rows=[rows_of.line_update(order_id, after) for _, after, order_id in changed],
        )
        held = [(o.id, x.no, place, n) for o in new for x in o.lines for place, n in x.held]
        self._sql.insert(tables.reservation, held)
        rows = [
            row
            for before, after, order_id in changed
            for row in rows_of.reservation_rows(order_id, before, after=after)
        ]
        self._sql.upsert(tables.reservation, rows)

    def _save_children(self, new: Sequence[Order], old: Sequence[tuple[Order, Order]]) -> None:
        pairs: list[tuple[Order | None, Order]] = [*((None, o) for o in new), *old]
        self._sql.upsert(tables.hold, [rows_of.hold_row(i, x) for i, x in _changed(pairs, "holds")])
        payments = [rows_of.payment_row(i, x) for i, x in _changed(pairs, "payments")]
        self._sql.upsert(tables.payment, payments)
        shipments = list(_changed(pairs, "shipments"))
        self._sql.upsert(tables.shipment, [rows_of.shipment_row(i, x) for i, x in shipments])
        planned = [(i, x) for i, x in _changed(pairs, "shipments", look_at=_inside)]
        lines = [(i, x.id, no, n) for i, x in planned for no, n in x.lines]
        self._sql.upsert(tables.shipment_line, lines)

    def _save_records(self, changes: Sequence[Change]) -> None:
        self._sql.insert(tables.history, [_history_row(r) for c in changes for r in c.history])
        self._sql.insert(tables.payment_entry, [_entry_row(e) for c in changes for e in c.entries])
        documents = [_document_row(d) for c in changes for d in c.documents]
        self._sql.insert_new(tables.document, documents)
        SqlMessages(self._sql).add([message for change in changes for message in change.messages])


def _version(known: Mapping[str, Order], order_id: str) -> int | None:
    return known[order_id].version if order_id in known else None


def _all_of(thing: Any) -> Any:
    return thing


def _inside(shipment: Shipment) -> tuple[object, ...]:
    """What a shipment carries changes seldom, its state at every step."""
    return (shipment.id, shipment.lines)


def _changed(
    pairs: Iterable[tuple[Order | None, Order]],
    field: str,
    *,
    look_at: Callable[[Any], Any] = _all_of,
) -> Iterator[tuple[str, Any]]:
    """(order id, thing) for each hold, payment or shipment that is new or not what it was."""
    for before, after in pairs:
        was = () if before is None else [look_at(thing) for thing in getattr(before, field)]
        for thing in getattr(after, field):
            if look_at(thing) not in was:
                yield after.id, thing


def load_orders(sql: Sql, order_ids: Collection[str], *, lock: bool) -> dict[str, Order]:
    """Read whole orders; `lock` keeps others from changing them until the transaction ends."""
    if not order_ids:
        return {}
    ids = sorted(order_ids)
    heads = sql.rows(
        f"select {rows_of.ORDER_COLUMNS} from orders where shard = :shard and id = any(:ids)"
        f" order by id{' for update' if lock else ''}",
        ids=ids,
    )
    lines = _lines(sql, ids)
    holds = _children(sql, ids, "hold", rows_of.HOLD_COLUMNS, rows_of.hold_of)
    payments = _children(sql, ids, "payment", rows_of.PAYMENT_COLUMNS, rows_of.payment_of)
    shipments = _shipments(sql, ids)
    return {
        row[0]: rows_of.order_of(
            row,
            lines=tuple(lines[row[0]]),
            holds=tuple(holds[row[0]]),
            payments=tuple(payments[row[0]]),
            shipments=tuple(shipments[row[0]]),
        )
        for row in heads
    }


def _lines(sql: Sql, ids: list[str]) -> Mapping[str, list[Line]]:
    held: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for row in sql.rows(
        "select order_id, no, location, quantity from reservation"
        " where shard = :shard and order_id = any(:ids) and quantity > 0 order by location",
        ids=ids,
    ):
        held[row[0], row[1]].append((row[2], row[3]))
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in sql.rows(
        f"select order_id, {rows_of.LINE_COLUMNS} from order_line"
        " where shard = :shard and order_id = any(:ids) order by order_id, no",
        ids=ids,
    ):
        lines[row[0]].append(rows_of.line_of(row, tuple(held[row[0], row[1]])))
    return lines


def _children(
    sql: Sql, ids: list[str], table: str, columns: str, build: Any
) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in sql.rows(
        f"select order_id, {columns} from {table}"
        " where shard = :shard and order_id = any(:ids) order by order_id, id",
        ids=ids,
    ):
        found[row[0]].append(build(row))
    return found


def _shipments(sql: Sql, ids: list[str]) -> Mapping[str, list[Shipment]]:
    inside: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in sql.rows(
        "select shipment_id, no, quantity from shipment_line"
        " where shard = :shard and order_id = any(:ids) and quantity > 0 order by no",
        ids=ids,
    ):
        inside[row[0]].append((row[1], row[2]))
    return _children(
        sql,
        ids,
        "shipment",
        rows_of.SHIPMENT_COLUMNS,
        lambda row: rows_of.shipment_of(row, tuple(inside[row[1]])),
    )


def _history_row(row: HistoryRow) -> tuple[object, ...]:
    return (
        row.order_id,
        row.version,
        row.process,
        row.subject_id,
        row.trigger,
        row.source,
        row.target,
        row.actor,
        row.reason,
        row.facts,
        to_us(row.at),
        row.hash,
        None,
    )


def _entry_row(entry: Entry) -> tuple[object, ...]:
    at = to_us(entry.at)
    return (entry.payment_id, entry.key, entry.kind, entry.amount, entry.reference, at)


def _document_row(x: Document) -> tuple[object, ...]:
    return (x.id, x.order_id, x.subject_id, x.kind, x.media_type, x.body, to_us(x.at))
