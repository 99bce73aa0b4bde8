"""`kill -9` in the middle of an import, again and again: it ends as if nothing had happened.

1. A process imports in small batches; it is killed at a random moment after some of them.
2. It is started again, until it comes to its end.
3. Then the shop holds, row by row, what one import that nobody disturbed has written.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from purvey.config import Settings
from purvey.importing import import_files
from purvey.wiring import DEFAULT_SHARD, House
from tests.adapters_files.places import needed
from tests.importing.files import MONTHS, first_invoices, picture, wish, worth
from tests.operations.promises import assert_promises
from tests.servers.postgres import PostgresServer

KILLS = 4
SEED = 536365
LONGEST_SECONDS = 0.1  # about three batches
LIMIT_SECONDS = 60.0

pytestmark = [pytest.mark.fault, needed("online-retail")]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_killed_in_the_middle_and_started_again_it_ends_the_same(kind: str, tmp_path: Path):
    path = first_invoices(MONTHS[0], tmp_path / "december.csv", 250)
    with _url(kind, tmp_path) as url:
        dice = random.Random(SEED)
        house = House(Settings(database_url=url))
        house.open()
        killed = sum(_killed_on_the_way(house, path, dice) for _ in range(KILLS))
        done = _start(url, path)
        out, _ = done.communicate(timeout=LIMIT_SECONDS)
        report = json.loads(out)
        assert done.returncode == 0
        assert killed >= KILLS / 2
        assert report["orders_existing"] > 0
        assert report["amount_file"] == report["amount_accounted"]
        assert picture(house) == _undisturbed(path, tmp_path)
        assert_promises(house.database)
        with house.database.reading(DEFAULT_SHARD) as sql:
            assert f"{worth(sql):.2f}" == report["amount_file"]
        house.close()


@contextmanager
def _url(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/shop.db"
        return
    with PostgresServer() as server:
        yield server.create("shop")


def _start(url: str, path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "purvey", "import", path, "--format", "online-retail", "--json"],
        env={**os.environ, "PURVEY_DATABASE_URL": url, "PURVEY_BATCH_LIMIT": "10"},
        cwd=path.parent,
        stdout=subprocess.PIPE,
    )


def _killed_on_the_way(house: House, path: Path, dice: random.Random) -> bool:
    """Kill it once it has committed something new; False when it was done before that."""
    before, end = _taken(house), time.monotonic() + LIMIT_SECONDS
    with _start(str(house.settings.database_url), path) as process:
        while process.poll() is None and _taken(house) == before:
            assert time.monotonic() < end
            time.sleep(0.005)
        time.sleep(dice.uniform(0, LONGEST_SECONDS))
        alive = process.poll() is None
        process.kill()
    return alive


def _taken(house: House) -> int:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return int(sql.scalar("select count(*) from orders where shard = :shard"))


def _undisturbed(path: Path, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    house = House(Settings(database_url=f"sqlite:///{folder}/undisturbed.db", batch_limit=10))
    house.open()
    import_files(house, wish(path))
    seen = picture(house)
    house.close()
    return seen
