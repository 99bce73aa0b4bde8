"""How a table is declared: the shard first, then keys, needed and optional columns.

Times are microseconds since 1970 UTC, money is minor units, JSON is text: the same value, order and
arithmetic on SQLite and PostgreSQL (docs/decisions/0002-plain-columns.md).
"""

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

Big, Text, Small = sa.BigInteger, sa.Text, sa.Integer


def table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, sa.Column("shard", Big, primary_key=True), *parts)


def key(name: str, kind: type[sa.types.TypeEngine[Any]] = Text) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def need(name: str, kind: type[sa.types.TypeEngine[Any]] = Text) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def given(
    name: str, kind: type[sa.types.TypeEngine[Any]] = Text, *, default: str
) -> sa.Column[Any]:
    """One that came later: rows that were there before have the default."""
    return sa.Column(name, kind, nullable=False, server_default=sa.text(_quoted(kind, default)))


def _quoted(kind: type[sa.types.TypeEngine[Any]], default: str) -> str:
    return f"'{default}'" if kind is Text else default


def may(name: str, kind: type[sa.types.TypeEngine[Any]] = Text) -> sa.Column[Any]:
    return sa.Column(name, kind)


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def refers(table: str, **columns: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["shard", *columns], [f"{table}.shard", *(f"{table}.{c}" for c in columns.values())]
    )


def only_where(condition: str) -> dict[str, Any]:
    """For an index over some rows only. A query has to repeat the condition literally."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
