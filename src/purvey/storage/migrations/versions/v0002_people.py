"""People, their sessions, one-time links, and how often something was tried."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


TEXT, BIG = sa.Text, sa.BigInteger


def upgrade() -> None:
    _person()
    op.create_table(
        "person_session",
        *_columns(BIG, "shard"),
        *_columns(TEXT, "id", "person_id", "hash"),
        *_columns(BIG, "created_at", "seen_at"),
        *_columns(TEXT, "agent"),
        sa.ForeignKeyConstraint(["shard", "person_id"], ["person.shard", "person.id"]),
        sa.PrimaryKeyConstraint("shard", "id"),
        sa.UniqueConstraint("shard", "hash", name="person_session_hash"),
    )
    op.create_index("person_session_person", "person_session", ["shard", "person_id", "id"])
    op.create_table(
        "invitation",
        *_columns(BIG, "shard"),
        *_columns(TEXT, "hash"),
        sa.Column("person_id", sa.Text()),
        *_columns(BIG, "created_at", "expires_at"),
        sa.ForeignKeyConstraint(["shard", "person_id"], ["person.shard", "person.id"]),
        sa.PrimaryKeyConstraint("shard", "hash"),
    )
    op.create_index("invitation_person", "invitation", ["shard", "person_id"])
    op.create_table(
        "throttle",
        *_columns(BIG, "shard"),
        *_columns(TEXT, "name"),
        *_columns(BIG, "free_at"),
        sa.PrimaryKeyConstraint("shard", "name"),
    )


def _person() -> None:
    op.create_table(
        "person",
        *_columns(BIG, "shard"),
        *_columns(TEXT, "id", "name", "name_key", "email", "role"),
        sa.Column("password", sa.Text()),
        sa.Column("totp_secret", sa.Text()),
        *_columns(BIG, "totp_step"),
        *_columns(TEXT, "recovery_codes"),
        *_columns(BIG, "created_at"),
        sa.Column("locked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("shard", "id"),
        sa.UniqueConstraint("shard", "email", name="person_email"),
        sa.UniqueConstraint("shard", "name_key", name="person_name"),
    )


def _columns(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=False) for name in names]


def downgrade() -> None:
    for table in ("throttle", "invitation", "person_session", "person"):
        op.drop_table(table)
