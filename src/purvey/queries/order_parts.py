"""Shipments, payments and returns as lists of their own, each with the order that it belongs to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from purvey.domain.order import Order, Payment, Return, Shipment
from purvey.queries.orders import find_order_id, read_orders
from purvey.queries.paging import Page, page_of
from purvey.storage.sql import Sql

LAST = {"shipment": "shp_g", "payment": "pay_g", "returns": "ret_g"}  # behind every id
Part = TypeVar("Part", Shipment, Payment, Return)


@dataclass(frozen=True, slots=True)
class PartOf(Generic[Part]):
    part: Part
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWish:
    """`order` is an id or a number."""

    state: str | None = None
    order: str | None = None


def list_shipments(
    sql: Sql, wish: PartWish, *, limit: int, before: str | None = None
) -> Page[PartOf[Shipment]]:
    """Newest first."""
    ids = _ids(sql, "shipment", wish, limit=limit, before=before)
    return _with_orders(sql, ids, lambda order: order.shipments)


def list_payments(
    sql: Sql, wish: PartWish, *, limit: int, before: str | None = None
) -> Page[PartOf[Payment]]:
    """Newest first."""
    ids = _ids(sql, "payment", wish, limit=limit, before=before)
    return _with_orders(sql, ids, lambda order: order.payments)


def list_returns(
    sql: Sql, wish: PartWish, *, limit: int, before: str | None = None
) -> Page[PartOf[Return]]:
    """Newest first."""
    ids = _ids(sql, "returns", wish, limit=limit, before=before)
    return _with_orders(sql, ids, lambda order: order.returns)


def find_shipment(sql: Sql, id_: str) -> PartOf[Shipment] | None:
    ids = _id_and_owner(sql, "shipment", id_)
    return next(iter(_with_orders(sql, ids, lambda order: order.shipments).items), None)


def find_payment(sql: Sql, id_: str) -> PartOf[Payment] | None:
    ids = _id_and_owner(sql, "payment", id_)
    return next(iter(_with_orders(sql, ids, lambda order: order.payments).items), None)


def find_returned(sql: Sql, id_: str) -> PartOf[Return] | None:
    ids = _id_and_owner(sql, "returns", id_)
    return next(iter(_with_orders(sql, ids, lambda order: order.returns).items), None)


Owned = tuple[str, str]  # its id, the order's id


def _ids(sql: Sql, table: str, wish: PartWish, *, limit: int, before: str | None) -> Page[Owned]:
    conditions, values = "", dict[str, str]()
    if wish.state is not None:
        conditions, values["state"] = " and state = :state", wish.state
    if wish.order is not None:
        conditions += " and order_id = :order_id"
        values["order_id"] = find_order_id(sql, wish.order) or ""
    rows = sql.rows(
        f"select id, order_id from {table} where shard = :shard and id < :before{conditions}"
        " order by id desc limit :limit",
        before=before or LAST[table],
        limit=limit + 1,
        **values,
    )
    return page_of([(row.id, row.order_id) for row in rows], limit, key=lambda owned: owned[:1])


def _id_and_owner(sql: Sql, table: str, id_: str) -> Page[Owned]:
    rows = sql.rows(f"select id, order_id from {table} where shard = :shard and id = :id", id=id_)
    return Page([(row.id, row.order_id) for row in rows])


def _with_orders(
    sql: Sql, owned: Page[Owned], parts: Callable[[Order], tuple[Part, ...]]
) -> Page[PartOf[Part]]:
    orders: Mapping[str, Order] = read_orders(sql, {order_id for _, order_id in owned.items})
    found = [
        PartOf(part, orders[order_id])
        for id_, order_id in owned.items
        for part in parts(orders[order_id])
        if part.id == id_
    ]
    return Page(found, owned.next)
