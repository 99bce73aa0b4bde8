"""`purvey work`, alone and as somebody's child."""

import os

from tests.cli.shell import Shell, lives, wait_for


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
