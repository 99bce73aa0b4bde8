"""Where a customer confirms a payment with the bank."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("confirm_url", sa.Text()))
