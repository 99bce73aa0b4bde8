"""Returns: goods that come back, line by line."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT, BIG, SMALL = sa.Text, sa.BigInteger, sa.Integer
CAME_BACK = sa.text("reason in ('returned', 'scrapped')")


def upgrade() -> None:
    op.add_column(
        "orders", sa.Column("return_count", SMALL(), nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "returns",
        *_needed(BIG, "shard"),
        *_needed(TEXT, "order_id", "id", "state"),
        *_needed(BIG, "requested_at", "state_since"),
        *_needed(TEXT, "asked_by"),
        *_optional(TEXT, "note", "late_reason", "decision", "instructions"),
        *_optional(BIG, "send_by"),
        *_optional(TEXT, "location"),
        *_needed(BIG, "refund", "shipping_refund", "given_before"),
        sa.CheckConstraint(
            "refund >= 0 and shipping_refund >= 0 and given_before >= 0", name="returns_money"
        ),
        sa.ForeignKeyConstraint(["shard", "order_id"], ["orders.shard", "orders.id"]),
        sa.PrimaryKeyConstraint("shard", "order_id", "id"),
    )
    op.create_index("returns_id", "returns", ["shard", "id"])
    op.create_index("returns_state", "returns", ["shard", "state", "id"])
    _lines()
    op.create_index(
        "movement_came_back",
        "movement",
        ["shard", "order_id"],
        sqlite_where=CAME_BACK,
        postgresql_where=CAME_BACK,
    )


def _lines() -> None:
    op.create_table(
        "return_line",
        *_needed(BIG, "shard"),
        *_needed(TEXT, "order_id", "return_id"),
        *_needed(SMALL, "position", "no"),
        *_needed(BIG, "quantity"),
        *_needed(TEXT, "reason"),
        *_optional(TEXT, "note", "condition", "disposition"),
        *_needed(SMALL, "percent"),
        *_needed(BIG, "refund"),
        sa.CheckConstraint("quantity >= 0", name="return_line_quantity"),
        sa.CheckConstraint("percent >= 0 and percent <= 100", name="return_line_percent"),
        sa.ForeignKeyConstraint(
            ["shard", "order_id", "return_id"], ["returns.shard", "returns.order_id", "returns.id"]
        ),
        sa.ForeignKeyConstraint(
            ["shard", "order_id", "no"],
            ["order_line.shard", "order_line.order_id", "order_line.no"],
        ),
        sa.PrimaryKeyConstraint("shard", "order_id", "return_id", "position"),
    )


def _needed(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=False) for name in names]


def _optional(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind()) for name in names]


def downgrade() -> None:
    op.drop_index("movement_came_back", "movement")
    for table in ("return_line", "returns"):
        op.drop_table(table)
    op.drop_column("orders", "return_count")
