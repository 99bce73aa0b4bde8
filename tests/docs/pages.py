"""Pages as programs: their ```bash blocks run, and the ```text block behind one is what it prints.

In what is printed, `...` stands for anything, and blanks do not count. Blocks of other kinds
(```console, ```json, ```ini ...) are only shown.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8000"  # what pages say; the test's server listens elsewhere
MAX_SECONDS = 60
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "\x1e"


@dataclass(frozen=True, slots=True)
class Example:
    """One block, and what it prints if the page says so."""

    line: int
    code: str
    output: str | None


def read(page: str) -> str:
    return (ROOT / page).read_text()


def examples(text: str) -> Iterator[Example]:
    blocks = [(m.start(), m[1], m[2]) for m in _FENCE.finditer(text)]
    for (start, kind, code), (_, next_kind, output) in zip(
        blocks, [*blocks[1:], (0, "", "")], strict=True
    ):
        if kind == "bash":
            line = text.count("\n", 0, start) + 2
            yield Example(line, code, output if next_kind == "text" else None)


def run(page: str, *, folder: Path, address: str, settings: Mapping[str, str]) -> None:
    """All blocks in one shell, in `folder`; the first command that fails ends it."""
    todo = list(examples(read(page)))
    ran = _in_bash(todo, folder=folder, address=address, settings=settings)
    printed = ran.stdout.split(_END)
    for example, output in zip(todo, printed, strict=False):
        _compare(page, example, output)
    assert ran.returncode == 0, f"{page}, block {len(printed)}: {ran.stdout}\n{ran.stderr}"


def _in_bash(
    todo: list[Example], *, folder: Path, address: str, settings: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    script = f"\nprintf '{_END}'\n".join(example.code for example in todo)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PURVEY")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, address)],
        cwd=folder,
        env={**ours, **settings, "PATH": path},
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )


def _compare(page: str, example: Example, output: str) -> None:
    if example.output is None:
        return
    parts = (re.escape("".join(part.split())) for part in example.output.split("..."))
    same = re.fullmatch(".*?".join(parts), "".join(output.split()), re.DOTALL)
    assert same, f"{page}:{example.line} should print\n{example.output}\nbut printed\n{output}"
