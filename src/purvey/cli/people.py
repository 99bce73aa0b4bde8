"""`purvey user`: the people who log in. Passwords are set by the people themselves, by a link."""

from typing import TYPE_CHECKING

from cyclopts import App

from purvey.cli.opening import opened
from purvey.cli.output import AsJson, say, show_json
from purvey.cli.problem import Problem

if TYPE_CHECKING:
    from purvey.wiring import House

USER = App(name="user", help="Add, list and lock the people who log in.")


@USER.command
def link(email: str = "", *, as_json: AsJson = False) -> None:
    """Print a one-time link, with which a person sets a new password; good for 24 hours.

    Parameters
    ----------
    email
        Whose. Without it: the link that makes the first administrator.
    """
    with opened() as house:
        address = welcome_link(house, email)
    if as_json:
        show_json({"link": address})
    else:
        say(address)


def welcome_link(house: "House", email: str = "") -> str:
    """A new link; those that the person had are dead. Raises Problem."""
    from purvey.storage.invitations import invite
    from purvey.storage.people import anybody, find_by_email
    from purvey.storage.transaction import SqlTransaction
    from purvey.wiring import DEFAULT_SHARD

    def make(tx: SqlTransaction) -> str:
        person = find_by_email(tx.sql, email) if email else None
        if email and person is None:
            raise Problem(f'Nobody here has the e-mail address "{email}": see `purvey user list`.')
        if not email and anybody(tx.sql):
            raise Problem("There are people already: name one, purvey user link EMAIL.")
        return invite(tx.sql, person.id if person else None, now=house.clock())

    token = house.database.run(DEFAULT_SHARD, make)
    return f"{house.settings.web_address}/welcome/{token}"
