"""The pictures of pages can be taken anew, and those that are there are small and known."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.pages import ROOT

SCRIPT = ROOT / "docs" / "pictures.py"
MAX_BYTES = 150_000
SHOWN = re.compile(r"!\[[^\]]*\]\([\w./]*pictures/([\w-]+\.png)\)")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.timeout(900)  # it may have to install Chromium first
def test_a_picture_is_taken_at_both_widths(tmp_path: Path):
    done = run("track", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    widths = {}
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            widths[path.name] = picture.width
    assert widths == {"track.png": 1440, "track-phone.png": 390}
    assert set(widths) == set(re.findall(r"[\w-]+\.png", done.stdout))


def test_an_unknown_picture_is_named():
    done = run("nothing")
    assert done.returncode == 2
    assert "there is no picture nothing" in done.stderr


def test_the_pictures_are_those_that_pages_show():
    shown = {
        name
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for name in SHOWN.findall(page.read_text())
    }
    names = re.findall(r'^    Picture\(\s*"([\w-]+)"', SCRIPT.read_text(), re.MULTILINE)
    there = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert set(there) == shown
    assert shown <= {f"{name}{end}.png" for name in names for end in ("", "-phone")}
    assert [name for name, size in there.items() if size > MAX_BYTES] == []
