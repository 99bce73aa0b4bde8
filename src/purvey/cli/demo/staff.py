"""The people who work in the demo's shop: one of most roles, all with one password made anew."""

import secrets
from typing import TYPE_CHECKING

from purvey.cli.opening import ACTOR

if TYPE_CHECKING:
    from purvey.wiring import House

STAFF = (
    ("Ada Demo", "ada@demo.example", "administrator"),
    ("Mia Demo", "mia@demo.example", "manager"),
    ("Cleo Demo", "cleo@demo.example", "clerk"),
    ("Piet Demo", "piet@demo.example", "picker"),
)


def hire(house: "House") -> str:
    """Add them; the password of all of them."""
    from purvey.domain.people import Person
    from purvey.domain.rights import Role
    from purvey.operations.people import NewPerson, add_people
    from purvey.storage.people import set_password
    from purvey.storage.transaction import SqlTransaction
    from purvey.web.office.passwords import hashed
    from purvey.wiring import DEFAULT_SHARD

    password = secrets.token_urlsafe(9)
    kept = hashed(password)
    wishes = [NewPerson(name=name, email=email, role=Role(role)) for name, email, role in STAFF]
    people = house.do(add_people, wishes, actor=ACTOR)
    ids = [person.id for person in people if isinstance(person, Person)]

    def keep(tx: SqlTransaction) -> None:
        for id in ids:
            set_password(tx.sql, id, kept)

    house.database.run(DEFAULT_SHARD, keep)
    return password
