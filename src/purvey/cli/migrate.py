"""`purvey migrate`: bring the database up to date without serving."""

from purvey.cli.opening import opened, where
from purvey.cli.output import AsJson, say, show_json


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database up to date. Safe beside a running shop, and as often as you like."""
    from purvey.storage.migrate import HEAD

    with opened() as house:
        place = where(house)
    if as_json:
        show_json({"database": place, "revision": HEAD})
    else:
        say(f"The database {place} is up to date (revision {HEAD}).")
