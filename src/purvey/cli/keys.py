"""`purvey key`: keys with which programs use the API. A secret is shown once, when it is made."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cyclopts import App

from purvey.cli.opening import opened
from purvey.cli.output import AsJson, counted, say, show_json, show_table
from purvey.cli.problem import Problem

if TYPE_CHECKING:
    from purvey.storage.api_keys import ApiKey
    from purvey.wiring import House

KEY = App(name="key", help="Create, list and revoke keys of the API.")
MAX_NAME_LENGTH = 100


@KEY.command
def create(*, name: str, scopes: str = "all", as_json: AsJson = False) -> None:
    """Make a key and show it; it cannot be shown again.

    Parameters
    ----------
    name
        Who uses it; it stands in the history of everything done with it.
    scopes
        "all", or some of orders:read, orders:write, stock:write ..., with commas between them.
    """
    from purvey.storage.api_keys import NewKey, UnknownScope, create_keys
    from purvey.wiring import DEFAULT_SHARD, new_id, now

    wish = NewKey(
        name=_checked(name), scopes=tuple(filter(None, map(str.strip, scopes.split(","))))
    )
    with opened() as house:
        try:
            ((key, secret),) = house.database.run(
                DEFAULT_SHARD, lambda tx: create_keys(tx.sql, [wish], new_id=new_id, now=now())
            )
        except UnknownScope as error:
            raise Problem(f"--scopes: {error}") from None
    if as_json:
        show_json({"key": secret, "id": key.id, "name": key.name, "scopes": sorted(key.scopes)})
    else:
        say(
            f"{secret}\nKeep it now: it is not shown again. Send it as `Authorization: Bearer KEY`."
        )


def _checked(name: str) -> str:
    if not name.strip() or len(name) > MAX_NAME_LENGTH:
        raise Problem(f"--name: write who uses the key, in 1 to {MAX_NAME_LENGTH} characters.")
    return name.strip()


@KEY.command(name="list")
def list_all(*, as_json: AsJson = False) -> None:
    """Show who has a key, with which scopes; never the keys themselves."""
    with opened() as house:
        keys = [_as_data(key) for key in _keys(house)]
    if as_json:
        show_json({"items": keys})
    else:
        columns = ("id", "name", "scopes", "created_at", "revoked_at")
        show_table(columns, ([key[column] for column in columns] for key in keys))


def _keys(house: "House") -> Iterator["ApiKey"]:
    """Oldest first, a page at a time."""
    from purvey.storage.api_keys import MAX_LISTED, list_keys
    from purvey.wiring import DEFAULT_SHARD

    after = ""
    while True:
        with house.database.reading(DEFAULT_SHARD) as sql:
            page = list_keys(sql, after=after)
        yield from page
        if len(page) < MAX_LISTED:
            return
        after = page[-1].id


def _as_data(key: "ApiKey") -> dict[str, str | None]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": ",".join(sorted(key.scopes)),
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


@KEY.command
def revoke(key: str, *, as_json: AsJson = False) -> None:
    """End a key for good, by its id or its name.

    Parameters
    ----------
    key
        As `purvey key list` shows it. A name revokes every open key of that name.
    """
    from purvey.storage.api_keys import revoke_keys
    from purvey.wiring import DEFAULT_SHARD, now

    with opened() as house:
        ids = [known.id for known in _keys(house) if key in (known.id, known.name)]
        if not ids:
            raise Problem(f'There is no key "{key}": see `purvey key list`.')
        many = house.database.run(DEFAULT_SHARD, lambda tx: revoke_keys(tx.sql, ids, now=now()))
    if as_json:
        show_json({"revoked": many})
    else:
        say(f"{counted(many, 'key')} revoked. Running servers stop taking it within seconds.")
