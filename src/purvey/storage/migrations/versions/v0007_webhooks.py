"""Webhooks to others: endpoints, deliveries, attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text()),
        sa.Column("old_secret_until", sa.BigInteger()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("off_reason", sa.Text()),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("fed_to", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger()),
        sa.Column("last_success_at", sa.BigInteger()),
        sa.Column("last_attempt_at", sa.BigInteger()),
        sa.Column("paused_until", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    _deliveries()
    op.create_table(
        "webhook_attempt",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shard", "delivery_id"], ["webhook_delivery.shard", "webhook_delivery.id"]
        ),
        sa.PrimaryKeyConstraint("shard", "delivery_id", "no"),
    )


def _deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text()),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["shard", "endpoint_id"], ["webhook_endpoint.shard", "webhook_endpoint.id"]
        ),
        sa.PrimaryKeyConstraint("shard", "id"),
        sa.UniqueConstraint("shard", "endpoint_id", "event_id", name="webhook_delivery_event"),
    )
    for name, *columns in (
        ("state", "endpoint_id", "state", "id"),
        ("list", "endpoint_id", "id"),
        ("done", "done_at"),
    ):
        op.create_index(f"webhook_delivery_{name}", "webhook_delivery", ["shard", *columns])
    op.create_index(
        "webhook_delivery_due",
        "webhook_delivery",
        ["shard", "endpoint_id", "due_at", "position"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    for table in ("webhook_attempt", "webhook_delivery", "webhook_endpoint"):
        op.drop_table(table)
