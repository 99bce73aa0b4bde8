"""A shop's database is made by the migrations; it has to be what the tables say."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
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


def test_drafts_and_quotes_that_are_there_are_given_whom_they_are_for(empty: Database):
    migrate(empty, to="0016")
    with empty.alone() as connection:
        put(connection, "person", id="per_1", name="Cleo", name_key="cleo", email="c@x.example",
            role="clerk", totp_step=0, recovery_codes="", created_at=1)  # fmt: skip
        ann = {"fields": {"name": "Ann", "email": "Ann@X.example"}, "lines": []}
        put(connection, "order_draft", id="drf_1", person_id="per_1", content=json.dumps(ann),
            title="Ann", total=1, page_id="pag_1", turn=0, created_at=1, changed_at=1)  # fmt: skip
        for number, fields in ((101, {"phone": "+44 20 7946 0000"}), (102, {})):
            content = {"written": json.dumps({"fields": fields, "lines": []}), "lines": {}}
            put(connection, "quote", number=number, content=json.dumps(content), customer="Ann",
                total=1, currency="GBP", valid_until="2030-01-01", version=1, made_by="Cleo",
                made_at=1, changed_at=1)  # fmt: skip
    migrate(empty)
    with empty.engine.connect() as connection:
        drafts = connection.exec_driver_sql("select who from order_draft").scalars().all()
        quotes = connection.exec_driver_sql("select who from quote order by number").scalars().all()
    assert (drafts, quotes) == (["email:ann@x.example"], ["phone:2079460000", None])


def put(connection: sa.Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    query = f"insert into {table} (shard, {names}) values (1, {marks})"
    connection.execute(sa.text(query), values)
