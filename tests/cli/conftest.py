"""A folder with a database of its own, and the two ways to run a command in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from purvey.cli.app import run
from purvey.config import read_settings
from purvey.wiring import House
from tests.cli.shell import Ran, Shell

Run = Callable[..., Ran]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process works in a folder of its own, so on a database of its own."""
    for name in ("PURVEY_DATABASE_URL", "PURVEY_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def purvey(here: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: a tenth of the time of one of its own."""

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return command


@pytest.fixture
def house(here: Path) -> Iterator[House]:
    """The house on the folder's database."""
    house = House(read_settings({}))
    house.open()
    yield house
    house.close()
