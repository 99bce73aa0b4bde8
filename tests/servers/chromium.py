"""A Chromium to look at pages with: the machine's own where there is one, else one is installed.

`python -m tests.servers.chromium` installs it ahead of the tests (`make test` does), and
`with chromium() as browser:` starts it.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # root has none, and it sees nothing but our own pages
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
VERSION_SECONDS, INSTALL_SECONDS = 20, 600


class NoChromium(Exception):
    """No Chromium to test pages with, and none could be installed: run `make setup-dev`, then
    put `chromium`, `chromium-browser` or `google-chrome` on the PATH."""


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = find() or _install_once()
        try:
            browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        except Error as error:
            raise NoChromium(f"{program} does not start: {error}") from error
        yield browser
        browser.close()


def find() -> Path | None:
    """One that starts: on Ubuntu, `chromium-browser` may be a script that only speaks of snap."""
    on_path = (Path(found) for name in NAMES if (found := shutil.which(name)))
    return next((program for program in (*on_path, *_of_playwright()) if _starts(program)), None)


def _of_playwright() -> Iterator[Path]:
    known = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folder = Path(known) if known else Path.home() / ".cache" / "ms-playwright"
    yield from sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True)


def _starts(program: Path) -> bool:
    try:
        _run([program, "--version"], seconds=VERSION_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _install_once() -> Path:
    """pytest's workers come at once: the first one installs, the others wait and find it."""
    with (Path(tempfile.gettempdir()) / f"purvey-chromium-{os.geteuid()}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return find() or _install()


def _install() -> Path:
    ways: list[Callable[[], None]] = [_by_playwright]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.insert(0, _by_apt)
    troubles = []
    for way in ways:
        try:
            way()
        except (OSError, subprocess.SubprocessError) as error:
            troubles.append(f"{error} {getattr(error, 'stderr', '') or ''}".strip())
        if program := find():
            return program
    raise NoChromium(" ".join([str(NoChromium.__doc__), *troubles]))


def _by_apt() -> None:
    _run(["apt-get", "update", "-qq"], seconds=INSTALL_SECONDS)
    packages = ("chromium", "fonts-liberation")
    options = ("-y", "-qq", "--no-install-recommends")
    _run(["apt-get", "install", *options, *packages], seconds=INSTALL_SECONDS)


def _by_playwright() -> None:
    """Root can install the libraries that it needs, too."""
    libraries = ["--with-deps"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]
    _run(command, seconds=INSTALL_SECONDS)


def _run(command: list[str | Path], *, seconds: int) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds)


if __name__ == "__main__":
    if find() is None:
        print("setup: installing Chromium")  # noqa: T201 - as make's other lines do
        try:
            _install_once()
        except NoChromium as problem:
            sys.exit(str(problem))
