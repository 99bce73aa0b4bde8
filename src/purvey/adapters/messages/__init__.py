"""The customer's mails: text and HTML from the same facts, one folder of templates a language.

`templates/<language>/<name>.txt` begins with the subject on a line of its own; `<name>.html` fills
the layout that all languages share. A language needs both for every name in TEMPLATES.
"""

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from purvey.adapters.messages.facts import MessageFacts, MessageLine, Totals, Tracking

__all__ = ["TEMPLATES", "MessageFacts", "MessageLine", "Rendered", "Totals", "Tracking", "render"]

TEMPLATES = (
    "confirmation",
    "waiting_for_stock",
    "payment_problem",
    "shipped",
    "delivered",
    "cancelled",
)
FOLDER = Path(__file__).parent / "templates"
FALLBACK = "en"

_EMPTY_LINES = re.compile(r"\n{3,}")
_FIELDS = tuple(field.name for field in fields(MessageFacts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(
    template: str, facts: MessageFacts, *, language: str = FALLBACK, with_html: bool = True
) -> Rendered:
    """`template` is one of TEMPLATES. "de-AT" falls back to "de", then to English.

    `with_html=False` leaves the HTML empty, for a notifier that sends none: it is half of the cost.
    """
    values = {name: getattr(facts, name) for name in _FIELDS}
    as_text, as_html = _templates(template, language)
    subject, _, text = as_text.render(values).partition("\n")
    return Rendered(
        subject=" ".join(subject.split()),
        text=_EMPTY_LINES.sub("\n\n", text.strip()) + "\n",
        html=as_html.render(values) if with_html else "",
    )


@cache
def languages() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.is_dir())


@cache
def _templates(template: str, language: str) -> tuple[Template, Template]:
    assert template in TEMPLATES, f"there is no mail {template}"
    folder = next((x for x in (language, language[:2]) if x in languages()), FALLBACK)
    environment = _environment()
    return (
        environment.get_template(f"{folder}/{template}.txt"),
        environment.get_template(f"{folder}/{template}.html"),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["web_link"] = _web_link
    return environment


def _web_link(url: str) -> str:
    """Escaping does not help against `javascript:`, so nothing but the web becomes a link."""
    return url if url.startswith(("https://", "http://")) else ""
