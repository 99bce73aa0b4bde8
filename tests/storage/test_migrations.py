"""A shop's database is made by the migrations; it has to be what the tables say."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from purvey.storage.database import Database
from purvey.storage.migrate import HEAD, current_revision, migrate
from purvey.storage.tables import metadata
from tests.servers.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path):
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.close()
        return
    with PostgresServer() as server:
        server.create("empty")
        database = Database(server.url("empty"))
        yield database
        database.close()


def test_migrations_make_the_tables(empty: Database):
    migrate(empty)
    migrate(empty)  # the second time there is nothing to do
    with empty.engine.connect() as connection:
        assert current_revision(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
