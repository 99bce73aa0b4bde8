"""From a text and the facts to what is sent: a subject, a plain text, an HTML page.

Both come from the same paragraphs, so they cannot say different things.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from purvey.adapters.messages.facts import MessageFacts
from purvey.adapters.messages.frame import NAMES as FRAME_NAMES
from purvey.adapters.messages.frame import Frame, framed
from purvey.adapters.messages.guarded import (
    MAX_LINES,
    PARTS,
    Compiled,
    compile_text,
    output_of,
)
from purvey.adapters.messages.texts import FALLBACK, built_in, words

MAX_VALUE = 500  # characters of one thing that somebody else wrote
SHARED_PARTS = ("track", "address")  # once in a message, however many events it tells of

_EMPTY_LINES = re.compile(r"\n\s*\n")
_FIELDS = tuple(field.name for field in fields(MessageFacts))
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One event to tell of. `text` None: the built-in one."""

    message: str
    facts: MessageFacts
    text: Compiled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Block:
    """A title or a paragraph with its words, or a part of the layout with its facts."""

    kind: str  # title, paragraph, part
    words: str
    facts: MessageFacts


def render(
    *parts: Part,
    language: str = FALLBACK,
    footer: Compiled | None = None,
    frame: Frame | None = None,
    with_html: bool = True,
) -> Rendered:
    """One message about one event or about several; its subject is the confirmation's, if one is
    among them, else the last one's.

    `frame`: the page around it that the shop wrote; without one, the layout's.
    `with_html=False` leaves the HTML empty, for a notifier that sends none: it is half of the cost.
    Raises BadText when a shop's own text or frame fails on these facts.
    """
    cleaned = [replace(part, facts=_clean(part.facts)) for part in parts]
    last = next((part for part in cleaned if part.message == "confirmation"), cleaned[-1])
    blocks = list(_without_doubles(block for part in cleaned for block in _blocks(part, language)))
    facts = _values(last.facts)
    subject = _subject(last, language, facts)
    values = {
        **facts,
        "subject": subject,
        "blocks": blocks,
        "words": words(language),
        "language": language,
        "footer": _paragraphs(_footer(footer, language), facts),
        "preview": next((block.words for block in blocks if block.kind == "paragraph"), ""),
    }
    return Rendered(
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", _layout("layout.txt").render(values)).strip() + "\n",
        html=_html(values, frame) if with_html else "",
    )


def _html(values: Values, frame: Frame | None) -> str:
    if frame is None:
        return _layout("layout.html").render(values)
    return framed(
        frame,
        values={name: values[name] or "" for name in FRAME_NAMES},
        inside={
            "message": _layout("content.html").render(values),
            "footer": Markup("<br>").join(values["footer"]),
        },
    )


def _subject(part: Part, language: str, values: Values) -> str:
    text = output_of(_text_of(part, language).subject, values, field="subject")
    return " ".join(text.split())


def _blocks(part: Part, language: str) -> Iterator[Block]:
    text, values = _text_of(part, language), _values(part.facts)
    title = " ".join(output_of(text.title, values, field="title").split())
    if title:
        yield Block("title", title, part.facts)
    for words_ in _paragraphs(text, values):
        name = words_[1:-1]
        is_part = words_.startswith("[") and words_.endswith("]") and name in PARTS
        yield Block("part", name, part.facts) if is_part else Block("paragraph", words_, part.facts)


def _paragraphs(text: Compiled, values: Values) -> list[str]:
    body = output_of(text.body, values, field="body")
    found = (" ".join(paragraph.split()) for paragraph in _EMPTY_LINES.split(body))
    return [paragraph for paragraph in found if paragraph]


def _without_doubles(blocks: Iterator[Block]) -> Iterator[Block]:
    seen = set[tuple[str, str]]()
    for block in blocks:
        same = (block.kind, block.words)
        if block.kind == "part" and block.words not in SHARED_PARTS:
            same = (block.words, repr(block.facts))
        if same not in seen:
            seen.add(same)
            yield block


def _text_of(part: Part, language: str) -> Compiled:
    return part.text or _built_in(part.message, language)


def _footer(footer: Compiled | None, language: str) -> Compiled:
    return footer or _built_in("footer", language)


@cache
def _built_in(message: str, language: str) -> Compiled:
    return compile_text(built_in(message, language))


def _values(facts: MessageFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in _FIELDS}


def _clean(facts: MessageFacts) -> MessageFacts:
    """What others wrote is one line of bounded length: it can start neither header nor part."""
    cleaned: MessageFacts = _one_line(facts)
    return cleaned


def _one_line(value: Any) -> Any:
    """The very same thing where nothing has to be changed, as nearly always."""
    if isinstance(value, str):
        return value if len(value) <= MAX_VALUE and value.isprintable() else _spaced(value)
    if isinstance(value, tuple):
        lines = tuple([_one_line(x) for x in value[:MAX_LINES]])
        return value if lines == value else lines
    kind: Any = type(value)
    names = _names_of(kind)
    if not names:
        return value
    pairs = [(name, getattr(value, name)) for name in names]
    changed = {name: new for name, old in pairs if (new := _one_line(old)) is not old}
    return replace(value, **changed) if changed else value


@cache  # a handful of kinds
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _spaced(text: str) -> str:
    printable = "".join(x if x.isprintable() else " " for x in text)
    return " ".join(printable.split())[:MAX_VALUE]


@cache
def _layout(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["web_link"] = _web_link
    return environment


def _web_link(url: str | None) -> str:
    """Escaping does not help against `javascript:`, so nothing but the web becomes a link."""
    return url if url and url.startswith(("https://", "http://")) else ""
