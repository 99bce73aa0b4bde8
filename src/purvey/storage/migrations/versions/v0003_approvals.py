"""What people ask of each other, and a journal of what is done to people, keys and settings."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT, BIG = sa.Text, sa.BigInteger
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "journal",
        *_columns(BIG, "shard"),
        *_columns(TEXT, "id"),
        *_columns(BIG, "at"),
        *_columns(TEXT, "actor", "deed", "subject", "detail"),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_table(
        "approval",
        *_columns(BIG, "shard"),
        *_columns(TEXT, "id", "kind", "order_id", "subject_id", "content", "hash"),
        *_columns(BIG, "amount"),
        *_columns(TEXT, "currency", "reason", "asked_by"),
        *_columns(BIG, "asked_at", "ends_at"),
        *_columns(TEXT, "state"),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["shard", "order_id"], ["orders.shard", "orders.id"]),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_index(
        "approval_open", "approval", ["shard", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("approval_order", "approval", ["shard", "order_id"])


def _columns(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=False) for name in names]


def downgrade() -> None:
    for table in ("approval", "journal"):
        op.drop_table(table)
