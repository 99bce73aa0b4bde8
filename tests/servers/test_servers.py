"""The servers that all other tests lean on: they start, keep apart, and leave nothing behind."""

import os
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.servers.databases import Databases, TestDatabase
from tests.servers.postgres import PostgresServer
from tests.servers.smtp import MailServer, Mode

ROOT = Path(__file__).parents[2]

BINARIES = [
    pytest.param(
        "debian",
        marks=pytest.mark.skipif(
            not Path("/usr/lib/postgresql").exists(), reason="Debian's PostgreSQL is not installed"
        ),
    ),
    "wheel",
]


@pytest.fixture(params=BINARIES)
def binaries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURVEY_TEST_POSTGRES", request.param)


def run(url: str, *statements: str) -> list[object]:
    """What the last statement answers; for anything else, nothing."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return [*results[-1].scalars()] if results[-1].returns_rows else []
    finally:
        engine.dispose()


@pytest.mark.usefixtures("binaries")
def test_what_is_committed_survives_a_crash_of_a_durable_server():
    with PostgresServer(durable=True) as server:
        url = server.create("shop")
        run(url, "CREATE TABLE parcel (id int)", "INSERT INTO parcel VALUES (1)")
        server.crash()
        with pytest.raises(psycopg.OperationalError):
            server.connect()
        server.start()
        assert run(url, "SELECT id FROM parcel") == [1]
        assert run(url, "SHOW fsync") == ["on"]


@pytest.mark.usefixtures("binaries")
def test_a_server_leaves_nothing_behind():
    with PostgresServer() as server:
        assert run(server.url("postgres"), "SHOW max_connections") == ["200"]
        assert run(server.url("postgres"), "SHOW listen_addresses") == [""]
    assert not server.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        server.connect()


def test_a_server_ends_with_the_process_that_started_it():
    script = """if True:
        import os, signal
        from tests.servers.postgres import PostgresServer
        server = PostgresServer().__enter__()
        print(server.folder, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    folder = Path(done.stdout.strip())
    pid_file = folder / "data" / "postmaster.pid"
    assert folder.name.startswith("purvey-pg-"), done.stderr
    assert eventually(lambda: not pid_file.exists())
    shutil.rmtree(folder)


def eventually(condition: Callable[[], bool], *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_server_that_cannot_start_says_why():
    server = PostgresServer(max_connections=-1)
    with pytest.raises(Exception, match="max_connections"):
        server.__enter__()
    assert not server.folder.exists()


def test_each_test_has_a_database_of_its_own(new_database: Callable[[str], TestDatabase]):
    for kind in ("sqlite", "postgres", "strict"):
        first, second = new_database(kind), new_database(kind)
        run(first.url, "CREATE TABLE only_here (id int)")
        run(second.url, "CREATE TABLE only_here (id int)")


def test_every_kind_of_database_answers(database: TestDatabase, database_url: str):
    assert database.url == database_url
    assert run(database_url, "SELECT 6 * 7") == [42]
    assert database_url.startswith(("sqlite:///", "postgresql+psycopg://"))


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Databases]:
    def prepare(url: str, strict: bool) -> None:
        run(
            url, "CREATE TABLE schema_of (strict int)", f"INSERT INTO schema_of VALUES ({strict:d})"
        )

    databases = Databases(tmp_path, prepare=prepare, server=PostgresServer())
    yield databases
    databases.close()


def test_the_schema_is_made_once_and_copied(prepared: Databases, tmp_path: Path):
    for kind, strict in (("sqlite", 0), ("postgres", 0), ("strict", 1), ("strict", 1)):
        database = prepared.fresh(kind, tmp_path)
        assert database.strict == bool(strict)
        assert run(database.url, "SELECT strict FROM schema_of") == [strict]


def test_a_database_that_was_taken_back_is_lent_as_new(prepared: Databases, tmp_path: Path):
    database = prepared.fresh("postgres", tmp_path)
    run(database.url, "UPDATE schema_of SET strict = 7", "INSERT INTO schema_of VALUES (8)")
    prepared.take_back()
    assert prepared.fresh("postgres", tmp_path) == database
    assert run(database.url, "SELECT strict FROM schema_of") == [0]


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE another (id int)",
        "ALTER TABLE schema_of ADD COLUMN another int",
        "ALTER TABLE schema_of ADD CHECK (strict < 9)",
        "CREATE INDEX another ON schema_of (strict)",
        "DROP TABLE schema_of",
    ],
)
def test_a_database_with_another_schema_is_lent_no_more(
    prepared: Databases, tmp_path: Path, change: str
):
    database = prepared.fresh("postgres", tmp_path)
    run(database.url, change)
    prepared.take_back()
    assert prepared.fresh("postgres", tmp_path) != database


def test_a_dropped_database_is_gone(prepared: Databases, tmp_path: Path):
    database = prepared.fresh("postgres", tmp_path)
    run(database.url, "SELECT 1")
    prepared.drop()
    with pytest.raises(Exception, match="does not exist"):
        run(database.url, "SELECT 1")


def send(server: MailServer) -> None:
    message = EmailMessage()
    message["Subject"] = "Your order is on its way — €15"
    message.set_content("Grüße!")
    with smtplib.SMTP(server.host, server.port, timeout=5) as client:
        client.send_message(message, from_addr="shop@example.com", to_addrs=["ann@example.com"])


def test_a_mail_arrives_as_it_was_sent(mail_server: MailServer):
    send(mail_server)
    [mail] = mail_server.mails
    assert mail.sender == "shop@example.com"
    assert mail.recipients == ("ann@example.com",)
    assert mail.message["Subject"] == "Your order is on its way — €15"
    assert mail.message.get_content().strip() == "Grüße!"


@pytest.mark.parametrize(("mode", "code"), [(Mode.REFUSE_RECIPIENT, 550), (Mode.TRY_LATER, 451)])
def test_a_recipient_is_refused(mail_server: MailServer, mode: Mode, code: int):
    mail_server.mode = mode
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mail_server)
    assert refused.value.recipients["ann@example.com"][0] == code
    assert mail_server.mails == []


@pytest.mark.parametrize(("mode", "kept"), [(Mode.DROP, 0), (Mode.DROP_AFTER, 1)])
def test_a_connection_is_cut(mail_server: MailServer, mode: Mode, kept: int):
    mail_server.mode = mode
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail_server)
    assert len(mail_server.mails) == kept


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else to run it")
def test_root_runs_postgres_as_somebody_else():
    with PostgresServer() as server:
        assert (server.folder / "data").stat().st_uid != 0
