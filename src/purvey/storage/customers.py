"""Customers and what was noted about them; found by the beginning of what people know of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from purvey.domain.customers import ERASED
from purvey.domain.order import Order
from purvey.ports.customers import Customer, CustomerNote
from purvey.storage import customer_tables, tables
from purvey.storage.order_rows import address_json
from purvey.storage.search_words import add_customer_words
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us

CUSTOMER_COLUMNS = "id, email, name, phone, external_id, created_at, erased_at"


class SqlCustomers:
    """Implements `ports.customers.Customers`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def find(self, ids: Collection[str]) -> dict[str, Customer]:
        rows = self._sql.rows(
            f"select {CUSTOMER_COLUMNS} from customer where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(ids),
        )
        return {row.id: customer_of(row) for row in rows}

    def with_emails(self, emails: Collection[str]) -> dict[str, str]:
        rows = self._sql.rows(
            "select id, email from customer where shard = :shard and email = any(:emails)",
            emails=sorted(emails),
        )
        return {row.email: row.id for row in rows}

    def save(self, customers: Sequence[Customer]) -> None:
        rows = [(*customer_row(x)[1:5], *customer_row(x)[6:], x.id) for x in customers]
        self._sql.update(tables.customer, sets=_CHANGEABLE, keys=("id",), rows=rows)
        query = "delete from customer_word where shard = :shard and customer_id = any(:ids)"
        self._sql.execute(query, ids=sorted(x.id for x in customers))
        add_customer_words(self._sql, [x for x in customers if x.erased_at is None])

    def add_notes(self, notes: Sequence[CustomerNote]) -> None:
        rows = [(x.customer_id, x.id, x.text, x.by, to_us(x.at)) for x in notes]
        self._sql.insert(customer_tables.customer_note, rows)

    def orders_to_erase(self, ids: Collection[str], limit: int) -> Mapping[str, Sequence[str]]:
        rows = self._sql.rows(
            "select id, customer_id from orders where shard = :shard and customer_id = any(:ids)"
            f" and coalesce(customer_name, '') <> '{ERASED}' order by customer_id, id limit :limit",
            ids=sorted(ids),
            limit=limit,
        )
        found: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            found[row.customer_id].append(row.id)
        return found

    def open_orders(self, ids: Collection[str], limit: int) -> Mapping[str, Sequence[int]]:
        rows = self._sql.rows(
            "select o.number, o.customer_id from orders o where o.shard = :shard"
            " and o.customer_id = any(:ids) and (o.state not in ('closed', 'cancelled', 'rejected')"
            " or (o.return_count > 0 and exists (select 1 from returns r where r.shard = o.shard"
            " and r.order_id = o.id"
            " and r.state in ('requested', 'approved', 'received', 'inspected'))))"
            " order by o.id desc limit :limit",
            ids=sorted(ids),
            limit=limit,
        )
        found: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            found[row.customer_id].append(row.number)
        return found

    def forget_orders(self, orders: Sequence[Order]) -> None:
        rows = [
            (None, x.customer.name, None, None, address_json(x.bill_to), x.metadata, None, x.id)
            for x in orders
        ]
        self._sql.update(tables.orders, sets=_OF_A_PERSON, keys=("id",), rows=rows)
        ids = [order.id for order in orders]
        parcels = [shipment.id for order in orders for shipment in order.shipments]
        self._sql.execute(
            "update notice set recipient = null, subject = :erased, body = :erased,"
            " detail = case when state = 'joined' then detail end"  # a mail server quotes addresses
            " where shard = :shard and order_id = any(:ids)",
            erased=ERASED,
            ids=ids,
        )
        self._sql.execute(
            "update outbox set last_error = null where shard = :shard and order_id = any(:ids)"
            " and last_error is not null",
            ids=ids,
        )
        for table in ("order_note", "order_draft", "quote"):
            query = f"delete from {table} where shard = :shard and order_id = any(:ids)"
            self._sql.execute(query, ids=ids)
        self._sql.execute(
            "delete from document where shard = :shard and kind = 'label'"
            " and subject_id = any(:ids)",
            ids=parcels,
        )

    def forget(self, ids: Collection[str]) -> None:
        self._sql.execute(
            "update customer_note set text = :erased where shard = :shard"
            " and customer_id = any(:ids)",
            erased=ERASED,
            ids=sorted(ids),
        )
        self._sql.execute(
            "delete from bounce where shard = :shard and customer_id = any(:ids)",
            ids=sorted(ids),
        )


_CHANGEABLE = (
    "email",
    "name",
    "phone",
    "external_id",
    "erased_at",
)
_OF_A_PERSON = (
    "customer_email",
    "customer_name",
    "customer_phone",
    "customer_external_id",
    "bill_to",
    "metadata",
    "lookalike",
)


def customer_row(x: Customer) -> tuple[Any, ...]:
    """In the order of the table."""
    known = (x.id, x.email, x.name, x.phone, x.external_id, to_us(x.created_at))
    return (*known, maybe_us(x.erased_at))


def customer_of(row: Any) -> Customer:
    return Customer(
        id=row.id,
        email=row.email,
        name=row.name,
        phone=row.phone,
        external_id=row.external_id,
        created_at=from_us(row.created_at),
        erased_at=maybe_time(row.erased_at),
    )
