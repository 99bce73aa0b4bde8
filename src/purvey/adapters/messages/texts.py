"""The built-in texts, read once, and the words that the layout itself needs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MESSAGES = (
    "confirmation",
    "waiting_for_stock",
    "payment_problem",
    "confirm_payment",
    "delayed",
    "shipped",
    "out_for_delivery",
    "ready_to_collect",
    "not_delivered",
    "delivered",
    "cancelled",
    "refunded",
    "return_requested",
    "return_approved",
    "return_refused",
    "return_received",
    "footer",
)
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
}
FALLBACK = "en"
FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """What a shop can edit. `version` 0 is the built-in text; `footer` has a body only."""

    subject: str
    title: str
    body: str
    version: int = 0


def language_of(wish: str | None, *others: str | None) -> str:
    """The first wish that we have: "de-AT" and "de_AT" are German; else English."""
    for one in (wish, *others):
        short = (one or "").replace("_", "-").partition("-")[0].lower()
        if short in LANGUAGES:
            return short
    return FALLBACK


def built_in(message: str, language: str) -> MessageText:
    assert message in MESSAGES, f"there is no message {message}"
    text = _file(language)[message]
    return MessageText(
        subject=text.get("subject", ""),
        title=text.get("title", ""),
        body=text["body"].strip(),
    )


def words(language: str) -> Mapping[str, str]:
    return _file(language)["words"]


@cache
def _file(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
