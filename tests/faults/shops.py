"""The shop that is going to suffer, and what must be true of it afterwards."""

import json
from pathlib import Path
from typing import Any

from purvey.adapters.sandbox_gateway import SandboxGateway
from purvey.adapters.sandbox_gateway import Settings as GatewaySettings
from purvey.config import Settings
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.put_products import put_products
from purvey.ports.storage import Product
from purvey.storage.database import Database
from purvey.wiring import House
from tests.faults.clients import Acknowledged
from tests.faults.running import Running

IDLE_SECONDS = 120.0
STOCK = {"HOT": 10**6, "COLD": 10**6, "SHORT": 300}


def stock_up(url: str) -> None:
    house = House(Settings(database_url=url))
    house.open()
    products = [
        Product(sku=sku, name=sku, price=255, currency="GBP", backorder_limit=10**6)
        for sku in STOCK
    ]
    house.do(put_products, products, actor="test")
    counts = [
        Adjustment(sku=sku, location="main", change=units, reason="count")
        for sku, units in STOCK.items()
    ]
    house.do(adjust_stock, counts, actor="test")
    house.close()


def key_for(running: Running) -> str:
    done = running.command("key", "create", "--name", "clients", "--scopes", "all", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["key"])


def assert_nothing_was_lost(
    running: Running, told: Acknowledged, *, url: str, folder: Path
) -> dict[str, Any]:
    """After the last start: every order once, every charge once, every promise kept."""
    idle = running.command("work", "--until-idle", seconds=IDLE_SECONDS)
    assert idle.returncode == 0, idle.stderr[-3000:]
    stored = _stored(url)
    assert len(stored) == len({external_id for external_id, _ in stored}), "taken twice"
    assert dict(stored) == told.orders
    assert _most_charges(folder / "books") == 1
    done = running.command("doctor", "--json")
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["findings"] == []
    assert (report["ok"], done.returncode) == (True, 0)
    return report


def _stored(url: str) -> list[tuple[str, tuple[str, str]]]:
    database = Database(url)
    with database.reading(1) as sql:
        rows = sql.rows("select external_id, id, number from orders where shard = :shard")
    database.close()
    return [(row.external_id, (row.id, str(row.number))) for row in rows]


def _most_charges(books: Path) -> int:
    gateway = SandboxGateway(GatewaySettings(path=books))
    try:
        return max(charge.charges for charge in gateway.books())
    finally:
        gateway.close()
