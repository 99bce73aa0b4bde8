"""The reference pages are what the code says."""

import subprocess
import sys

from tests.docs.pages import ROOT


def test_no_page_is_stale():
    command = [sys.executable, ROOT / "docs" / "generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
