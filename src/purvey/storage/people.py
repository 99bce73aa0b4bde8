"""People: made, found, listed, changed. Passwords come in and go out as hashes only."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from purvey.domain.people import Person
from purvey.domain.rights import Role
from purvey.storage import people_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us

MAX_LISTED = 200


def add_people(sql: Sql, people: Sequence[Person]) -> None:
    """Without passwords. Names and e-mail addresses have to be free: see `taken`."""
    rows = [
        (
            person.id,
            person.name,
            name_key(person.name),
            email_key(person.email),
            str(person.role),
            None,
            None,
            0,
            "",
            to_us(person.created_at),
            maybe_us(person.locked_at),
        )
        for person in people
    ]
    sql.insert(people_tables.person, rows)


def name_key(name: str) -> str:
    return " ".join(name.split()).casefold()


def email_key(email: str) -> str:
    return email.strip().lower()


def anybody(sql: Sql) -> bool:
    """Is there a person who can log in, or could after a look at an invitation?"""
    return sql.scalar("select 1 from person where shard = :shard limit 1") is not None


def list_people(sql: Sql, *, after: str = "") -> list[Person]:
    """At most MAX_LISTED, oldest first, locked ones among them; `after` is the last id seen."""
    rows = sql.rows(
        f"select {COLUMNS} from person where shard = :shard and id > :after"
        " order by id limit :limit",
        after=after,
        limit=MAX_LISTED,
    )
    return [person_of(row) for row in rows]


def find_people(sql: Sql, ids: Collection[str]) -> dict[str, Person]:
    rows = sql.rows(
        f"select {COLUMNS} from person where shard = :shard and id = any(:ids)", ids=sorted(ids)
    )
    return {row.id: person_of(row) for row in rows}


def find_by_email(sql: Sql, email: str) -> Person | None:
    row = sql.first(
        f"select {COLUMNS} from person where shard = :shard and email = :email",
        email=email_key(email),
    )
    return None if row is None else person_of(row)


COLUMNS = "id, name, email, role, created_at, locked_at"


def person_of(row: Any) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        created_at=from_us(row.created_at),
        locked_at=maybe_time(row.locked_at),
    )


def password_of(sql: Sql, person_id: str) -> str | None:
    """The hash of the person's password."""
    found: str | None = sql.scalar(
        "select password from person where shard = :shard and id = :id", id=person_id
    )
    return found


def set_password(sql: Sql, person_id: str, password: str) -> None:
    sql.execute(
        "update person set password = :password where shard = :shard and id = :id",
        password=password,
        id=person_id,
    )


def lock_people(sql: Sql, ids: Collection[str], *, now: datetime | None) -> int:
    """`now` None unlocks. Whoever is locked is logged out by `end_sessions`, too."""
    return sql.execute(
        "update person set locked_at = :now where shard = :shard and id = any(:ids)",
        ids=sorted(ids),
        now=maybe_us(now),
    )
