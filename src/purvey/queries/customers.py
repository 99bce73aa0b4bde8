"""The customers that the shop knows, newest first."""

from typing import Any

from purvey.ports.storage import Customer
from purvey.queries.paging import Page, page_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us

LAST = "cus_g"  # behind every id


def list_customers(
    sql: Sql,
    *,
    limit: int,
    before: str = LAST,
    email: str | None = None,
    external_id: str | None = None,
) -> Page[Customer]:
    conditions = " and email = :email" if email is not None else ""
    conditions += " and external_id = :external_id" if external_id is not None else ""
    rows = sql.rows(
        f"select {_COLUMNS} from customer where shard = :shard and id < :before{conditions}"
        " order by id desc limit :limit",
        before=before,
        email=None if email is None else email.strip().lower(),
        external_id=external_id,
        limit=limit + 1,
    )
    return page_of([_customer(row) for row in rows], limit, key=lambda customer: (customer.id,))


def find_customer(sql: Sql, id_: str) -> Customer | None:
    row = sql.first(f"select {_COLUMNS} from customer where shard = :shard and id = :id", id=id_)
    return None if row is None else _customer(row)


_COLUMNS = "id, email, name, phone, external_id, created_at"


def _customer(row: Any) -> Customer:
    return Customer(
        id=row.id,
        email=row.email,
        name=row.name,
        phone=row.phone,
        external_id=row.external_id,
        created_at=from_us(row.created_at),
    )
