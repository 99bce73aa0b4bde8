"""Whatever is wrong: one line that names it and says what would be right, and exit code 2."""

import pytest

from tests.cli.conftest import Run
from tests.cli.shell import Ran, Shell


def refused(ran: Ran, *words: str) -> None:
    assert ran.code == 2, ran
    assert ran.out == ""
    assert ran.err.startswith("purvey: ") and ran.err.count("\n") == 1, ran.err
    for word in words:
        assert word in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], ["no such command", "serve, work, demo"]),
        (["key", "steal"], ["create, list, revoke"]),
        (["serve", "--prt", "8000"], ["--prt", "purvey serve --help"]),
        (["serve", "--port", "http"], ["--port", "http"]),
        (["serve", "--port", "99999"], ["--port", "65,535"]),
        (["work", "--metrics-port", "-1"], ["--metrics-port", "65,535"]),
        (["serve", "--host", "300.1.1.1"], ["300.1.1.1", "--host"]),
        (["serve", "--workers", "0"], ["--workers", "1 to 64"]),
        (["serve", "--workers", "2"], ["SQLite", "PostgreSQL"]),
        (["key", "create"], ["--name"]),
        (["key", "create", "--name", " "], ["--name"]),
        (
            ["key", "create", "--name", "x", "--scopes", "orders:eat"],
            ["orders:eat", "orders:write"],
        ),
        (["key", "create", "--name", "x", "--scopes", ","], ["--scopes", "all"]),
        (["key", "revoke", "nobody"], ["nobody", "purvey key list"]),
        (["demo", "--orders", "0"], ["--orders", "from 1"]),
        (["demo", "--orders", "many"], ["--orders", "many"]),
        (["orders", "list"], ["no database", "purvey.db"]),
        (["stock", "show"], ["no database", "purvey.db"]),
        (["doctor"], ["no database", "purvey.db"]),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(purvey: Run, arguments, words):
    refused(purvey(*arguments), *words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"database_url": "shop.db"}, ["PURVEY_DATABASE_URL", "sqlite:///FILE"]),
        ({"database_url": "oracle://shop"}, ["PURVEY_DATABASE_URL", "postgresql://"]),
        ({"database_url": "sqlite:///:memory:"}, ["PURVEY_DATABASE_URL", "file"]),
        ({"database_url": "sqlite:////no/such/folder/shop.db"}, ["/no/such/folder"]),
        ({"database_url": "postgresql://localhost:1/shop"}, ["does not answer", "port 1"]),
        ({"port": "high"}, ["PURVEY_PORT", "whole number"]),
        ({"short_stock": "panic"}, ["PURVEY_SHORT_STOCK", "backorder, refuse, hold"]),
        ({"amount_limit": "lots"}, ["amount_limit", "15.30"]),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(purvey: Run, monkeypatch, settings, words):
    for name, value in settings.items():
        monkeypatch.setenv(f"PURVEY_{name.upper()}", value)
    refused(purvey("migrate"), *words)


def test_a_password_is_never_shown(purvey: Run, monkeypatch):
    monkeypatch.setenv("PURVEY_DATABASE_URL", "postgresql://me:hunter2@localhost:1/shop")
    ran = purvey("migrate")
    refused(ran)
    assert "hunter2" not in ran.err


def test_a_file_of_settings_with_a_wrong_name(purvey: Run, here):
    (here / "purvey.toml").write_text('prot = 8000\nshop_name = "x"\n')
    refused(purvey("migrate"), "purvey.toml", "prot")


def test_a_log_level_that_there_is_not(shell: Shell):
    shell.environment["PURVEY_LOG_LEVEL"] = "loud"
    refused(shell.run("work", "--until-idle"), "PURVEY_LOG_LEVEL", "debug, info")


def test_a_file_that_is_no_database(purvey: Run, here):
    (here / "purvey.db").write_text("This is a letter, not a database. " * 50)
    ran = purvey("orders", "list")
    refused(ran, "not a database", "PURVEY_DATABASE_URL")


def test_measuring_needs_the_source_tree(purvey: Run, here, monkeypatch):
    monkeypatch.setattr("purvey.__file__", str(here / "lib" / "purvey" / "__init__.py"))
    refused(purvey("bench", "--quick"), "source tree")
