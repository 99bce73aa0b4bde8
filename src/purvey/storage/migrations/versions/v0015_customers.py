"""Notes about customers; when somebody's data was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("erased_at", sa.BigInteger()))
    op.create_table(
        "customer_note",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shard", "customer_id"], ["customer.shard", "customer.id"]),
        sa.PrimaryKeyConstraint("shard", "customer_id", "id"),
    )


def downgrade() -> None:
    op.drop_table("customer_note")
    op.drop_column("customer", "erased_at")
