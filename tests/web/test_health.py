"""What machines ask: alive, ready, figures, events."""

from collections.abc import Callable

import httpx2

from purvey.config import Settings
from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.feed import dispatch
from tests.servers.databases import TestDatabase
from tests.web.conftest import Api, serving


def work(house: House, *, seconds: int) -> None:
    """What a worker does to be known: its lease."""
    until = to_us(house.clock()) + seconds * 1_000_000
    house.database.run(
        DEFAULT_SHARD,
        lambda tx: tx.sql.upsert(tables.lease, [("worker", "host:1", until, 1)]),
    )


def test_a_process_that_lives(small_api: Api):
    answer = small_api.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_shop_is_ready_when_a_worker_owns_it(tmp_path):
    house = House(Settings(database_url=f"sqlite:///{tmp_path}/new.db"))
    house.open()
    with serving(house) as address:

        def ready() -> tuple[int, dict[str, bool]]:
            answer = httpx2.get(f"{address}/readyz", timeout=60)
            return answer.status_code, answer.json()["checks"]

        good = {"database": True, "migrations": True, "worker": True}
        assert ready() == (503, {**good, "worker": False})
        work(house, seconds=60)
        assert ready() == (200, good)
        work(house, seconds=-1)
        assert ready() == (503, {**good, "worker": False})
        with house.database.alone() as connection:
            connection.exec_driver_sql("update alembic_version set version_num = '0000'")
        assert ready() == (503, {**good, "migrations": False, "worker": False})
    house.close()


def test_a_database_that_is_gone_is_told(new_database: Callable[[str], TestDatabase], databases):
    house = House(Settings(database_url=new_database("postgres").url))
    with serving(house) as address:
        databases.drop()
        answer = httpx2.get(f"{address}/readyz", timeout=60)
        assert (answer.status_code, answer.json()["checks"]["database"]) == (503, False)
        key = {"authorization": "Bearer pv_x"}
        orders = httpx2.get(f"{address}/api/v1/orders", headers=key, timeout=60)
        assert (orders.status_code, orders.json()["code"]) == (503, "storage_unavailable")
        assert orders.headers["retry-after"] == "5"
    house.close()


def test_figures_are_told(api: Api):
    api.order()
    text = api.client.get("/metrics").text
    assert 'purvey_orders{state="reserved"} 1.0' in text
    assert 'purvey_orders_received_total{channel="web",outcome="created"}' in text
    assert "purvey_messages_open 2.0" in text
    assert 'purvey_http_requests_total{method="POST",route="/api/v1/orders",status="201"}' in text
    assert "ann@" not in text


def test_events_come_in_order_and_without_gaps(api: Api):
    api.order()
    assert api.get("/events").json() == {"items": [], "next_cursor": None}
    dispatch(api.house, DEFAULT_SHARD)
    seen, after = [], 0
    while True:
        page = api.get("/events", after=after, limit=2).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        after = int(page["next_cursor"])
    assert [event["position"] for event in seen] == list(range(1, len(seen) + 1))
    assert [event["trigger"] for event in seen][:2] == ["receive", "accept"]
    assert {event["order_number"] for event in seen} == {"1001"}
    assert api.get("/events", after=len(seen)).json()["items"] == []
    assert api.get("/events", after=-1).status_code == 422
