"""All that the shop holds about one customer, as a file that people and programs can read
(GDPR, art. 15 and 20)."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from purvey.domain.customers import marks_of
from purvey.domain.money import to_text
from purvey.domain.order import Line, Order, Payment, Return, Shipment
from purvey.kit.json_text import time_text
from purvey.queries.customer_page import notes_of, order_ids_of
from purvey.queries.customers import find_customer
from purvey.queries.orders import read_orders
from purvey.storage.sql import Sql
from purvey.storage.times import from_us

ORDERS_AT_ONCE, MAX_BITES = 200, 500
MAX_WRITTEN = 1_000  # notes, quotes, and drafts


def personal_data(sql: Sql, customer_id: str) -> dict[str, Any] | None:
    """None: there is no such customer. `complete` is false for somebody with more orders than
    MAX_BITES bites hold, or more of something else than MAX_WRITTEN."""
    customer = find_customer(sql, customer_id)
    if customer is None:
        return None
    orders: list[dict[str, Any]] = []
    marks = marks_of(customer.contact)
    before, bites = "ord_g", 0
    while before and bites < MAX_BITES:
        page = order_ids_of(sql, customer_id, limit=ORDERS_AT_ONCE, before=before)
        found = read_orders(sql, page.items)
        orders += _orders(sql, [found[order_id] for order_id in page.items])
        marks.update(*(marks_of(order.customer) for order in found.values()))
        before, bites = str(page.next[0]) if page.next else "", bites + 1
    notes = notes_of(sql, customer_id, limit=MAX_WRITTEN)
    quotes, drafts = list(_quotes(sql, marks)), list(_drafts(sql, marks))
    return {
        "customer": {
            "id": customer.id,
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "external_id": customer.external_id,
            "known_since": time_text(customer.created_at),
        },
        "notes": [{"text": note.text, "by": note.by, "at": time_text(note.at)} for note in notes],
        "bounced_mail": _bounces(sql, customer_id),
        "quotes_and_drafts": [*quotes, *drafts],
        "orders": orders,
        "complete": not before
        and all(len(written) < MAX_WRITTEN for written in (notes, quotes, drafts)),
    }


def _bounces(sql: Sql, customer_id: str) -> list[dict[str, Any]]:
    rows = sql.rows(
        'select reason, "at" from bounce where shard = :shard and customer_id = :id',
        id=customer_id,
    )
    return [{"reason": row.reason, "at": time_text(from_us(row.at))} for row in rows]


def _orders(sql: Sql, orders: Sequence[Order]) -> Iterator[dict[str, Any]]:
    ids = [order.id for order in orders]
    messages, history, notes = _messages(sql, ids), _history(sql, ids), _notes(sql, ids)
    approvals = _approvals(sql, ids)
    for order in orders:
        yield _order(order) | {
            "notes_of_colleagues": notes.get(order.id, []),
            "approvals": approvals.get(order.id, []),
            "messages": messages.get(order.id, []),
            "history": history.get(order.id, []),
        }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": str(order.number),
        "state": str(order.state),
        "channel": order.channel,
        "placed_at": time_text(order.placed_at),
        "currency": order.currency,
        "contact": asdict(order.customer),
        "ship_to": asdict(order.ship_to) if order.ship_to else None,
        "bill_to": asdict(order.bill_to) if order.bill_to else None,
        "notes": order.notes,
        "metadata": order.metadata,
        "lines": [_line(line, order.currency) for line in order.lines],
        "holds": [
            {"reason": hold.reason, "by": hold.by, "at": time_text(hold.since)}
            for hold in order.holds
        ],
        "payments": [_payment(payment, order.currency) for payment in order.payments],
        "parcels": [_parcel(parcel) for parcel in order.shipments],
        "returns": [_return(one) for one in order.returns],
    }


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "name": line.name,
        "unit_price": to_text(line.unit_price, currency),
        "ordered": line.ordered,
        "cancelled": line.cancelled,
        "returned": line.returned,
    }


def _payment(payment: Payment, currency: str) -> dict[str, Any]:
    return {
        "method": payment.method,
        "gateway": payment.gateway,
        "state": str(payment.state),
        "amount": to_text(payment.amount, currency),
        "captured": to_text(payment.captured, currency),
        "refunded": to_text(payment.refunded, currency),
        "purchase_order": payment.purchase_order,
        "at": time_text(payment.created_at),
    }


def _parcel(parcel: Shipment) -> dict[str, Any]:
    return {
        "state": str(parcel.state),
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
    }


def _return(one: Return) -> dict[str, Any]:
    return {
        "state": str(one.state),
        "requested_at": time_text(one.requested_at),
        "asked_by": one.asked_by,
        "note": one.note,
        "late_reason": one.late_reason,
        "decision": one.decision,
        "lines": [{"reason": line.reason, "note": line.note} for line in one.lines],
    }


Told = dict[str, list[dict[str, Any]]]


def _by_order(rows: Iterable[Any], tell: Callable[[Any], dict[str, Any]]) -> Told:
    found: Told = {}
    for row in rows:
        said = tell(row) | {"at": time_text(from_us(row.at))}
        found.setdefault(row.order_id, []).append(said)
    return found


def _messages(sql: Sql, ids: Sequence[str]) -> Told:
    rows = sql.rows(
        'select order_id, recipient, subject, body, state, "at" from notice'
        ' where shard = :shard and order_id = any(:ids) order by "at", key',
        ids=list(ids),
    )
    return _by_order(
        rows,
        lambda row: {
            "to": row.recipient,
            "subject": row.subject,
            "text": row.body,
            "state": row.state,
        },
    )


def _history(sql: Sql, ids: Sequence[str]) -> Told:
    rows = sql.rows(
        'select order_id, "trigger", target, actor, reason, "at" from history'
        " where shard = :shard and order_id = any(:ids) order by order_id, version",
        ids=list(ids),
    )
    return _by_order(
        rows,
        lambda row: {
            "what": row.trigger,
            "state": row.target,
            "by": row.actor,
            "reason": row.reason,
        },
    )


def _notes(sql: Sql, ids: Sequence[str]) -> Told:
    rows = sql.rows(
        'select order_id, body, "by", "at" from order_note'
        " where shard = :shard and order_id = any(:ids) order by order_id, id",
        ids=list(ids),
    )
    return _by_order(rows, lambda row: {"text": row.body, "by": row.by})


def _approvals(sql: Sql, ids: Sequence[str]) -> Told:
    rows = sql.rows(
        'select order_id, kind, reason, note, state, asked_at as "at" from approval'
        " where shard = :shard and order_id = any(:ids) order by order_id, id",
        ids=list(ids),
    )
    return _by_order(
        rows,
        lambda row: {
            "about": row.kind,
            "reason": row.reason,
            "note": row.note,
            "state": row.state,
        },
    )


def _quotes(sql: Sql, marks: Collection[str]) -> Iterator[dict[str, Any]]:
    rows = sql.rows(
        "select number, content, total, currency, valid_until, made_at from quote"
        " where shard = :shard and who = any(:marks) order by number limit :limit",
        marks=sorted(marks),
        limit=MAX_WRITTEN,
    )
    for row in rows:
        content = json.loads(row.content)
        yield {
            "quote": row.number,
            "made_at": time_text(from_us(row.made_at)),
            "valid_until": row.valid_until,
            "currency": row.currency,
            "lines": [
                {"sku": sku, "units": x["units"], "unit_price": to_text(x["price"], row.currency)}
                for sku, x in content["lines"].items()
            ],
            "discount": to_text(content["discount"], row.currency),
            "total": to_text(row.total, row.currency),
            "written": json.loads(content["written"]),
        }


def _drafts(sql: Sql, marks: Collection[str]) -> Iterator[dict[str, Any]]:
    rows = sql.rows(
        "select content, changed_at from order_draft where shard = :shard and who = any(:marks)"
        " order by id limit :limit",
        marks=sorted(marks),
        limit=MAX_WRITTEN,
    )
    for row in rows:
        yield {"changed_at": time_text(from_us(row.changed_at)), "written": json.loads(row.content)}
