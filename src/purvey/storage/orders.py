"""Orders with all that belongs to them: read with one statement per table, written likewise."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from purvey.domain.order import Order, Shipment
from purvey.ports.storage import NOTHING_KNOWN, Change, Document, Entry, HistoryRow
from purvey.storage import order_rows as rows_of
from purvey.storage import tables
from purvey.storage.messages import SqlMessages
from purvey.storage.recall import as_read
from purvey.storage.return_rows import save_returns, with_returns
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
        return recall_orders(self._sql, order_ids, lock=True, known=known)

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

    def of_returns(self, return_ids: Collection[str]) -> Mapping[str, str]:
        return self._owners("returns", return_ids)

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
        with self._sql.pipelined():
            self._update_orders([(b, a) for b, a in old if b is not a])
            self._sql.insert(tables.orders, [rows_of.order_row(order) for order in new])
            self._save_lines(new, old)
            self._save_children(new, old)
            self._save_records(changes)
        self._sql.orders.update({c.after.id: as_read(c.after) for c in changes})

    def _update_orders(self, pairs: Sequence[tuple[Order, Order]]) -> None:
        self._sql.update(
            tables.orders,
            sets=rows_of.MUTABLE,
            keys=("id", "version"),
            rows=[rows_of.update_row(after, before.version) for before, after in pairs],
            unless_all=StaleOrder(f"one or more of {len(pairs)} orders"),
        )

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
        save_returns(self._sql, pairs)

    def _save_records(self, changes: Sequence[Change]) -> None:
        self._sql.insert(tables.history, [_history_row(r) for c in changes for r in c.history])
        self._sql.insert(tables.payment_entry, [_entry_row(e) for c in changes for e in c.entries])
        documents = [_document_row(d) for c in changes for d in c.documents]
        self._sql.insert_new(tables.document, documents)
        SqlMessages(self._sql).add([message for change in changes for message in change.messages])


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


def recall_orders(
    sql: Sql,
    order_ids: Collection[str],
    *,
    lock: bool,
    known: Mapping[str, Order] = NOTHING_KNOWN,
) -> dict[str, Order]:
    """As `load_orders`; those whose version is still the one in memory are not read again."""
    known = {**sql.recall.find(sql.shard, order_ids), **known}
    if not known:
        found = load_orders(sql, order_ids, lock=lock)
    else:
        rows = sql.rows(
            "select id, version from orders where shard = :shard and id = any(:ids)"
            f" order by id{' for update' if lock else ''}",
            ids=sorted(order_ids),
        )
        same = {row[0] for row in rows if row[0] in known and known[row[0]].version == row[1]}
        changed = {row[0] for row in rows} - same
        found = {order_id: known[order_id] for order_id in sorted(same)}
        found |= load_orders(sql, changed, lock=lock)
    sql.orders.update(found)
    return found


def load_orders(sql: Sql, order_ids: Collection[str], *, lock: bool) -> dict[str, Order]:
    """Read whole orders; `lock` keeps others from changing them until the transaction ends.

    The lock comes first, and each statement after it sees what was committed until then.
    """
    if not order_ids:
        return {}
    ids = sorted(order_ids)
    with sql.pipelined():
        asked = [
            sql.ask(
                f"select {rows_of.ORDER_COLUMNS} from orders where shard = :shard"
                f" and id = any(:ids) order by id{' for update' if lock else ''}",
                ids=ids,
            ),
            *(sql.ask(query, ids=ids) for query in _PARTS),
        ]
    heads, held, inside, *parts = (answer() for answer in asked)
    lines, holds, payments, shipments = _put_together(held, inside, parts)
    orders = {
        row[0]: rows_of.order_of(
            row,
            lines=tuple(lines[row[0]]),
            holds=tuple(holds[row[0]]),
            payments=tuple(payments[row[0]]),
            shipments=tuple(shipments[row[0]]),
        )
        for row in heads
    }
    return with_returns(sql, orders, {row[0] for row in heads if row[rows_of.RETURN_COUNT]})


def _of_order(columns: str, table: str, by: str = "order_id, id") -> str:
    return (
        f"select order_id, {columns} from {table}"
        f" where shard = :shard and order_id = any(:ids) order by {by}"
    )


_PARTS = (
    "select order_id, no, location, quantity from reservation"
    " where shard = :shard and order_id = any(:ids) and quantity > 0 order by location",
    "select shipment_id, no, quantity from shipment_line"
    " where shard = :shard and order_id = any(:ids) and quantity > 0 order by no",
    _of_order(rows_of.LINE_COLUMNS, "order_line", by="order_id, no"),
    _of_order(rows_of.HOLD_COLUMNS, "hold"),
    _of_order(rows_of.PAYMENT_COLUMNS, "payment"),
    _of_order(rows_of.SHIPMENT_COLUMNS, "shipment"),
)


def _put_together(
    reservations: Sequence[Any], insides: Sequence[Any], parts: Sequence[Sequence[Any]]
) -> list[Mapping[str, list[Any]]]:
    """Lines, holds, payments and shipments by order."""
    held: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for order_id, no, place, units in reservations:
        held[order_id, no].append((place, units))
    inside: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for shipment_id, no, units in insides:
        inside[shipment_id].append((no, units))
    makers: tuple[Callable[[Any], Any], ...] = (
        lambda row: rows_of.line_of(row, tuple(held[row[0], row[1]])),
        rows_of.hold_of,
        rows_of.payment_of,
        lambda row: rows_of.shipment_of(row, tuple(inside[row[1]])),
    )
    return [_by_order(rows, make) for rows, make in zip(parts, makers, strict=True)]


def _by_order(rows: Sequence[Any], make: Callable[[Any], Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(make(row))
    return found


def _history_row(row: HistoryRow) -> tuple[object, ...]:
    return (*row[:10], to_us(row.at), row.hash, None)


def _entry_row(entry: Entry) -> tuple[object, ...]:
    at = to_us(entry.at)
    return (entry.payment_id, entry.key, entry.kind, entry.amount, entry.reference, at)


def _document_row(x: Document) -> tuple[object, ...]:
    return (x.id, x.order_id, x.subject_id, x.kind, x.media_type, x.body, to_us(x.at))
