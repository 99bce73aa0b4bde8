"""Bring a database up to date with Alembic. Safe to run by several processes at once."""

from pathlib import Path

import sqlalchemy as sa

from purvey.storage.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Run the migrations that the database has not seen; does nothing when there are none."""
    with database.alone() as connection:
        if current_revision(connection) == HEAD:
            return
        from alembic import command  # half a second to import; a running shop does not need it
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


HEAD = "0003"


def current_revision(connection: sa.Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("select version_num from alembic_version").scalar()
