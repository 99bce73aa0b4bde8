"""Sessions: a random token lies in the browser's cookie, its SHA-256 in the database."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from purvey.domain.people import ABSOLUTE, IDLE, Person, Session
from purvey.kit.ids import NewId
from purvey.storage import people_tables
from purvey.storage.people import person_of
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us

TOKEN_BYTES = 32
MAX_TOKEN = 100
MAX_AGENT = 120
SEEN_EVERY = timedelta(minutes=5)  # a session in use is written down so often, not every time


def start_session(
    sql: Sql, person: Person, *, agent: str, new_id: NewId, now: datetime
) -> tuple[Session, str]:
    """The session and its token, which cannot be had again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session = Session(
        id=new_id("ses"), person=person, created_at=now, seen_at=now, agent=agent[:MAX_AGENT]
    )
    row = (session.id, person.id, token_hash(token), to_us(now), to_us(now), session.agent)
    sql.insert(people_tables.person_session, [row])
    return session, token


def token_hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def find_session(sql: Sql, token: str, *, now: datetime) -> Session | None:
    """The open session of a person who is not locked."""
    if not 0 < len(token) <= MAX_TOKEN:
        return None
    row = sql.first(
        f"{_SELECT} where s.shard = :shard and s.hash = :hash and p.locked_at is null",
        hash=token_hash(token),
    )
    session = None if row is None else _session(row)
    return None if session is None or session.is_over(now) else session


def sessions_of(sql: Sql, person_id: str, *, now: datetime) -> list[Session]:
    """Those that are open, the latest first."""
    rows = sql.rows(
        f"{_SELECT} where s.shard = :shard and s.person_id = :person order by s.id desc limit 200",
        person=person_id,
    )
    return [session for row in rows if not (session := _session(row)).is_over(now)]


_SELECT = (
    "select s.id as session_id, s.created_at as started_at, s.seen_at, s.agent,"
    " p.id, p.name, p.email, p.role, p.created_at, p.locked_at from person_session s"
    " join person p on p.shard = s.shard and p.id = s.person_id"
)


def _session(row: Any) -> Session:
    return Session(
        id=row.session_id,
        person=person_of(row),
        created_at=from_us(row.started_at),
        seen_at=from_us(row.seen_at),
        agent=row.agent,
    )


def touch_session(sql: Sql, session: Session, *, now: datetime) -> None:
    sql.execute(
        "update person_session set seen_at = :now where shard = :shard and id = :id",
        now=to_us(now),
        id=session.id,
    )


def end_sessions(sql: Sql, person_id: str, *, ids: Collection[str] | None = None) -> int:
    """Those named, or all of the person's. Returns how many there were."""
    if ids is None:
        return sql.execute(
            "delete from person_session where shard = :shard and person_id = :person",
            person=person_id,
        )
    return sql.execute(
        "delete from person_session"
        " where shard = :shard and person_id = :person and id = any(:ids)",
        person=person_id,
        ids=sorted(ids),
    )


def forget_sessions(sql: Sql, *, now: datetime, limit: int) -> int:
    """Take out what is over."""
    return sql.execute(
        "delete from person_session where shard = :shard and id in (select id from person_session"
        " where shard = :shard and (seen_at < :idle or created_at < :old) limit :limit)",
        idle=to_us(now - IDLE),
        old=to_us(now - ABSOLUTE),
        limit=limit,
    )
