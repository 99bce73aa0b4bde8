"""The settings as a page shows them: what each is, where it comes from, and never a secret.

Meanings are the comments beside the settings in config.py, which docs/reference/settings.md is made
from, too.
"""

import inspect
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from purvey.config import PREFIX, Settings, defaults, typed_setting
from purvey.setting_parts import may_change

FILE = Path("purvey.toml")
HERE, NOT_IN_FORCE = "changed here", "changed here, but it cannot be"
NOTHING_CHANGED: Mapping[str, str] = {}
SECRET = re.compile(r"(password|secret|token|key|url)s?$")
SAFE = frozenset({"public_url"})
MASK = "••••••"
_SETTING = re.compile(r"^    (\w+): (?:str|int|float) = (?:.+?)(?:  # (.+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    name: str
    value: str
    origin: str
    meaning: str
    is_default: bool
    may_change: bool  # in the page
    changed: str | None  # there, to this


def shown_settings(
    settings: Settings, changes: Mapping[str, str] = NOTHING_CHANGED
) -> list[tuple[str, list[Shown]]]:
    """By chapter, in the order of config.py. `changes`: what was changed in the pages."""
    of_file = _names_in_file()
    return [
        (title, [_shown(name, meaning, settings, changes, of_file) for name, meaning in names])
        for title, names in _chapters()
    ]


def _shown(
    name: str,
    meaning: str,
    settings: Settings,
    changes: Mapping[str, str],
    /,
    of_file: frozenset[str],
) -> Shown:
    value, is_free = getattr(settings, name), may_change(settings, name)
    changed = changes.get(name) if is_free else None
    is_default = value == defaults()[name]
    origin = _origin(name, is_default=is_default, of_file=of_file)
    return Shown(
        name=name,
        value=masked(name, value),
        origin=origin if changed is None else _origin_here(name, changed, value),
        meaning=meaning,
        is_default=is_default,
        may_change=is_free,
        changed=changed,
    )


def masked(name: str, value: Any) -> str:
    """Passwords in URLs are left out; what is secret as a whole shows only that it is there."""
    text = str(value)
    if name == "database_url":
        parts = urlsplit(text)
        return text.replace(f":{parts.password}@", f":{MASK}@") if parts.password else text
    return MASK if text and name not in SAFE and SECRET.search(name) else text


def _origin_here(name: str, changed: str, value: object) -> str:
    try:
        return HERE if typed_setting(name, changed) == value else NOT_IN_FORCE
    except ValueError:
        return NOT_IN_FORCE


def _origin(name: str, *, is_default: bool, of_file: frozenset[str]) -> str:
    """As read_settings goes: the command line, then the environment, then the file."""
    if f"{PREFIX}{name.upper()}" in os.environ:
        return f"{PREFIX}{name.upper()}"
    if name in of_file:
        return str(FILE)
    return "default" if is_default else "command line"


def _names_in_file() -> frozenset[str]:
    try:
        return frozenset(tomllib.loads(FILE.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return frozenset()


@lru_cache
def _chapters() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    chapters: list[tuple[str, list[tuple[str, str]]]] = []
    for kind, name, meaning in _read(inspect.getsource(Settings)):
        if kind == "chapter":
            chapters.append((name, []))
        else:
            chapters[-1][1].append((name, meaning))
    return [(title, names) for title, names in chapters if names]


def _read(source: str) -> Iterator[tuple[str, str, str]]:
    """A setting whose value takes several lines has its meaning beside its value."""
    lines = iter(source.splitlines())
    for line in lines:
        if line.startswith("    # "):
            yield "chapter", re.sub(r" \(.*\)", "", line[6:].rstrip(".")), ""
        elif found := _SETTING.match(line):
            meaning = found[2] or ""
            while line.rstrip().endswith("(") or (line.startswith("     ") and line.strip() != ")"):
                line = next(lines)  # noqa: PLW2901
                meaning = line.partition("  # ")[2] or meaning
            yield "setting", found[1], meaning


def adapter_settings(given: Mapping[str, object]) -> list[tuple[str, str]]:
    """An adapter's own, as they stand in the file or the environment."""
    return [(name, masked(name, value)) for name, value in sorted(given.items())]
