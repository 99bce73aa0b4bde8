"""Who follows the pages step by step gets what they say."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.docs import pages
from tests.servers.postgres import PostgresServer

# Pages that begin with a new shop and its server, and the programs that they use.
ON_A_NEW_SHOP = {
    "README.md": ("curl",),
    "docs/tutorial-api.md": ("curl",),
    "docs/how-to/connect-a-shop.md": ("curl",),
    "docs/how-to/keep-it-running.md": ("sqlite3",),
    "docs/how-to/see-to-what-waits.md": ("curl",),
}
pytestmark = pytest.mark.timeout(180)
ADDRESS, DATABASE = "http://127.0.0.1:8000", "postgresql://purvey:secret@localhost/purvey"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a server that was started in `tmp_path` with no settings."""
    with Shell(tmp_path).started("serve", "--port", "0") as server:
        server.get("/healthz")
        yield server.address()


@pytest.mark.parametrize("page", ON_A_NEW_SHOP)
def test_the_examples_do_what_the_page_says(page: str, address: str, tmp_path: Path):
    missing = [program for program in ON_A_NEW_SHOP[page] if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed here: {', '.join(missing)}")
    pages.run(page, folder=tmp_path, instead_of={ADDRESS: address})


def test_other_systems_are_told(tmp_path: Path):
    (tmp_path / "purvey.toml").write_text(
        'webhook_networks = "127.0.0.0/8"\nwebhook_plain_http = 1\n'
    )
    with Shell(tmp_path).started("serve", "--port", "0") as server, socket.socket() as free:
        server.get("/healthz")
        free.bind(("127.0.0.1", 0))
        here = {ADDRESS: server.address(), "9000": str(free.getsockname()[1])}
        free.close()
        pages.run("docs/how-to/tell-other-systems.md", folder=tmp_path, instead_of=here)


def test_postgresql_is_one_setting(tmp_path: Path):
    with PostgresServer() as server:
        url = server.create("purvey")
        pages.run("docs/how-to/postgresql.md", folder=tmp_path, instead_of={DATABASE: url})


def test_the_adapter_of_the_page_keeps_the_contract(tmp_path: Path):
    pages.run("docs/how-to/write-an-adapter.md", folder=tmp_path, instead_of={})
