"""`kill -9` at random moments under load: fifty times on each database, and nothing is lost.

1. Clients send orders until each is acknowledged; a killer kills server, worker or both, and starts
   the server again. Both follow a seed, so that what they want to do is the same at each run.
2. At the end everything is started once more and works until nothing is left to do.
3. Then every acknowledged order is there once, nobody was charged twice, the doctor finds nothing.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.clients import Clients
from tests.faults.running import Running
from tests.faults.shops import assert_nothing_was_lost, key_for, stock_up
from tests.servers.postgres import PostgresServer

KILLS = 50
SEED = 1001
VICTIMS = ("server", "beginner", "worker", "worker", "both")
SHORTEST_SECONDS, LONGEST_SECONDS = 0.02, 0.8  # between two kills
WORKER_KILLS_IN_A_ROW = 2  # the server waits longer each time before it starts its worker again

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_kill_9_loses_nothing_and_doubles_nothing(kind: str, tmp_path: Path):
    with _url(kind, tmp_path) as url, Running(url, tmp_path) as running:
        stock_up(url)
        began = time.monotonic()
        running.start()
        with Clients(running.port, key_for(running), seed=SEED) as clients:
            killed = _kill(running, random.Random(SEED))
        killing = time.monotonic() - began
        running.stop()
        report = assert_nothing_was_lost(running, clients.told, url=url, folder=tmp_path)
    told = clients.told
    log.info("%s: killed %s in %.0f s", kind, dict(killed), killing)
    log.info("idle after %.0f s more", time.monotonic() - began - killing)
    log.info("starts took %.2f to %.2f s", min(running.starts), max(running.starts))
    log.info("%d orders, %d sent again", len(told.orders), told.repeated)
    log.info("%d cancelled; checked: %s", told.cancelled, report["checked"])
    assert killed.total() >= KILLS
    assert len(told.orders) > 100
    assert told.repeated > 5
    assert told.cancelled > 5


@contextmanager
def _url(kind: str, folder: Path) -> Iterator[str]:
    """Durable, as in production: what is committed survives."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/shop.db"
        return
    with PostgresServer(durable=True) as server:
        yield server.create("shop")


def _kill(running: Running, dice: random.Random) -> Counter[str]:
    killed: Counter[str] = Counter()
    in_a_row = 0
    while killed.total() < KILLS:
        time.sleep(dice.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        victim = dice.choice(VICTIMS)
        if victim == "worker" and in_a_row == WORKER_KILLS_IN_A_ROW:
            victim = "server"
        in_a_row = in_a_row + 1 if victim == "worker" else 0
        killed.update(_kill_one(running, victim, dice))
    return killed


def _kill_one(running: Running, victim: str, dice: random.Random) -> list[str]:
    """Who was killed. A beginner is a server that has not answered anybody yet."""
    if victim in ("worker", "both"):
        running.kill_worker()
    if victim == "worker":
        return [victim]
    running.kill_server()
    if victim == "beginner":
        running.spawn()
        time.sleep(dice.uniform(0, LONGEST_SECONDS))
        running.kill_server()
    running.start()
    return ["server", "beginner"] if victim == "beginner" else [victim]
