"""`purvey work`, alone and as somebody's child."""

import os
import socket
from pathlib import Path

import httpx2

from purvey.queries.alive import worker_alive
from purvey.wiring import DEFAULT_SHARD, House
from tests.cli.shell import Shell, kill, lives, wait_for
from tests.cli.shop import fill
from tests.cli.test_bad_input import refused


def test_with_nothing_to_do_it_ends(shell: Shell):
    ran = shell.run("work", "--until-idle")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_it_stops_when_asked_and_gives_its_lease_back(shell: Shell):
    with shell.started("work") as worker:
        wait_for((shell.folder / "purvey.db").exists, "a database")
        worker.process.terminate()
        assert worker.process.wait(10) in (0, -15)  # -15: it had not begun
    assert shell.run("work", "--until-idle").code == 0


def test_a_child_of_somebody_else_ends(shell: Shell):
    """Its parent is not who it was told: that one is dead already."""
    with shell.started("work", "--with-parent", str(os.getppid() + 1_000_000)) as worker:
        wait_for(lambda: not lives(worker.process.pid), "its end", seconds=10)


def counted(text: str) -> float:
    return sum(
        float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("purvey_messages_total{")
    )


def test_a_page_tells_what_the_worker_has_done(shell: Shell, house: House):
    fill(house)
    port = a_free_port()
    shell.environment["PURVEY_SANDBOX_SLOW_SECONDS"] = "0"
    with shell.started("work", "--metrics-port", str(port)):
        wait_for(lambda: counted(look(f"http://127.0.0.1:{port}/metrics")) > 10, "done messages")


def test_without_the_setting_there_is_no_page(shell: Shell, house: House):
    """Nothing that the worker listens on: what /proc shows of its sockets is empty."""
    with shell.started("work") as worker:
        wait_for(lambda: leased(house), "a worker at work")
        assert listening_sockets(worker.process.pid) == []


def test_a_page_whose_port_is_taken(shell: Shell):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused(shell.run("work", "--metrics-port", str(port)), "--metrics-port", str(port))


def test_the_server_shows_the_figures_of_its_worker(shell: Shell, house: House):
    fill(house)
    shell.environment["PURVEY_SANDBOX_SLOW_SECONDS"] = "0"
    with shell.started("serve", "--port", "0") as server:
        wait_for(lambda: counted(server.get("/metrics").text) > 10, "done messages")
        text = server.get("/metrics").text
        families = [line for line in text.splitlines() if line.startswith("# TYPE")]
        assert len(families) == len(set(families))
        [worker] = server.children()
        kill(worker)
        assert server.get("/metrics").status_code == 200
        wait_for(lambda: worker not in server.children() and server.children(), "another worker")
        wait_for(lambda: "TYPE purvey_messages_total" in server.get("/metrics").text, "its page")


def look(address: str) -> str:
    try:
        return httpx2.get(address, timeout=30).text
    except httpx2.TransportError:
        return ""


def leased(house: House) -> bool:
    with house.database.reading(DEFAULT_SHARD) as sql:
        return worker_alive(sql, now=house.clock())


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def listening_sockets(pid: int) -> list[str]:
    inodes = {str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()}
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return [f[1] for f in lines if f[3] == "0A" and f"socket:[{f[9]}]" in inodes]
