"""The customer's messages: one text in each language becomes a plain text and an HTML page.

`texts/<language>.toml` has the built-in texts; a shop's own ones (settings) take their place.
A text is a subject, a title and paragraphs. A paragraph that is only `[order]`, `[lines]`,
`[address]`, `[parcel]`, `[track]` or `[confirm]` stands for that part, drawn by the layout.
Around it stands the layout's page, or a frame that the shop wrote in MJML.
"""

from purvey.adapters.messages.facts import MessageFacts, MessageLine, Totals, Tracking
from purvey.adapters.messages.frame import (
    EVERY_LANGUAGE,
    FRAME,
    Frame,
    compile_frame,
    frame_to_begin_with,
)
from purvey.adapters.messages.guarded import BadText, Compiled, compile_text
from purvey.adapters.messages.rendering import Part, Rendered, render
from purvey.adapters.messages.texts import LANGUAGES, MESSAGES, MessageText, built_in, language_of

__all__ = [
    "EVERY_LANGUAGE",
    "FRAME",
    "LANGUAGES",
    "MESSAGES",
    "BadText",
    "Compiled",
    "Frame",
    "MessageFacts",
    "MessageLine",
    "MessageText",
    "Part",
    "Rendered",
    "Totals",
    "Tracking",
    "built_in",
    "compile_frame",
    "compile_text",
    "frame_to_begin_with",
    "language_of",
    "render",
]
