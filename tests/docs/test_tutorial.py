"""Who follows the pages step by step gets what they say."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.docs import pages

ON_A_NEW_SHOP = (
    "docs/tutorial.md",
    "docs/how-to/connect-a-shop.md",
    "docs/how-to/see-to-what-waits.md",
)
pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="the pages' examples use curl")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a server that people started in `tmp_path` with nothing said."""
    with Shell(tmp_path).started("serve", "--port", "0") as server:
        server.get("/healthz")
        yield server.address()


@pytest.mark.parametrize("page", ON_A_NEW_SHOP)
def test_the_examples_do_what_the_page_says(page: str, address: str, tmp_path: Path):
    pages.run(page, folder=tmp_path, address=address, settings={})
