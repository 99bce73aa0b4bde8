"""Keys of programs: made once, shown once. Only the SHA-256 of a key is kept.

A plain hash is enough, and quick enough for every request: a key has 256 random bits, so nobody can
try them out, as they could with a password.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from purvey.domain.rights import RIGHTS
from purvey.kit.ids import NewId
from purvey.storage import tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, to_us

PREFIX = "pv_"
SECRET_BYTES = 32  # 43 characters in URL-safe base64
MAX_LISTED = 200
EVERYTHING = "all"
SCOPES = (EVERYTHING, *RIGHTS)


class UnknownScope(ValueError):
    """A key cannot have such a scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """`name` says who uses it, and stands in the history of all that is done with it."""

    name: str
    scopes: tuple[str, ...] = (EVERYTHING,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    id: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None = None

    def may(self, scope: str) -> bool:
        return EVERYTHING in self.scopes or scope in self.scopes


def create_keys(
    sql: Sql, wishes: Sequence[NewKey], *, new_id: NewId, now: datetime
) -> list[tuple[ApiKey, str]]:
    """Each key with its secret, which cannot be had again. Raises UnknownScope."""
    made = [(_made(wish, new_id=new_id, now=now), _new_secret()) for wish in wishes]
    rows = [
        (key.id, key.name, _hash(secret), ",".join(sorted(key.scopes)), to_us(now), None)
        for key, secret in made
    ]
    sql.insert(tables.api_key, rows)
    return made


def _made(wish: NewKey, *, new_id: NewId, now: datetime) -> ApiKey:
    unknown = sorted(set(wish.scopes) - set(SCOPES))
    if unknown or not wish.scopes:
        raise UnknownScope(f"{', '.join(unknown) or 'No scope'}: use {', '.join(SCOPES)}.")
    scopes = frozenset(wish.scopes)
    return ApiKey(id=new_id("key"), name=wish.name, scopes=scopes, created_at=now)


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def list_keys(sql: Sql, *, after: str = "") -> list[ApiKey]:
    """At most MAX_LISTED, oldest first, revoked ones among them; `after` is the last id seen."""
    rows = sql.rows(
        f"select {_COLUMNS} from api_key where shard = :shard and id > :after"
        " order by id limit :limit",
        after=after,
        limit=MAX_LISTED,
    )
    return [_key(row) for row in rows]


def revoke_keys(sql: Sql, ids: Collection[str], *, now: datetime) -> int:
    """How many were open until now. Servers that know a key forget it within seconds."""
    return sql.execute(
        "update api_key set revoked_at = :now"
        " where shard = :shard and id = any(:ids) and revoked_at is null",
        ids=sorted(ids),
        now=to_us(now),
    )


def find_key(sql: Sql, secret: str) -> ApiKey | None:
    """The open key with this secret."""
    row = sql.first(
        f"select {_COLUMNS} from api_key"
        " where shard = :shard and hash = :hash and revoked_at is null",
        hash=_hash(secret),
    )
    return None if row is None else _key(row)


_COLUMNS = "id, name, scopes, created_at, revoked_at"


def _key(row: Any) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=frozenset(row.scopes.split(",")),
        created_at=from_us(row.created_at),
        revoked_at=maybe_time(row.revoked_at),
    )
