"""Webhooks that came in are found by when they were understood, to be removed after a while."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    processed = sa.text("processed_at is not null")
    op.create_index(
        "inbox_processed",
        "inbox",
        ["shard", "processed_at"],
        sqlite_where=processed,
        postgresql_where=processed,
    )


def downgrade() -> None:
    op.drop_index("inbox_processed", "inbox")
