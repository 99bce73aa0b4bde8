"""Ctrl-C ends every command without a traceback, and with the code that says so."""

import re
import signal
import subprocess

import pytest

from purvey.cli import app
from tests.cli.shell import Shell


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (["serve", "--port", "0"], (0, 130)),
        (["work"], (0, 130)),
        (["demo", "--headless"], (130,)),
    ],
)
@pytest.mark.parametrize("after", [0.1, 0.4, 1.5])
def test_ctrl_c(shell: Shell, command: list[str], codes: tuple[int, ...], after: float):
    """Early, while modules are imported and the database is made, and at work."""
    shell.environment["TMPDIR"] = str(shell.folder)
    with shell.started(*command) as running:
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(after)
        running.process.send_signal(signal.SIGINT)
        code = running.process.wait(20)
        assert not _traceback_of_ours(running.said()), running.said()
        assert code in (*codes, -signal.SIGINT) or _never_began(running.said())


def _traceback_of_ours(said: str) -> bool:
    return "Traceback" in said and not _never_began(said)


def _never_began(said: str) -> bool:
    """Python itself was still starting: it shows a traceback of its own frozen modules alone."""
    files = re.findall(r'File "([^"]+)"', said)
    return bool(files) and all(file.startswith("<frozen ") for file in files)


def test_ctrl_c_while_a_class_is_being_made(monkeypatch: pytest.MonkeyPatch):
    """Python 3.11 wraps what `__set_name__` raises; the import of a command makes many classes."""

    class Slow:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def interrupted(*_: object, **__: object) -> None:
        type("Command", (), {"field": Slow()})

    monkeypatch.setattr(app, "app", interrupted)
    assert app.run(["doctor"]) == 130
