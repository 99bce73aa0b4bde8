"""The customers that the shop knows, newest first."""

from dataclasses import dataclass
from datetime import datetime

from purvey.ports.storage import Customer
from purvey.queries.paging import Page, page_of
from purvey.storage.customers import CUSTOMER_COLUMNS, customer_of
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
        f"select {CUSTOMER_COLUMNS} from customer where shard = :shard and id < :before{conditions}"
        " order by id desc limit :limit",
        before=before,
        email=None if email is None else email.strip().lower(),
        external_id=external_id,
        limit=limit + 1,
    )
    return page_of([customer_of(row) for row in rows], limit, key=lambda customer: (customer.id,))


def find_customer(sql: Sql, id_: str) -> Customer | None:
    row = sql.first(
        f"select {CUSTOMER_COLUMNS} from customer where shard = :shard and id = :id", id=id_
    )
    return None if row is None else customer_of(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An order as a customer's page names it. Amounts are minor units."""

    number: int
    state: str
    currency: str
    total: int
    placed_at: datetime


def bought_by(sql: Sql, customer_id: str, *, besides: str, limit: int) -> Page[Bought]:
    """Their orders without the one `besides`, newest first."""
    rows = sql.rows(
        "select number, state, currency, total, placed_at from orders where shard = :shard"
        " and customer_id = :customer_id and id <> :besides order by id desc limit :limit",
        customer_id=customer_id,
        besides=besides,
        limit=limit + 1,
    )
    found = [
        Bought(
            number=row.number,
            state=row.state,
            currency=row.currency,
            total=row.total,
            placed_at=from_us(row.placed_at),
        )
        for row in rows
    ]
    return page_of(found, limit, key=lambda one: (one.number,))
