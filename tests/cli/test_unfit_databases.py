"""A database that does not fit is refused in one line, and left as it is."""

import json
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from purvey.queries.doctor.durability import forgetful
from purvey.storage.database import Database
from purvey.storage.migrate import HEAD
from purvey.wiring import House
from tests.cli.conftest import Run
from tests.cli.shop import fill
from tests.cli.test_bad_input import refused
from tests.servers.postgres import PostgresServer

COMMANDS = (
    ["migrate"],
    ["orders", "list"],
    ["stock", "show"],
    ["messages", "list"],
    ["key", "list"],
    ["work", "--until-idle"],
    ["serve", "--port", "0", "--without-worker"],
    ["doctor"],
)


def at_revision(house: House, revision: str) -> None:
    with house.database.engine.begin() as connection:
        connection.execute(
            sa.text("update alembic_version set version_num = :revision"), {"revision": revision}
        )


def revision_of(here: Path) -> str:
    with sqlite3.connect(here / "purvey.db") as connection:
        [[revision]] = connection.execute("select version_num from alembic_version")
    return str(revision)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_newer_database_is_refused(purvey: Run, house: House, here: Path, command: list[str]):
    at_revision(house, "9999")
    refused(purvey(*command), "9999", HEAD, "newer")
    assert revision_of(here) == "9999"


@pytest.mark.parametrize("command", COMMANDS)
def test_another_currency_is_refused(purvey: Run, house: House, monkeypatch, command: list[str]):
    monkeypatch.setenv("PURVEY_CURRENCY", "EUR")
    refused(purvey(*command), "GBP", "EUR", "PURVEY_CURRENCY=GBP")


def test_the_doctor_does_not_migrate(purvey: Run, house: House, here: Path):
    at_revision(house, "0001")
    refused(purvey("doctor"), "0001", HEAD, "purvey migrate")
    assert revision_of(here) == "0001"


def test_the_doctor_makes_no_tables(purvey: Run, here: Path):
    sqlite3.connect(here / "purvey.db").execute("create table mine (x)").connection.close()
    refused(purvey("doctor"), "no tables of purvey", "purvey migrate")
    with sqlite3.connect(here / "purvey.db") as connection:
        assert connection.execute("select name from sqlite_master").fetchall() == [("mine",)]


def test_the_doctor_writes_nothing(purvey: Run, house: House, here: Path):
    fill(house)
    house.database.checkpoint()
    before = {table: rows(here, table) for table in tables(here)}
    assert purvey("doctor", "--json").code == 0
    assert {table: rows(here, table) for table in tables(here)} == before


def tables(here: Path) -> list[str]:
    with sqlite3.connect(here / "purvey.db") as connection:
        query = "select name from sqlite_master where type = 'table' order by name"
        return [name for (name,) in connection.execute(query)]


def rows(here: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(here / "purvey.db") as connection:
        return sorted(connection.execute(f"select * from {table}").fetchall(), key=repr)


def test_commits_that_a_power_cut_loses_are_noticed_on_sqlite(house: House):
    with house.database.reading(0) as sql:
        assert list(forgetful(sql, sqlite=True)) == []
    with house.database.engine.connect().execution_options(purvey_bare=True) as connection:
        connection.exec_driver_sql("pragma synchronous = normal")
    with house.database.reading(0) as sql:
        [finding] = forgetful(sql, sqlite=True)
    assert finding.promise == 1 and "synchronous is 1" in finding.what


def test_commits_that_a_power_cut_loses_are_noticed_on_postgresql(purvey: Run, monkeypatch):
    with PostgresServer(durable=True) as server:
        url = server.create("shop")
        monkeypatch.setenv("PURVEY_DATABASE_URL", url)
        assert purvey("migrate").code == 0
        assert json.loads(purvey("doctor", "--json").out)["notes"] == []
        database = Database(url)
        with database.engine.begin() as connection:
            connection.exec_driver_sql("alter database shop set synchronous_commit = off")
        database.close()
        ran = purvey("doctor", "--json")
        assert ran.code == 0  # nothing is lost yet
        [note] = json.loads(ran.out)["notes"]
        assert (note["check"], note["where"]) == (
            "commits_are_durable",
            "setting synchronous_commit",
        )
        assert "power cut" in purvey("doctor").out
