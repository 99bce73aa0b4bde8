"""Pages as programs: their ```bash blocks run, and the ```text block behind one is what it prints.

In what is printed, `...` stands for anything, and blanks do not count. A block whose first line is
`# name.py` becomes a file. Others (```console, ```json, ```ini ...) are only shown.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_SECONDS = 150  # five are enough, unless the machine has other work to do
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^```\w+\n# ([\w.]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
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
    blocks = list(_FENCE.finditer(text))
    for block, after in zip_longest(blocks, blocks[1:]):
        if block[1] == "bash":
            line = text.count("\n", 0, block.start()) + 2
            yield Example(line, block[2], after[2] if after and after[1] == "text" else None)


def run(page: str, *, folder: Path, instead_of: Mapping[str, str]) -> None:
    """All blocks in one shell, in `folder`; the first command that fails ends it.

    `instead_of`: what the page says, and what the test has in its place.
    """
    text = read(page)
    for name, content in _FILE.findall(text):
        (folder / name).write_text(content)
    todo = list(examples(text))
    ran = _in_bash(todo, folder=folder, instead_of=instead_of)
    printed = ran.stdout.split(_END)
    where = f"{page}:{todo[len(printed) - 1].line}"
    assert ran.returncode == 0, f"{where} failed\n{printed[-1]}\n{ran.stderr}"
    for example, output in zip(todo, printed, strict=True):
        _compare(page, example, output)


def _in_bash(
    todo: list[Example], *, folder: Path, instead_of: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    script = f"\nprintf '{_END}'\n".join(example.code for example in todo)
    for said, here in instead_of.items():
        script = script.replace(said, here)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PURVEY")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**ours, "PATH": path},
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
