"""A child that dies again and again is started more and more rarely."""

import os
import subprocess

import pytest

from purvey.cli.children import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Child
from tests.cli.shell import wait_for


def test_pauses_grow_up_to_a_limit_and_begin_again_after_a_long_life():
    pause, pauses = FIRST_PAUSE_SECONDS, []
    for _ in range(10):
        pause = Child._pause_after(0.1, pause)
        pauses.append(pause)
    assert pauses == sorted(pauses) and pauses[-1] == LONGEST_PAUSE_SECONDS
    assert Child._pause_after(3600.0, pause) == FIRST_PAUSE_SECONDS


def test_a_child_that_cannot_live_is_told_of_and_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """It is another interpreter that ends at once, so this costs nothing."""
    started = []

    def spawn(command: list[str], **_: object) -> subprocess.Popen[bytes]:
        started.append(command)
        return popen(["/bin/false"])

    popen = subprocess.Popen
    monkeypatch.setattr("purvey.cli.children.subprocess.Popen", spawn)
    monkeypatch.setattr("purvey.cli.children.FIRST_PAUSE_SECONDS", 0.01)
    child = Child("work", environment=os.environ)
    wait_for(lambda: len(started) >= 3, "a third start")
    child.stop()
    assert "work ended with code 1" in capsys.readouterr().err
    assert started[0][-2:] == ["--with-parent", str(os.getpid())]
