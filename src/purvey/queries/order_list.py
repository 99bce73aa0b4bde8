"""Orders as rows of a list, why each of them waits, and how many there are of a kind.

A row takes only the order's own columns. Whole orders are read for those that wait: their sentence
speaks of lines, payments and parcels. Kinds are counted up to MOST, so that it costs the same
however many orders there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from purvey.domain.states import OrderState
from purvey.domain.waiting import waiting_for
from purvey.queries.orders import expected_for, read_orders
from purvey.storage.sql import Sql
from purvey.storage.times import from_us

MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    id: str
    number: int
    state: OrderState
    waiting_code: str | None
    placed_at: datetime
    customer_name: str | None
    customer_email: str | None
    channel: str
    external_id: str | None
    shipping_method: str
    promised_to: str | None
    currency: str
    total: int
    paid: int


_COLUMNS = (
    "id, number, state, waiting_code, placed_at, customer_name, customer_email, channel,"
    " external_id, shipping_method, promised_to, currency, total, paid"
)


def read_rows(sql: Sql, ids: Sequence[str]) -> list[OrderRow]:
    """In the order of the ids."""
    rows = sql.rows(
        f"select {_COLUMNS} from orders where shard = :shard and id = any(:ids)", ids=list(ids)
    )
    found = {row.id: _row(row) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def _row(row: Any) -> OrderRow:
    return OrderRow(
        id=row.id,
        number=row.number,
        state=OrderState(row.state),
        waiting_code=row.waiting_code,
        placed_at=from_us(row.placed_at),
        customer_name=row.customer_name,
        customer_email=row.customer_email,
        channel=row.channel,
        external_id=row.external_id,
        shipping_method=row.shipping_method,
        promised_to=row.promised_to,
        currency=row.currency,
        total=row.total,
        paid=row.paid,
    )


def why_they_wait(sql: Sql, rows: Iterable[OrderRow], *, today: date) -> Mapping[str, str]:
    """The sentence of each that waits, by id."""
    orders = read_orders(sql, [row.id for row in rows if row.waiting_code is not None])
    expected = expected_for(sql, orders.values(), today=today)
    return {id_: waiting_for(order, expected).sentence for id_, order in orders.items()}


def count_states(sql: Sql) -> Mapping[str, int]:
    """Orders in each state that there are any in; MOST stands for that many and more."""
    return _counts(sql, "state", list(OrderState))


def count_waiting(sql: Sql, codes: Iterable[str]) -> Mapping[str, int]:
    """Likewise by what they wait for."""
    return _counts(sql, "waiting_code", codes)


def _counts(sql: Sql, column: str, names: Iterable[str]) -> Mapping[str, int]:
    """One statement; each part of it reads at most MOST entries of an index."""
    values = {f"name_{at}": str(name) for at, name in enumerate(names)}
    parts = [
        f"select :{key} as name, count(*) as n from (select 1 from orders"
        f" where shard = :shard and {column} = :{key} limit {MOST}) some_{key}"
        for key in values
    ]
    rows = sql.rows(" union all ".join(parts), **values)
    return {row.name: row.n for row in rows if row.n}
