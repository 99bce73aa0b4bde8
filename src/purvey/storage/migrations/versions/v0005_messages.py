"""The language of a customer, the shop's own texts, and addresses that refused a mail."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("customer_language", sa.Text()))
    op.add_column("notice", sa.Column("language", sa.Text()))
    op.add_column("notice", sa.Column("text_version", sa.Integer()))
    op.create_table(
        "message_text",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "message", "language", "version"),
    )
    op.create_table(
        "bounce",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shard", "customer_id"], ["customer.shard", "customer.id"]),
        sa.PrimaryKeyConstraint("shard", "customer_id"),
    )


def downgrade() -> None:
    for table in ("bounce", "message_text"):
        op.drop_table(table)
    for table, column in (
        ("notice", "text_version"),
        ("notice", "language"),
        ("orders", "customer_language"),
    ):
        op.drop_column(table, column)
