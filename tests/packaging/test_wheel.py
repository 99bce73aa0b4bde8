"""The wheel is all that a shop needs: nothing of the source tree is missing from it."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 120


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, and with our dependencies but not our source."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    run(*pip, *build)
    (wheel,) = folder.glob("purvey-*.whl")
    venv.create(folder / "env", with_pip=False)
    (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
    # Only folders of the environment itself have their .pth files read: the editable install of
    # the source tree stays outside.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    run(
        *pip, "--python", str(folder / "env" / "bin" / "python"), "install", "--no-deps", str(wheel)
    )
    return folder / "env" / "bin"


def run(*command: str, folder: Path | None = None) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=SECONDS, cwd=folder
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_the_wheel_is_what_runs(bin_folder: Path, tmp_path: Path):
    show = "import purvey; print(purvey.__file__)"
    where = run(str(bin_folder / "python"), "-c", show, folder=tmp_path)
    assert str(bin_folder.parent) in where


def test_the_wheel_serves_and_runs_the_demo(bin_folder: Path, tmp_path: Path):
    demo = [str(bin_folder / "purvey"), "demo", "--orders", "30", "--headless"]
    assert "All promises hold" in run(*demo, folder=tmp_path)
