"""People: made, found, listed, changed. Passwords come in and go out as hashes only."""

from collections.abc import Collection, Sequence
from typing import Any

from purvey.domain.people import Person, email_key, name_key
from purvey.domain.rights import Role
from purvey.ports.people import Note
from purvey.storage import people_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us

MAX_LISTED = 200


class SqlPeople:
    """Implements `ports.people.People`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def find(self, ids: Collection[str]) -> dict[str, Person]:
        return find_people(self._sql, ids, lock=True)

    def taken(self, *, names: Collection[str], emails: Collection[str]) -> set[str]:
        rows = self._sql.rows(
            "select name_key, email from person where shard = :shard"
            " and (name_key = any(:names) or email = any(:emails))",
            names=[name_key(name) for name in names],
            emails=[email_key(email) for email in emails],
        )
        return {key for row in rows for key in (row.name_key, row.email)}

    def administrators(self) -> set[str]:
        rows = self._sql.rows(
            "select id from person where shard = :shard and role = 'administrator'"
            " and locked_at is null order by id for update"
        )
        return {row.id for row in rows}

    def add(self, people: Sequence[Person]) -> None:
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
        self._sql.insert(people_tables.person, rows)

    def save(self, people: Sequence[Person]) -> None:
        rows = [(str(x.role), maybe_us(x.locked_at), x.id) for x in people]
        self._sql.update(people_tables.person, sets=("role", "locked_at"), keys=("id",), rows=rows)

    def end_sessions(self, ids: Collection[str]) -> None:
        self._sql.execute(
            "delete from person_session where shard = :shard and person_id = any(:ids)",
            ids=sorted(ids),
        )

    def note(self, notes: Sequence[Note]) -> None:
        rows = [(x.id, to_us(x.at), x.actor, x.deed, x.subject, x.detail) for x in notes]
        self._sql.insert(people_tables.journal, rows)


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


def find_people(sql: Sql, ids: Collection[str], *, lock: bool = False) -> dict[str, Person]:
    rows = sql.rows(
        f"select {COLUMNS} from person where shard = :shard and id = any(:ids)"
        f" order by id{' for update' if lock else ''}",
        ids=sorted(ids),
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
