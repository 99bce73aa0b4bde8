"""purvey as people run it: `purvey serve` and `purvey work` in processes of their own.

Every process that is started here is ended here, with its children. Where there are two cores, the
server can be kept to the first one and the load to the second.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import shop

PURVEY = (sys.executable, "-m", "purvey")
START_SECONDS, STOP_SECONDS = 60, 25
MIB = 2**20
CORES = sorted(os.sched_getaffinity(0))
FIRST, LAST = {CORES[0]}, {CORES[-1]}


class DidNotStart(Exception):
    """The server gave no answer in time; what it said stands in the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    address: str
    pid: int
    start_seconds: float  # from the start of the process to its first answer

    def memory_mib(self) -> float:
        """Resident memory of the server and of all its children, shared pages counted each time."""
        return sum(_resident(pid) for pid in (self.pid, *children(self.pid))) / MIB

    def cpu_seconds(self) -> float:
        """Of the server and all its children, in user and kernel mode."""
        return sum(cpu_seconds(pid) for pid in (self.pid, *children(self.pid)))


@contextmanager
def serving(
    url: str,
    *arguments: str,
    cores: set[int] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Server]:
    """`purvey serve ARGUMENTS` on this database, once it answers."""
    port = _free_port()
    command = [*PURVEY, "serve", "--port", str(port), *arguments]
    start = time.perf_counter()
    with _process(command, url, cores=cores, settings=settings or {}) as (process, log):
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process, log)
        spent = time.perf_counter() - start
        yield Server(address=address, pid=process.pid, start_seconds=spent)


def purvey(url: str, *arguments: str) -> str:
    """Run one command to its end; returns what it printed. Raises CalledProcessError."""
    done = subprocess.run(
        [*PURVEY, *arguments],
        env=environment(url, {}),
        cwd=Path(os.sep),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def api_key(url: str) -> str:
    said = purvey(url, "key", "create", "--name", "bench", "--scopes", "all", "--json")
    return str(json.loads(said)["key"])


def environment(url: str, settings: Mapping[str, object]) -> dict[str, str]:
    """No setting of whoever runs the bench gets in."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PURVEY_")}
    own = {"database_url": url, "sandbox_path": shop.books_of(url), **settings}
    return clean | {f"PURVEY_{name.upper()}": str(value) for name, value in own.items()}


@contextmanager
def on_cores(cores: set[int] | None) -> Iterator[None]:
    """What is started in the block stays on these cores, and so do its children."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _process(
    command: list[str], url: str, *, cores: set[int] | None, settings: Mapping[str, object]
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = Path(f"{shop.books_of(url)}.log")
    with log.open("wb") as output, on_cores(cores):
        process = subprocess.Popen(
            command,
            env=environment(url, settings),
            cwd=Path(os.sep),
            stdout=output,
            stderr=output,
        )
    try:
        yield process, log
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """It ends its children itself; one that does not end in time is killed with them."""
    family = children(process.pid)
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in (process.pid, *family):
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, 9)
        process.wait()


def children(pid: int) -> list[int]:
    """With children's children."""
    tasks = Path(f"/proc/{pid}/task")
    direct = [
        int(child)
        for task in (tasks.iterdir() if tasks.exists() else ())
        for child in _words(task / "children")
    ]
    return [x for child in direct for x in (child, *children(child))]


def _words(file: Path) -> list[str]:
    """Nothing when the process has just ended."""
    try:
        return file.read_text().split()
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """Of one process, with those of its children that have ended; 0 when it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise DidNotStart(log.read_text()[-2000:])
