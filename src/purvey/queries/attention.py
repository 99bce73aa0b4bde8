"""What needs a person now: the orders that no program can help, oldest first, and returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.states import ReturnState
from purvey.storage.sql import Sql

CODES = ("review", "payment_stuck", "lost_parcel", "returned_parcel", "hold")


RETURNS = (ReturnState.REQUESTED, ReturnState.RECEIVED, ReturnState.INSPECTED)


@dataclass(frozen=True, slots=True)
class Attention:
    """`ids` of the oldest orders; `orders` counts them all."""

    orders: int
    ids: Sequence[str]


def needs_a_person(sql: Sql, *, limit: int) -> Attention:
    with sql.pipelined():
        count = sql.ask(
            "select count(*) as n from orders where shard = :shard and waiting_code = any(:codes)",
            codes=list(CODES),
        )
        oldest = [
            sql.ask(
                "select id from orders where shard = :shard and waiting_code = :code"
                " order by id limit :limit",
                code=code,
                limit=limit,
            )
            for code in CODES
        ]
    rows = [row.id for answer in oldest for row in answer()]
    return Attention(count()[0].n, sorted(rows)[:limit])


def returns_that_wait(sql: Sql) -> Mapping[str, int]:
    """For the shop, by state; those that wait for the customer or are over are left out."""
    rows = sql.rows(
        "select state, count(*) as n from returns where shard = :shard and state = any(:states)"
        " group by state",
        states=[state.value for state in RETURNS],
    )
    return {row.state: row.n for row in rows}
