"""What the documentation names is there: pages, headings, files, tests, settings, commands."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from purvey.cli.app import COMMANDS
from purvey.config import PREFIX, Settings
from tests.docs.pages import ROOT

PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for place in ("*.md", "docs/**/*.md", "src/**/*.md")
    for path in ROOT.glob(place)
}
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NAMED = re.compile(r"`((?:src|tests|docs|bench)/[\w./-]+\.\w+)(?:::(\w+))?`")
_SETTING = re.compile(rf"{PREFIX}([A-Z_]*[A-Z])")
_FENCE = re.compile(r"^```(?:bash|console)$(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_FENCE = re.compile(r"^(?:\$ |# )?purvey ([a-z]+)", re.MULTILINE)
_IN_LINE = re.compile(r"`purvey ([a-z]+)")


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_a_page_names_is_there(page: str):
    path = PAGES[page]
    text = path.read_text()
    assert [*_broken_links(path, text), *_missing_files(text), *_unknown_words(text)] == []


def _broken_links(path: Path, text: str) -> Iterator[str]:
    for target, heading in _LINK.findall(text):
        there = (path.parent / target).resolve() if target else path
        if not there.exists():
            yield f"no file: {target}"
        elif heading and heading not in _anchors(there.read_text()):
            yield f"no heading: {target}#{heading}"


def _anchors(text: str) -> set[str]:
    """As GitHub makes them."""
    titles = (re.sub(r"[^\w\s-]", "", title.lower()) for title in _HEADING.findall(text))
    return {title.strip().replace(" ", "-") for title in titles}


def _missing_files(text: str) -> Iterator[str]:
    for name, inside in _NAMED.findall(text):
        path = ROOT / name
        if not path.exists():
            yield f"no file: {name}"
        elif inside and not re.search(rf"\b(def|class) {inside}\b", path.read_text()):
            yield f"not in {name}: {inside}"


def _unknown_words(text: str) -> Iterator[str]:
    settings = {field.name.upper() for field in fields(Settings)}
    named = (x for x in _SETTING.findall(text) if not x.startswith("ADAPTERS__"))
    yield from (f"no setting: {x}" for x in named if x not in settings)
    commands = {name for name, _, _ in COMMANDS}
    used = {*_IN_FENCE.findall("".join(_FENCE.findall(text))), *_IN_LINE.findall(text)}
    yield from (f"no command: {x}" for x in used - commands)
