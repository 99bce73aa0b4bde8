"""Late parcels are found by their day; locations and methods can be closed; pings are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "orders_on_their_way",
        "orders",
        ["shard", "promised_to", "id"],
        sqlite_where=sa.text("waiting_code = 'delivery'"),
        postgresql_where=sa.text("waiting_code = 'delivery'"),
    )
    op.add_column("location", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    for table in ("location", "shipping_method"):
        for name in ("active", "version"):
            one = sa.text("1")
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default=one))
    op.create_table(
        "adapter_ping",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_well", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "name"),
    )
