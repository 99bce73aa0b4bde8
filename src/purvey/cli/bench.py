"""`purvey bench`: hand over to the measurements of the source tree, if this is one."""

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

import purvey
from purvey.cli.problem import Problem


def bench(
    *arguments: Annotated[str, Parameter(allow_leading_hyphen=True, help="For `python -m bench`.")],
) -> None:
    """Measure purvey; the figures go to bench/RESULTS.md. Needs the source tree."""
    root = Path(purvey.__file__).parents[2]
    if not (root / "bench" / "__main__.py").exists():
        raise Problem("The measurements are not installed: run this in a clone of the source tree.")
    os.chdir(root)
    os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments])  # noqa: S606
