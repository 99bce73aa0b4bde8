"""What commands say about themselves, and how soon."""

import time

from purvey import __version__
from purvey.cli.app import NAMES
from purvey.config import read_settings
from tests.cli.conftest import Run
from tests.cli.shell import Shell

HEAVY = ("sqlalchemy", "fastapi", "uvicorn", "alembic", "httpx2", "structlog")


def test_help_lists_every_command(purvey: Run):
    ran = purvey("--help")
    assert ran.code == 0
    assert all(f" {name} " in ran.out for name in NAMES)


def test_every_command_explains_itself(purvey: Run):
    for name in NAMES:
        ran = purvey(name, "--help")
        assert ran.code == 0 and f"Usage: purvey {name}" in ran.out, name


def test_the_version(purvey: Run):
    assert purvey("--version").out.strip() == f"purvey {__version__}"


def test_help_is_quick_since_it_loads_nothing_heavy(shell: Shell):
    ran = shell.python(
        "import sys; from purvey.cli.app import run; run(['--help']);"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert ran.out.strip().endswith("[]"), ran.out[-200:]
    started = time.monotonic()
    shell.run("--help")
    assert time.monotonic() - started < 2.0  # 0.15 s on an idle machine


def test_settings_from_the_command_line_win():
    assert read_settings({"PURVEY_PORT": "9000"}, port=9001).port == 9001
