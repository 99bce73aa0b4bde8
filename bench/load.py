"""Clients that place orders over HTTP, one after the other, as fast as they are answered.

The load comes from wrk (with load.lua) where it is installed, else from client.py; in both cases
from a process of its own, kept to the last core.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench import shop
from bench.machine import ROOT
from bench.processes import LAST, Server, on_cores

WRK = shutil.which("wrk")
TOOL = "wrk, one thread, with load.lua" if WRK else "a Python client (bench/client.py)"
NO_SKU = "-"
_runs = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the clients saw. Times in milliseconds. `refused`: answers that are no 2xx."""

    requests: int
    refused: int
    lost: int
    seconds: float
    p50: float
    p95: float
    p99: float
    server_ms: float = 0.0  # of the server's CPU for each order, in all its processes

    @property
    def taken(self) -> int:
        return self.requests - self.refused

    @property
    def per_second(self) -> float:
        return self.taken / self.seconds


def place_orders(
    server: Server,
    key: str,
    *,
    clients: int,
    seconds: int,
    hot: str = NO_SKU,
    cores: set[int] | None = LAST,
) -> Load:
    """For `seconds`; no two orders of a bench have the same customer or external id."""
    run = next(_runs)
    what = (key, f"http{run}", str(shop.PRODUCTS), hot, str(run))
    command = _wrk(server, clients, seconds) if WRK else _python(server, clients, seconds)
    with on_cores(cores):
        done = subprocess.run(
            [*command, *what],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
    return Load(**json.loads(done.stdout.splitlines()[-1]))


def _wrk(server: Server, clients: int, seconds: int) -> list[str]:
    options = ["-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "20s"]
    script = Path(__file__).with_name("load.lua")
    return [WRK or "wrk", *options, "-s", str(script), server.address, "--"]


def _python(server: Server, clients: int, seconds: int) -> list[str]:
    return [sys.executable, "-m", "bench.client", server.address, str(clients), str(seconds)]
