"""The real server and its worker, as processes of their own that end with this one."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from purvey.cli.problem import Problem

START_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05
STOP_SECONDS = 15.0
_ADDRESS = re.compile(r"http://[\w.:\[\]]+")


@contextmanager
def running_server(environment: Mapping[str, str], *, folder: Path, port: int) -> Iterator[str]:
    """`purvey serve` on `port` (0: any that is free); gives its address once it is ready."""
    command = [sys.executable, "-m", "purvey", "serve", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # ours
            [*command, "--with-parent", str(os.getpid())],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _ready(process, log)
    finally:
        _stop(process)


def _ready(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        address = _ADDRESS.search(log.read_text(errors="replace"))
        if address and _answers(address[0]):
            return address[0]
        time.sleep(LOOK_AGAIN_SECONDS)
    last = (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
    raise Problem(f"The server did not start: {last}")


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz", timeout=2.0).is_success
    except httpx2.HTTPError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
