"""Messages of no order are found by when they were done, to be removed after a month."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    done = sa.text("order_id is null and state = 'done'")
    op.create_index(
        "outbox_done_of_no_order",
        "outbox",
        ["shard", "done_at"],
        sqlite_where=done,
        postgresql_where=done,
    )
