"""Lines of earlier orders that a batch of cancellations may be about, found with set-based SQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from purvey.adapters.files.outcomes import CancellationOf
from purvey.importing.records import returned_units
from purvey.storage.sql import Sql
from purvey.storage.times import from_us
from purvey.storage.transaction import SqlTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A line of an order. `left`: units neither cancelled nor returned; `open`: of them, those that
    can still be cancelled, since they have not left and nobody is packing them."""

    order_id: str
    number: int
    placed_at: datetime
    customer: str
    currency: str
    no: int
    sku: str
    unit_price: int
    left: int
    open: int


def find_candidates(sql: Sql, cancellations: Sequence[CancellationOf]) -> Sequence[Candidate]:
    """Lines of the same customers and skus.

    "cross join" keeps SQLite from another order: it would read every order line of the skus.
    """
    customers = {x.customer.external_id for x in cancellations if x.customer.external_id}
    skus = {item.sku for x in cancellations for item in x.items}
    if not customers or not skus:
        return []
    rows = sql.rows(
        "select o.id, o.number, o.placed_at, c.external_id, o.currency, l.no, l.sku, l.unit_price,"
        " l.ordered - l.cancelled - l.returned, l.reserved + l.backordered"
        " from customer c cross join orders o cross join order_line l"
        " where c.shard = :shard and c.external_id = any(:customers)"
        " and o.shard = c.shard and o.customer_id = c.id"
        " and l.shard = o.shard and l.order_id = o.id and l.sku = any(:skus)",
        customers=sorted(customers),
        skus=sorted(skus),
    )
    ids = {row[0] for row in rows}
    returned, at_work = returned_units(sql, ids), _being_packed(sql, ids)
    return [
        Candidate(
            order_id=row[0],
            number=row[1],
            placed_at=from_us(row[2]),
            customer=row[3],
            currency=row[4],
            no=row[5],
            sku=row[6],
            unit_price=row[7],
            left=row[8] - returned.get((row[0], row[5]), 0),
            open=row[9] - at_work.get((row[0], row[5]), 0),
        )
        for row in rows
    ]


def _being_packed(sql: Sql, order_ids: Collection[str]) -> Mapping[tuple[str, int], int]:
    """Units of each (order, line) in a shipment that somebody is picking or has packed."""
    if not order_ids:
        return {}
    rows = sql.rows(
        "select s.order_id, l.no, sum(l.quantity) as units from shipment s join shipment_line l"
        " on l.shard = s.shard and l.order_id = s.order_id and l.shipment_id = s.id"
        " where s.shard = :shard and s.order_id = any(:ids)"
        " and s.state in ('picking', 'packed') group by s.order_id, l.no",
        ids=sorted(order_ids),
    )
    return {(row.order_id, row.no): int(row.units) for row in rows}


def lock_orders(tx: SqlTransaction, order_ids: Collection[str]) -> None:
    """First the products by sku, then the orders by id: the order in which everybody locks."""
    tx.stock.products(tx.orders.skus_of(order_ids))
    tx.sql.rows(
        "select id from orders where shard = :shard and id = any(:ids) order by id for update",
        ids=sorted(order_ids),
    )
