"""One-time links: with one a person sets a password, or the first administrator is made.

Like keys and sessions they are random and kept as SHA-256. A new link takes the place of those that
the same person had before.
"""

import secrets
from datetime import datetime

from purvey.domain.people import INVITATION
from purvey.storage import people_tables
from purvey.storage.sessions import MAX_TOKEN, TOKEN_BYTES, token_hash
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


def invite(sql: Sql, person_id: str | None, *, now: datetime) -> str:
    """The link's token; `person_id` None: whoever uses it becomes the administrator."""
    forget_invitations_of(sql, person_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = (token_hash(token), person_id, to_us(now), to_us(now + INVITATION))
    sql.insert(people_tables.invitation, [row])
    return token


def forget_invitations_of(sql: Sql, person_id: str | None) -> None:
    where = "person_id is null" if person_id is None else "person_id = :person"
    sql.execute(f"delete from invitation where shard = :shard and {where}", person=person_id)


def is_open(sql: Sql, token: str, *, now: datetime) -> tuple[bool, str | None]:
    """Whether the link is good, and whom it invites."""
    if not 0 < len(token) <= MAX_TOKEN:
        return False, None
    row = sql.first(
        "select person_id from invitation"
        " where shard = :shard and hash = :hash and expires_at > :now",
        hash=token_hash(token),
        now=to_us(now),
    )
    return row is not None, row.person_id if row is not None else None


def use(sql: Sql, token: str, *, now: datetime) -> bool:
    """Use it up; of two at once only one can."""
    used = sql.execute(
        "delete from invitation where shard = :shard and hash = :hash and expires_at > :now",
        hash=token_hash(token),
        now=to_us(now),
    )
    return used == 1


def forget_invitations(sql: Sql, *, now: datetime, limit: int) -> int:
    return sql.execute(
        "delete from invitation where shard = :shard and hash in (select hash from invitation"
        " where shard = :shard and expires_at < :now limit :limit)",
        now=to_us(now),
        limit=limit,
    )
