"""Run purvey as people do: as a process of its own, in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

ADDRESS = re.compile(r"http://[\d.:]+")
START_SECONDS = 20.0


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Shell:
    """Commands in one folder, so on one database: `purvey.db`, the default."""

    def __init__(self, folder: Path, **settings: str):
        self.folder = folder
        ours = {name: value for name, value in os.environ.items() if "PURVEY" not in name}
        given = {f"PURVEY_{name.upper()}": value for name, value in settings.items()}
        self.environment = {**ours, **given}

    def run(self, *arguments: str, timeout: float = 60.0) -> Ran:
        return self._run("-m", "purvey", *arguments, timeout=timeout)

    def python(self, code: str) -> Ran:
        return self._run("-c", code, timeout=60.0)

    def _run(self, *arguments: str, timeout: float) -> Ran:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(self, *arguments: str) -> Iterator["Running"]:
        """A command that runs on; it is asked to stop at the end, then killed."""
        log = self.folder / "started.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "purvey", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Running(process, log)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class Running:
    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def address(self) -> str:
        """Where it serves, once it does."""
        return wait_for(lambda: ADDRESS.search(self.said()), "an address")[0]

    def get(self, path: str) -> httpx2.Response:
        return wait_for(lambda: self._try(path), f"an answer from {path}")

    def _try(self, path: str) -> httpx2.Response | None:
        try:
            return httpx2.get(f"{self.address()}{path}", timeout=30)
        except httpx2.TransportError:
            return None

    def children(self) -> list[int]:
        return children_of(self.process.pid)


def children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(look, what: str, seconds: float = START_SECONDS):
    """The first answer that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
