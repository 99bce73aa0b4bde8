"""The hand-written SQL of ../shared/bench/limit, run the way its own scripts run it.

Its tables hold about half the rows of ours: what the ratio to it says is how much of a database's
bare speed a complete order keeps. Left out where the folder is missing.
"""

import random
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from bench.databases import Place
from bench.machine import ROOT

LIMIT = ROOT.parent / "shared" / "bench" / "limit"
BATCH = 500
PLACE_BATCH = "select place_batch(%s::text[],%s::bigint[],%s::bigint[],%s::int[],%s::bigint[])"


def orders_per_second(place: Place, for_seconds: float) -> float:
    """0 when ../shared/bench/limit is not there."""
    if not LIMIT.exists():
        return 0.0
    url = place.fresh()
    with place.driver(url) as driver:
        on_sqlite = place.name == "SQLite"
        batch = _sqlite_batch(driver) if on_sqlite else _postgres_batch(driver)
        batch()
        placed, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < for_seconds:
            batch()
            placed += BATCH
    place.drop(url)
    return placed / spent


def _postgres_batch(driver: Any) -> Callable[[], None]:
    driver.execute((LIMIT / "schema.sql").read_text())
    dice = random.Random(1)

    def batch() -> None:
        keys = [uuid.uuid4().hex for _ in range(BATCH)]
        customers = [dice.randrange(100_000) for _ in keys]
        ranges = ((1, 3333), (3334, 6666), (6667, 10_000))
        skus = [dice.randint(*r) for _ in keys for r in ranges]
        values = (keys, customers, skus, [1] * len(skus), [1000] * len(skus))
        driver.execute(PLACE_BATCH, values, prepare=True)

    return batch


def _sqlite_batch(driver: Any) -> Callable[[], None]:
    """Tables from the text of sqlite_limit.py; its statements are these."""
    tables = re.search(r'DDL = """(.*?)"""', (LIMIT / "sqlite_limit.py").read_text(), re.DOTALL)
    assert tables is not None
    driver.executescript(tables[1])
    driver.execute("begin")
    stock = [(sku,) for sku in range(1, 10_001)]
    driver.executemany("insert into stock values(?,1000000000,0)", stock)
    driver.execute("commit")
    dice, last = random.Random(1), 0

    def batch() -> None:
        nonlocal last
        ids = range(last + 1, last + 1 + BATCH)
        last += BATCH
        lines = [(o, i + 1, dice.randint(1, 10_000), 1, 1000) for o in ids for i in range(3)]
        driver.execute("begin immediate")
        for statement, rows in _sqlite_rows(ids, lines):
            driver.executemany(statement, rows)
        driver.execute("commit")

    return batch


def _sqlite_rows(ids: range, lines: list[tuple[int, ...]]) -> list[tuple[str, list[Any]]]:
    return [
        (
            "insert into orders(id,idem_key,customer_id,status,currency,total_minor)"
            " values(?,?,?,?,?,?)",
            [(o, uuid.uuid4().hex, o, "confirmed", "EUR", 3000) for o in ids],
        ),
        ("insert into order_lines values(?,?,?,?,?)", lines),
        (
            "update stock set reserved=reserved+? where sku=? and on_hand-reserved>=?",
            [(q, sku, q) for _, _, sku, q, _ in lines],
        ),
        (
            "insert into payments(order_id,amount_minor,method,state)"
            " values(?,3000,'manual','authorized')",
            [(o,) for o in ids],
        ),
        (
            "insert into events(order_id,type,payload) values(?,?,?)",
            [(o, e, '{"total":3000}') for o in ids for e in ("placed", "confirmed")],
        ),
        (
            "insert into outbox(topic,payload) values(?,?)",
            [("order.confirmed", f'{{"order":{o}}}') for o in ids],
        ),
    ]
