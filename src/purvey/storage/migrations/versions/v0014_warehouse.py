"""Scans and waves of the warehouse."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("shipment_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scanned_by", sa.Text(), nullable=False),
        sa.Column("scanned_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name="scan_units"),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_index("scan_shipment", "scan", ["shard", "shipment_id"])
    op.create_index("scan_stage", "scan", ["shard", "stage", "scanned_at"])
    _waves()


def _waves() -> None:
    op.create_table(
        "wave",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("method", sa.Text()),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.BigInteger()),
        sa.Column("released_by", sa.Text()),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_index("wave_location", "wave", ["shard", "location", "made_at"])
    op.create_table(
        "wave_shipment",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("shipment_id", sa.Text(), nullable=False),
        sa.Column("wave_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("tote", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shard", "wave_id"], ["wave.shard", "wave.id"]),
        sa.PrimaryKeyConstraint("shard", "shipment_id"),
    )
    op.create_index("wave_shipment_wave", "wave_shipment", ["shard", "wave_id", "tote"])


def downgrade() -> None:
    for table in ("wave_shipment", "wave", "scan"):
        op.drop_table(table)
