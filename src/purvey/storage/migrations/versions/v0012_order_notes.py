"""Notes of colleagues about orders."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_note",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shard", "order_id"], ["orders.shard", "orders.id"]),
        sa.PrimaryKeyConstraint("shard", "order_id", "id"),
    )
    op.create_index("order_note_at", "order_note", ["shard", "at"])


def downgrade() -> None:
    op.drop_table("order_note")
