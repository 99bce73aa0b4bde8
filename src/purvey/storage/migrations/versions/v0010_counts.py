"""Stock counts that stay open while people count."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_count",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.Text()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["shard", "location"], ["location.shard", "location.code"]),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_index("stock_count_state", "stock_count", ["shard", "state", "id"])
    op.create_table(
        "stock_count_line",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("count_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("counted", sa.BigInteger()),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("in_parcels", sa.BigInteger(), nullable=False),
        sa.Column("counted_by", sa.Text()),
        sa.Column("counted_at", sa.BigInteger()),
        sa.Column("booked", sa.BigInteger()),
        sa.CheckConstraint("counted >= 0", name="stock_count_line_counted"),
        sa.ForeignKeyConstraint(["shard", "count_id"], ["stock_count.shard", "stock_count.id"]),
        sa.ForeignKeyConstraint(["shard", "sku"], ["product.shard", "product.sku"]),
        sa.PrimaryKeyConstraint("shard", "count_id", "sku"),
    )


def downgrade() -> None:
    op.drop_table("stock_count_line")
    op.drop_table("stock_count")
