"""Whom a draft or a quote is for, so that erasing and exporting a customer reach it; quotes are
found by the order that they became."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from purvey.domain.customers import mark_of
from purvey.domain.draft import Contact

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT_ONCE = 500  # rows that are read and written with one statement
ORDERED = "order_id is not null"


def upgrade() -> None:
    for table in ("order_draft", "quote"):
        op.add_column(table, sa.Column("who", sa.Text()))
    _fill("order_draft", "id", first="", fields_of=lambda content: content)
    _fill("quote", "number", first=-1, fields_of=lambda content: json.loads(content["written"]))
    for table in ("order_draft", "quote"):
        op.create_index(f"{table}_who", table, ["shard", "who"])
    op.create_index(
        "quote_order",
        "quote",
        ["shard", "order_id"],
        sqlite_where=sa.text(ORDERED),
        postgresql_where=sa.text(ORDERED),
    )


def _fill(table: str, key: str, *, first: Any, fields_of: Callable[[Any], Any]) -> None:
    connection = op.get_bind()
    read = sa.text(
        f"select shard, {key} as key, content from {table} where (shard, {key}) > (:shard, :last)"
        f" order by shard, {key} limit {AT_ONCE}"
    )
    write = sa.text(f"update {table} set who = :who where shard = :shard and {key} = :key")
    shard, last = -1, first
    while rows := connection.execute(read, {"shard": shard, "last": last}).all():
        connection.execute(
            write,
            [
                {
                    "who": _who(fields_of(json.loads(row.content))),
                    "shard": row.shard,
                    "key": row.key,
                }
                for row in rows
            ],
        )
        shard, last = rows[-1].shard, rows[-1].key


def _who(written: Any) -> str | None:
    names, fields = ("name", "email", "phone", "external_id"), written.get("fields", {})
    return mark_of(Contact(**{name: fields.get(name) or None for name in names}))


def downgrade() -> None:
    op.drop_index("quote_order", "quote")
    for table in ("quote", "order_draft"):
        op.drop_index(f"{table}_who", table)
        op.drop_column(table, "who")
