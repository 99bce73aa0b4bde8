"""`purvey user`: the people who log in. Passwords are set by the people themselves, by a link."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from purvey.cli.opening import ACTOR, opened
from purvey.cli.output import AsJson, say, show_json, show_table
from purvey.cli.problem import Problem

if TYPE_CHECKING:
    from purvey.domain.people import Person
    from purvey.domain.rights import Role
    from purvey.wiring import House

USER = App(name="user", help="Add, list and lock the people who log in.")


@USER.command
def add(email: str, *, name: str, role: str = "clerk", as_json: AsJson = False) -> None:
    """Add a person, and print the one-time link with which the password is set.

    Parameters
    ----------
    email
        With which the person logs in.
    name
        As history shows it.
    role
        viewer, clerk, picker, manager or administrator.
    """
    from purvey.kit.process import Refusal
    from purvey.operations.people import NewPerson, add_people

    wish = NewPerson(name=name, email=email, role=_role(role))
    with opened() as house:
        [answer] = house.do(add_people, [wish], actor=ACTOR)
        if isinstance(answer, Refusal):
            raise Problem(" ".join(part.sentence for part in answer.more or (answer,)))
        address = welcome_link(house, answer.email)
    if as_json:
        show_json({**_as_data(answer), "link": address})
    else:
        say(f"{answer.name} sets a password here, within 24 hours: {address}")


def _role(word: str) -> "Role":
    from purvey.domain.rights import Role

    try:
        return Role(word)
    except ValueError:
        raise Problem(f"--role: write one of {', '.join(Role)}.") from None


@USER.command(name="list")
def list_all(*, as_json: AsJson = False) -> None:
    """Show who can log in, in which role."""
    with opened() as house:
        people = [_as_data(person) for person in _people(house)]
    if as_json:
        show_json({"items": people})
    else:
        columns = ("id", "name", "email", "role", "created_at", "locked_at")
        show_table(columns, ([person[column] for column in columns] for person in people))


def _people(house: "House") -> Iterator["Person"]:
    """Oldest first, a page at a time."""
    from purvey.storage.people import MAX_LISTED, list_people
    from purvey.wiring import DEFAULT_SHARD

    after = ""
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            page = list_people(sql, after=after)
        yield from page
        if len(page) < MAX_LISTED:
            return
        after = page[-1].id


def _as_data(person: "Person") -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": str(person.role),
        "created_at": person.created_at.isoformat(),
        "locked_at": person.locked_at.isoformat() if person.locked_at else None,
    }


@USER.command
def lock(email: str, *, as_json: AsJson = False) -> None:
    """Log a person out everywhere and keep them out.

    Parameters
    ----------
    email
        Whose.
    """
    _set_lock(email, locked=True, as_json=as_json)


@USER.command
def unlock(email: str, *, as_json: AsJson = False) -> None:
    """Let a person in again.

    Parameters
    ----------
    email
        Whose.
    """
    _set_lock(email, locked=False, as_json=as_json)


def _set_lock(email: str, *, locked: bool, as_json: bool) -> None:
    from purvey.kit.process import Refusal
    from purvey.operations.people import PersonChange, change_people

    with opened() as house:
        change = PersonChange(person_id=_found(house, email).id, locked=locked)
        [answer] = house.do(change_people, [change], actor=ACTOR)
    if isinstance(answer, Refusal):
        raise Problem(answer.sentence)
    if as_json:
        show_json(_as_data(answer))
    else:
        say(f"{answer.name} is {'locked out' if locked else 'let in again'}.")


def _found(house: "House", email: str) -> "Person":
    from purvey.storage.people import find_by_email
    from purvey.wiring import DEFAULT_SHARD

    with house.database.reading(DEFAULT_SHARD) as sql:
        person = find_by_email(sql, email)
    if person is None:
        raise Problem(f'Nobody here has the e-mail address "{email}": see `purvey user list`.')
    return person


@USER.command
def link(
    email: str = "",
    *,
    without_second_factor: Annotated[bool, Parameter(negative=())] = False,
    as_json: AsJson = False,
) -> None:
    """Print a one-time link, with which a person sets a new password; good for 24 hours.

    Parameters
    ----------
    email
        Whose. Without it: the link that makes the first administrator.
    without_second_factor
        Take away the person's second factor: the phone and the recovery codes are lost.
    """
    with opened() as house:
        address = welcome_link(house, email)
        if email and without_second_factor:
            _remove_factor(house, _found(house, email))
    if as_json:
        show_json({"link": address})
    else:
        say(address)


def _remove_factor(house: "House", person: "Person") -> None:
    from purvey.operations.people import note
    from purvey.storage.second_factors import set_factor
    from purvey.storage.transaction import SqlTransaction
    from purvey.wiring import DEFAULT_SHARD

    act = house.act(ACTOR)

    def remove(tx: SqlTransaction) -> None:
        set_factor(tx.sql, person.id, secret=None, step=0, codes=[])
        tx.people.note([note(act, person.name, deed="took the second factor from")])

    house.database.run(DEFAULT_SHARD, remove)


def welcome_link(house: "House", email: str = "") -> str:
    """A new link; those that the person had are dead. Raises Problem."""
    from purvey.storage.invitations import invite
    from purvey.storage.people import anybody
    from purvey.storage.transaction import SqlTransaction
    from purvey.wiring import DEFAULT_SHARD

    person_id = _found(house, email).id if email else None

    def make(tx: SqlTransaction) -> str:
        if person_id is None and anybody(tx.sql):
            raise Problem("There are people already: name one, purvey user link EMAIL.")
        return invite(tx.sql, person_id, now=house.clock())

    token = house.database.run(DEFAULT_SHARD, make)
    return f"{house.settings.web_address}/welcome/{token}"
