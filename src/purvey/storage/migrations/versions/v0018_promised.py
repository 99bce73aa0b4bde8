"""How many of a day's promises were kept is counted without a look at the orders of other days."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OLD = ["shard", "placed_at", "id"]


def upgrade() -> None:
    _placed([*OLD, "promised_to"])


def downgrade() -> None:
    _placed(OLD)


def _placed(columns: list[str]) -> None:
    op.drop_index("orders_placed", "orders")
    op.create_index("orders_placed", "orders", columns)
