"""Bring a database up to date with Alembic. Safe to run by several processes at once."""

from pathlib import Path

import sqlalchemy as sa

from purvey import __version__
from purvey.storage.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


class NewerDatabase(Exception):
    """A newer purvey has migrated the database: this one would not know what it writes."""

    def __init__(self, revision: str):
        super().__init__(
            f"The database is at revision {revision}, and this purvey ({__version__}) knows only up"
            f" to {HEAD}. Run the purvey that migrated it, or a newer one; or restore the backup"
            " that was made before."
        )


class OlderDatabase(Exception):
    """The database has not been migrated yet, and whoever only looks does not migrate it."""

    def __init__(self, revision: str | None):
        at = f"is at revision {revision}" if revision else "has no tables of purvey"
        super().__init__(
            f"The database {at}, and this purvey ({__version__}) works on {HEAD}. To bring it up to"
            " date: purvey migrate"
        )


def migrate(database: Database, *, to: str = "head") -> None:
    """Run the migrations that the database has not seen; does nothing when there are none.
    `to`: a revision to stop at, for tests of the next one.

    Raises NewerDatabase.
    """
    with database.alone() as connection:
        revision = current_revision(connection)
        if revision == HEAD:
            return
        _refuse_newer(revision)
        from alembic import command  # half a second to import; a running shop does not need it
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, to)


HEAD = "0019"


def require_head(connection: sa.Connection) -> None:
    """Raises NewerDatabase or OlderDatabase; changes nothing."""
    revision = current_revision(connection)
    _refuse_newer(revision)
    if revision != HEAD:
        raise OlderDatabase(revision)


def _refuse_newer(revision: str | None) -> None:
    """Revisions are numbers of four digits, so the later one is the greater text."""
    if revision is not None and revision > HEAD:
        raise NewerDatabase(revision)


def current_revision(connection: sa.Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("select version_num from alembic_version").scalar()
