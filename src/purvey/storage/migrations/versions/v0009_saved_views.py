"""Saved views of the list of orders, and the columns that people chose for it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shard", "person_id"], ["person.shard", "person.id"]),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_table(
        "chosen_columns",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shard", "person_id"], ["person.shard", "person.id"]),
        sa.PrimaryKeyConstraint("shard", "person_id"),
    )


def downgrade() -> None:
    op.drop_table("chosen_columns")
    op.drop_table("saved_view")
