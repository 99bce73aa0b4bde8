"""purvey as real processes that can be killed: `purvey serve` and the worker that it starts.

Whatever happens, nothing stays behind: every process carries a mark in its environment, and `close`
kills those that carry ours.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

MARK = "PURVEY_TEST_RUN"
START_SECONDS = 20.0
STOP_SECONDS = 20.0
QUICK: Mapping[str, str] = {
    "SANDBOX_WAREHOUSE": "1",
    "SANDBOX_SLOW_SECONDS": "0.2",
    "SANDBOX_TRANSIT_SECONDS": "0.1",
    "SANDBOX_DELIVERY_SECONDS": "0.2",
    "TRACK_SECONDS": "0.3",
    "LEASE_SECONDS": "2",
    "RETRY_SECONDS": "0.2",
    "WORKER_POLL_SECONDS": "0.05",
    "MAX_ATTEMPTS": "100",  # whoever is killed in the middle has tried
    "LOG_LEVEL": "error",
}


class Running:
    """One shop's processes. `starts` keeps how many seconds each start of the server took."""

    def __init__(self, url: str, folder: Path):
        self.port = _free_port()
        self.starts: list[float] = []
        self._folder = folder
        self._mark = uuid4().hex
        self._server: subprocess.Popen[bytes] | None = None
        given = {"DATABASE_URL": url, "SANDBOX_PATH": str(folder / "books"), **QUICK}
        ours = {f"PURVEY_{name}": value for name, value in given.items()}
        self._environment = {**os.environ, **ours, MARK: self._mark}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of ours is alive afterwards."""
        while pids := list(_marked(self._mark)):
            for pid in pids:
                _kill(pid)
            time.sleep(0.02)
        if self._server is not None:
            self._server.wait()

    def command(self, *arguments: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run `purvey ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "purvey", *arguments],
            cwd=self._folder,
            env=self._environment,
            timeout=seconds,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        """Returns when the server answers."""
        began = time.monotonic()
        server = self.spawn()
        while not _answers(self.port):
            assert server.poll() is None, f"serve ended: {self.log()}"
            assert time.monotonic() < began + START_SECONDS, f"no answer: {self.log()}"
            time.sleep(0.01)
        self.starts.append(time.monotonic() - began)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Starts the server, and does not wait for it."""
        with (self._folder / "serve.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "purvey", "serve", "--port", str(self.port)],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._server

    def kill_server(self) -> None:
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def kill_worker(self, *, seconds: float = 10.0) -> None:
        """Waits for it, where it is just being started again."""
        assert self._server is not None
        end = time.monotonic() + seconds
        while not (children := list(_children(self._server.pid))):
            assert time.monotonic() < end, f"no worker: {self.log()}"
            time.sleep(0.01)
        for pid in children:
            _kill(pid)

    def stop(self) -> None:
        """In good order."""
        assert self._server is not None
        self._server.send_signal(signal.SIGTERM)
        assert self._server.wait(STOP_SECONDS) == 0, self.log()

    def log(self) -> str:
        path = self._folder / "serve.log"
        return path.read_text()[-4000:] if path.exists() else ""


def request(
    connection: http.client.HTTPConnection, method: str, path: str, **parts: Any
) -> tuple[int, bytes]:
    connection.request(method, path, **parts)
    answer = connection.getresponse()
    return answer.status, answer.read()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        return request(connection, "GET", "/healthz")[0] < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def _marked(mark: str) -> Iterator[int]:
    wanted = f"{MARK}={mark}".encode()
    for pid, folder in _processes():
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                yield pid
        except OSError:
            continue  # it has just ended, or is somebody else's


def _children(parent: int) -> Iterator[int]:
    for pid, folder in _processes():
        try:
            state, ppid = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(ppid) == parent and state != "Z":
            yield pid


def _processes() -> Iterator[tuple[int, Path]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            yield int(folder.name), folder


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
