"""The words of the customer's page, in the languages of the messages."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
HERE = Path(__file__).parent / "texts"


@cache
def words(language: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1024)
def moment(at: datetime, *, language: str, zone: ZoneInfo) -> str:
    """ "3 May 2026, 14:05" on the shop's clocks."""
    return format_datetime(at, "medium", tzinfo=zone, locale=LOCALES[language]).rpartition(":")[0]


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Code and name, by name."""
    territories = Locale(language).territories
    named = [
        (code, name) for code, name in territories.items() if code.isalpha() and len(code) == 2
    ]
    return sorted(
        (pair for pair in named if pair[0] not in ("ZZ", "EU", "UN", "EZ", "XA", "XB")),
        key=lambda pair: pair[1],
    )
