"""purvey for the common load driver that other systems are measured with, too.

`.venv/bin/python ../shared/bench/drive.py bench/peer.py --n 1,8,32`, from the root of the source
tree; BENCH_ON=postgres takes PostgreSQL instead of SQLite. The driver's clients are threads of one
Python process: its figures are a lower bound, comparable among systems.
"""

import atexit
import http.client
import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import shop
from bench.databases import places
from bench.processes import api_key, serving
from purvey.wiring import DEFAULT_SHARD

_kind = os.environ.get("BENCH_ON", "sqlite")
NAME = f"purvey on {_kind}"

_open = ExitStack()
atexit.register(_open.close)
[_place] = _open.enter_context(places([_kind]))
_url = _place.fresh()
with shop.house(_url) as _house:
    shop.stock(_house)
_key = api_key(_url)
_server = _open.enter_context(serving(_url, "--without-worker"))
os.environ["OWN_PIDS"] = " ".join(map(str, _place.pids))


def client(number: int) -> Callable[[], None]:
    """A client with a connection of its own; it places one order after the other."""
    connection = http.client.HTTPConnection(urlsplit(_server.address).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {_key}", "Content-Type": "application/json"}
    names = count(1)
    run = next(_runs)

    def place() -> None:
        body = json.dumps(_order(f"drive{run}-{number}-{next(names)}"))
        connection.request("POST", "/api/v1/orders", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise AssertionError(f"{answer.status} {said[:200]!r}")

    return place


def check(placed: int) -> str:
    with shop.house(_url) as house, house.database.reading(DEFAULT_SHARD) as sql:
        there = sql.scalar("select count(*) from orders where shard = :shard")
    return f"{placed} placed, {there} in the database"


def _order(name: str) -> dict[str, object]:
    lines = [shop.SKUS[hash((name, part)) % shop.PRODUCTS] for part in range(3)]
    return {
        "channel": "web",
        "external_id": name,
        "currency": "GBP",
        "customer": {"email": f"{name}@example.com", "name": "Ann Lee", "phone": "+442079460000"},
        "ship_to": {
            "name": "Ann Lee",
            "line1": "1 High Street",
            "city": "Leeds",
            "postal_code": "LS1 4DT",
            "country": "GB",
        },
        "lines": [{"sku": sku, "quantity": 1, "unit_price": "10.00"} for sku in lines],
        "payment": {"gateway": "sandbox", "token": "tok_ok"},
    }


_runs = count(1)
