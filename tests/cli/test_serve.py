"""`purvey serve` as a process: it answers, keeps its worker alive, and leaves nobody behind."""

import json
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

from purvey.wiring import House
from tests.cli.shell import Shell, kill, lives, wait_for
from tests.cli.shop import fill
from tests.servers.databases import TestDatabase


def test_it_serves_and_tells_where_and_how(shell: Shell):
    with shell.started("serve", "--port", "0") as server:
        assert server.get("/healthz").status_code == 200
        said = server.said()
        assert str(shell.folder / "purvey.db") in said
        assert "purvey key create" in said
        wait_for(lambda: server.get("/readyz").status_code == 200, "a ready worker")


def test_with_a_key_there_is_nothing_to_explain(shell: Shell):
    shell.run("key", "create", "--name", "shop")
    with shell.started("serve", "--port", "0", "--without-worker") as server:
        server.get("/healthz")
        assert "purvey key create" not in server.said()
        assert server.children() == []


def test_the_first_start_makes_the_administrator(shell: Shell):
    with shell.started("serve", "--port", "0", "--without-worker") as server:
        server.get("/healthz")
        [first] = re.findall(r"/welcome/\S+", server.said())
    with shell.started("serve", "--port", "0", "--without-worker") as server:
        server.get("/healthz")
        [second] = re.findall(r"/welcome/\S+", server.said())
        assert server.get(first).status_code == 404
        assert server.get(second).status_code == 200
        fields = {"name": "Ann", "email": "ann@shop.example", "password": "long enough"}
        made = httpx2.post(server.address() + second, data=fields)
        assert made.status_code == 303
    with shell.started("serve", "--port", "0", "--without-worker") as server:
        server.get("/healthz")
        assert "/welcome/" not in server.said()


def test_the_worker_knows_the_address_that_its_mails_name(shell: Shell):
    with shell.started("serve", "--port", "0") as server:
        [worker] = wait_for(server.children, "a worker")
        environment = Path(f"/proc/{worker}/environ")  # ours, until it runs what it is to run
        port = server.address().rpartition(":")[2]
        assert wait_for(
            lambda: f"PURVEY_PORT={port}" in environment.read_text().split("\0"), "the address"
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_good_order(shell: Shell, number):
    with shell.started("serve", "--port", "0") as server:
        server.get("/healthz")
        [worker] = wait_for(server.children, "a worker")
        server.process.send_signal(number)
        assert server.process.wait(10) == 0
        assert not lives(worker)
        assert "Traceback" not in server.said()


def test_a_worker_that_dies_is_started_again(shell: Shell):
    with shell.started("serve", "--port", "0") as server:
        [worker] = wait_for(server.children, "a worker")
        kill(worker)
        [again] = wait_for(lambda: [pid for pid in server.children() if pid != worker], "another")
        assert again != worker
        assert "work ended" in server.said()
        wait_for(lambda: server.get("/readyz").status_code == 200, "a ready worker")


def test_the_worker_ends_with_its_server_even_when_that_is_killed(shell: Shell):
    with shell.started("serve", "--port", "0") as server:
        [worker] = wait_for(server.children, "a worker")
        wait_for(lambda: server.get("/readyz").status_code == 200, "a ready worker")
        server.process.kill()
        killed = time.monotonic()
        wait_for(lambda: not lives(worker), "the worker's end", seconds=5)
        assert time.monotonic() - killed < 3.0  # 0.2 + 0.6 s at most, when nothing else runs


def test_a_port_that_is_taken(shell: Shell):
    with socket.create_server(("127.0.0.1", 0)) as other:
        ran = shell.run("serve", "--port", str(other.getsockname()[1]))
    assert ran.code == 2
    assert "is taken" in ran.err and "--port" in ran.err
    assert ran.err.count("\n") == 1


def test_several_servers_share_a_port_on_postgresql(
    shell: Shell, new_database: Callable[[str], TestDatabase]
):
    shell.environment["PURVEY_DATABASE_URL"] = emptied(new_database("postgres").url)
    with shell.started("serve", "--port", "0", "--workers", "2") as server:
        server.get("/healthz")
        worker_and_server = wait_for(
            lambda: len(found := server.children()) == 2 and found, "two children"
        )
        port = int(re.search(r":(\d+)", server.address())[1])
        wait_for(lambda: listeners(port) == 2, "two listeners")
        server.process.terminate()
        assert server.process.wait(20) == 0
        assert not any(map(lives, worker_and_server))


def emptied(url: str) -> str:
    """Without the tables that tests usually want: the migrations make them here."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop schema public cascade; create schema public")
    engine.dispose()
    return url


def listeners(port: int) -> int:
    """How many sockets listen on the port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()][1:]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def test_commands_print_links_to_where_it_is_served(shell: Shell, house: House):
    taken = fill(house)

    def link() -> str:
        shown = json.loads(shell.run("orders", "show", taken[0].order.id, "--json").out)
        return str(shown["tracking_url"])

    with shell.started("serve", "--port", "0", "--without-worker") as server:
        server.get("/healthz")
        assert link().startswith(server.address() + "/track/")
        assert httpx2.get(link()).status_code == 200
    assert link().startswith("http://127.0.0.1:8000/")
    shell.environment["PURVEY_PUBLIC_URL"] = "https://shop.example"
    assert link().startswith("https://shop.example/")
