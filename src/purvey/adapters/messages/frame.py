"""A frame of the shop's own around every message: its logo, colours and links, written in MJML.

The frame is a template like a text, and says where the message stands: `[message]` and `[footer]`,
each alone in an `mj-text`. What the message says is drawn as ever and put in at the end, so nothing
that customers wrote is ever read as MJML.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Template

from purvey.adapters.messages.guarded import BadText, Rules, compile_source, output_of
from purvey.adapters.messages.mjml import to_html

FRAME = "frame"
EVERY_LANGUAGE = "all"  # one frame for all: `{{ language }}` tells them apart
MAX_SOURCE = 20_000
PLACES = ("message", "footer")
NAMES = frozenset(
    {
        "shop_name",
        "order_number",
        "order_url",
        "customer_name",  # empty where it is not known
        "subject",
        "preview",
        "language",
    }
)
_RULES = Rules(names=NAMES, parts=(), max_source=MAX_SOURCE, escapes=True)


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that may be used. `version` says which one it is."""

    template: Template
    version: int


def compile_frame(source: str, *, version: int = 0) -> Frame:
    """Raises BadText with the line and what would be right."""
    source = source.strip()
    if not source.startswith("<mjml"):
        raise BadText("A frame is written in MJML and begins with <mjml>.", field=FRAME)
    for place in PLACES:
        source, found = _alone(place).subn(rf"\1{_mark(place)}\2", source)
        if found != 1 or f"[{place}]" in source:
            raise BadText(
                f"Write <mj-text>[{place}]</mj-text> once, where the {place} stands.",
                field=FRAME,
                line=0,
            )
    return Frame(compile_source(source, field=FRAME, rules=_RULES), version)


def framed(frame: Frame, *, values: Mapping[str, str], inside: Mapping[str, str]) -> str:
    """The page of a mail. `values` are texts by NAMES, `inside` is HTML by PLACES."""
    assert values.keys() == NAMES and inside.keys() == set(PLACES)
    html = to_html(output_of(frame.template, values, field=FRAME), field=FRAME)
    for place in PLACES:
        if html.count(_mark(place)) != 1:
            sentence = f"[{place}] is missing in the mail that comes of it."
            raise BadText(sentence, field=FRAME, line=0)
        html = html.replace(_mark(place), inside[place])
    return html


@cache
def frame_to_begin_with() -> str:
    return (Path(__file__).parent / "frame.mjml").read_text(encoding="utf-8")


def _alone(place: str) -> re.Pattern[str]:
    return re.compile(rf"(<mj-text(?:\s[^>]*)?>\s*)\[{place}\](\s*</mj-text>)")


def _mark(place: str) -> str:
    """With signs that nothing has that others wrote: those are cleaned to what can be printed."""
    return f"\ue000{place}\ue001"
