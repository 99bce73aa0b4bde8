"""PostgreSQL loses its power under load, again and again: purvey waits for it and loses nothing."""

import logging
import random
import time
from pathlib import Path

import pytest

from tests.faults.clients import Clients
from tests.faults.running import Running
from tests.faults.shops import assert_nothing_was_lost, key_for, stock_up
from tests.servers.postgres import PostgresServer

CRASHES = 5
SEED = 5432

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(180)]


def test_a_crash_of_the_database_loses_nothing(tmp_path: Path):
    dice = random.Random(SEED)
    with PostgresServer(durable=True) as server:
        url = server.create("shop")
        stock_up(url)
        with Running(url, tmp_path) as running:
            running.start()
            with Clients(running.port, key_for(running), seed=SEED) as clients:
                for _ in range(CRASHES):
                    time.sleep(dice.uniform(1.0, 2.5))
                    server.crash()
                    server.start()
                time.sleep(2.0)
            running.stop()
            report = assert_nothing_was_lost(running, clients.told, url=url, folder=tmp_path)
    log.info("%d orders; checked: %s", len(clients.told.orders), report["checked"])
    assert len(clients.told.orders) > 50
