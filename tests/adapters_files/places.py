"""Where the data of others lies, and where tests write files of their own."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPO = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DATA = Path(os.environ.get("PURVEY_TEST_DATA", _BESIDE_THE_REPO))


def files(pattern: str) -> list[Path]:
    return sorted(DATA.glob(pattern))


def needed(folder: str) -> pytest.MarkDecorator:
    """Skips, saying so, where the data is not at hand."""
    here = (DATA / folder).is_dir()
    return pytest.mark.skipif(not here, reason=f"no data in {DATA / folder}; see PURVEY_TEST_DATA")
