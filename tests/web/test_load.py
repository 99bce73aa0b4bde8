"""More than can be taken, a stop in the middle, and what is written down about it."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import httpx2
import pytest
import structlog

from purvey.config import Settings
from purvey.wiring import House
from tests.servers.databases import TestDatabase
from tests.web.conftest import Api, an_order, new_key

ROOT = Path(__file__).parents[2]
SERVE = """
import sys
import structlog
from purvey.config import Settings
from purvey.web.server import serve
from purvey.wiring import House

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
house = House(Settings(database_url=sys.argv[1]))
serve(house, host="127.0.0.1", port=0, on_ready=lambda port: print(port, flush=True))
house.close()
print("stopped", flush=True)
"""


def test_more_orders_than_may_wait_are_sent_back(
    new_api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
):
    api = new_api(requests_waiting_limit=2)
    go_on, receive = threading.Event(), api.house.receive

    def slowly(*args: object, **options: object) -> object:
        go_on.wait(20)
        return receive(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(api.house, "receive", slowly)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(api.post, "/orders", an_order(notes=str(n))) for n in range(8)]
        refused = next(as_completed(waiting, timeout=20)).result()
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert refused.headers["retry-after"] == "1"
        go_on.set()
        answers = [f.result() for f in waiting]
    taken = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} == {201, 429}
    assert len(api.get("/orders").json()["items"]) == len(taken) >= 3


def test_a_batch_larger_than_what_may_wait_is_taken_whole(new_api: Callable[..., Api]):
    api = new_api(requests_waiting_limit=5, batch_limit=5)
    line = [{"sku": "85123A", "quantity": 1}]
    orders = [an_order(external_id=str(n), lines=line) for n in range(20)]
    results = api.post("/orders/batch", {"orders": orders}).json()["results"]
    assert {result["status"] for result in results} == {201}


def test_a_batch_that_cannot_be_saved_harms_only_the_guilty(
    new_api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
):
    api = new_api()
    receive = api.house.receive

    def with_a_bug(drafts, **options):  # type: ignore[no-untyped-def]
        if any(draft.notes == "bug" for draft in drafts):
            raise ZeroDivisionError
        return receive(drafts, **options)

    monkeypatch.setattr(api.house, "receive", with_a_bug)
    assert api.client.post("/api/v1/orders", json=an_order(notes="bug")).status_code == 500
    answer = api.client.post("/api/v1/orders", json=an_order(notes="bug"))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert "ZeroDivision" not in answer.text
    assert api.post("/orders", an_order()).status_code == 201


def test_a_stop_in_the_middle_loses_no_answer(new_database: Callable[[str], TestDatabase]):
    url = new_database("sqlite").url
    house = House(Settings(database_url=url, short_stock="hold"))
    key = new_key(house)
    stock = Api.__new__(Api)
    stock.house = house
    stock.stock("85123A", 100_000)
    command = [sys.executable, "-c", SERVE, url]
    taken = set[str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as server:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"

        def keep_sending(client_no: int) -> None:
            with httpx2.Client(headers={"authorization": f"Bearer {key}"}, timeout=20) as client:
                for n in range(10_000):
                    order = an_order(external_id=f"{client_no}-{n}")
                    try:
                        answer = client.post(f"{address}/api/v1/orders", json=order)
                    except httpx2.TransportError:
                        return
                    taken.add(answer.json()["id"])
                    if len(taken) >= 100:
                        server.send_signal(signal.SIGTERM)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(keep_sending, range(8)))
        assert server.stdout.read() == "stopped\n"
        assert server.wait(20) == 0
    with house.database.reading(1) as sql:
        kept = {row.id for row in sql.rows("select id from orders where shard = :shard")}
    house.close()
    assert taken == kept


def test_the_log_names_nobody(small_api: Api):
    with structlog.testing.capture_logs() as lines:
        order = small_api.post("/orders", an_order(notes="Ring twice")).json()
        small_api.get(f"/orders/{order['id']}")
        small_api.get("/orders", q="ann@example.com")
        small_api.get("/orders/no-such-order")
        small_api.client.get(order["tracking_url"].partition("8000")[2])
    routes = [line["route"] for line in lines]
    assert routes == [
        "/api/v1/orders",
        "/api/v1/orders/{order}",
        "/api/v1/orders",
        "/api/v1/orders/{order}",
        "/track/{token}",
    ]
    told = str(lines)
    secrets = ("ann@", "Ann", order["id"], "trk_", small_api.key, "Ring", "no-such-order")
    assert not [secret for secret in secrets if secret in told]
