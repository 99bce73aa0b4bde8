"""Frames in MJML: what they may do, that nothing else gets through, what comes of a good one."""

import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from purvey.adapters.messages import (
    LANGUAGES,
    BadText,
    MessageText,
    Part,
    compile_frame,
    compile_text,
    frame_to_begin_with,
    render,
)
from purvey.adapters.messages.mjml import is_installed
from purvey.adapters.messages.samples import FULL, try_out, try_out_frame

HOW_TO = Path(__file__).parents[2] / "docs/how-to/write-messages.md"
GOOD = frame_to_begin_with()
HERE = "<mj-text>[message]</mj-text>"
CONFIRMED = Part(message="confirmation", facts=FULL)


def with_more(more: str) -> str:
    """`more` stands in line 17, before the message."""
    return GOOD.replace(HERE, more + HERE)


def html_of(source: str, *, part: Part = CONFIRMED, language: str = "en") -> str:
    return render(part, language=language, frame=compile_frame(source)).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_to_begin_with_holds_the_message_and_its_foot(language: str):
    mail = render(CONFIRMED, language=language, frame=compile_frame(GOOD))
    built_in = render(CONFIRMED, language=language)
    assert (mail.subject, mail.text) == (built_in.subject, built_in.text)
    for word in ("Red mug", "£37.65", "High Street", "track/abc", "Lee &amp; Sons", mail.subject):
        assert word in mail.html
    assert f'lang="{language}"' in mail.html
    assert "max-width:600px" in mail.html and "[if mso" in mail.html  # proof against mail programs
    assert "mj-" not in mail.html.replace(".mj-", "").replace('"mj-', "").replace(" mj-", "")
    assert "[message]" not in mail.html and "[footer]" not in mail.html


def test_nothing_is_fetched_to_read_it_but_what_the_frame_names():
    assert "src=" not in html_of(GOOD)
    assert "fonts.googleapis" not in html_of(with_more("<mj-text font-family='Roboto'>x</mj-text>"))
    logo = '<mj-image src="https://shop.example/logo.png" alt="Lee"/>'
    assert 'src="https://shop.example/logo.png"' in html_of(with_more(logo))


def test_what_customers_wrote_is_never_read_as_mjml():
    name = "<mj-include path='/etc/passwd'/> [message] \ue000message\ue001 & <b>"
    part = replace(CONFIRMED, facts=replace(FULL, customer_name=name))
    html = html_of(with_more("<mj-text>Hi {{ customer_name }}!</mj-text>"), part=part)
    assert (
        "Hi &lt;mj-include path=&#39;/etc/passwd&#39;/&gt; [message] message &amp; &lt;b&gt;!"
        in html
    )
    assert html.count("<h1") == 1  # and is no place where the message stands


REFUSED = {
    "a file": (with_more("<mj-include path='/etc/passwd'/>"), "line 17: mj-include cannot be used"),
    "a file in capitals": (with_more("<MJ-INCLUDE path='/etc/passwd'/>"), "mj-include cannot be"),
    "a file in the head": (
        GOOD.replace(
            "<mj-attributes>", "<mj-include path='/etc/passwd' type='css'/><mj-attributes>"
        ),
        "line 5: mj-include cannot be used",
    ),
    "a file in two halves": (
        with_more("<mj-{{ 'include' }} path='/etc/passwd'/>"),
        "line 17: mj-include cannot be used",
    ),
    "an entity of its own": (GOOD.replace("<mj-head>", "<!DOCTYPE a><mj-head>"), "line 2"),
    "what is not read": (GOOD.replace("<mj-head>", "<mj-head><?php ?>"), "line 2: Write only"),
    "an element that is not there": (
        with_more("\n<mj-txt>x</mj-txt>"),
        "line 18: There is no mj-t",
    ),
    "an open element": (
        with_more("<mj-text>\na<br>b</mj-text>"),
        "line 18: An element is not closed",
    ),
    "a bare sign": (with_more("<mj-text>a & b</mj-text>"), "line 17: This is no MJML"),
    "no end": (GOOD.replace("</mjml>", ""), "An element is not closed."),
    "what the library refuses": (
        GOOD.replace("<mj-attributes>", "<mj-attributes><mj-class/>"),
        'line 5: This MJML cannot be read: missing attribute "name"',
    ),
    "too deep": (with_more("<mj-raw>" + "<b>" * 1200 + "</b>" * 1200 + "</mj-raw>"), "too deeply"),
    "too many": (with_more("<mj-text/>" * 500), "more than 400 elements"),
    "too long": (GOOD + " " * 30_000 + "x", "at most 20,000 characters"),
    "too much": (
        GOOD.replace(
            "<mj-section>", "<mj-section><mj-column/></mj-section>" * 190 + "<mj-section>"
        ),
        "more than 100,000 characters",
    ),
    "plain HTML": ("<html><body>[message][footer]</body></html>", "begins with <mjml>"),
    "no message": (GOOD.replace("[message]", ""), "Write <mj-text>[message]</mj-text> once"),
    "no foot": (GOOD.replace("[footer]", ""), "Write <mj-text>[footer]</mj-text> once"),
    "two messages": (with_more(HERE), "Write <mj-text>[message]</mj-text> once"),
    "a message in an attribute": (
        GOOD.replace(HERE, '<mj-text css-class="[message]">x</mj-text>'),
        "Write <mj-text>[message]</mj-text> once",
    ),
    "a message that is left out": (
        GOOD.replace(HERE, f"<!-- {HERE} -->"),
        "is missing in the mail",
    ),
    "a message for some": (
        GOOD.replace(HERE, "{% if customer_name %}" + HERE + "{% endif %}"),
        "[message] is missing in the mail",
    ),
    "a part": (with_more("<mj-text>\n[order]\n</mj-text>"), "There is no part [order] here"),
    "a name of other texts": (with_more("{{ reason }}"), "There is no 'reason'"),
    "a loop": (with_more("{% for x in lines %}x{% endfor %}"), "There is no 'lines'"),
    "arithmetic": (with_more("{{ 'a' * 10**9 }}"), "'mul' cannot be used"),
    "an escape from escaping": (with_more("{{ subject|safe }}"), "The filter 'safe'"),
    "a template": (with_more("{% include '/etc/passwd' %}"), "'include' cannot be used"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_do_harm_or_would_be_lost_is_refused(case: str):
    source, words = REFUSED[case]
    start = time.monotonic()
    with pytest.raises(BadText) as caught:
        try_out_frame(compile_frame(source))
    assert words in str(caught.value)
    assert caught.value.field == "frame"
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "more",
    [
        "<mj-text>x</mj-text>" * 350,
        "<mj-raw>" + "<!-- -->" * 2000 + "</mj-raw>",
        "<mj-text " + " ".join(f"a{no}='1'" for no in range(1800)) + ">x</mj-text>",
    ],
)
def test_the_most_that_is_taken_does_not_take_long(more: str):
    frame = compile_frame(with_more(more))
    start = time.monotonic()
    render(CONFIRMED, frame=frame)
    assert time.monotonic() - start < 2


def test_characters_may_be_written_as_in_html():
    assert "Caf\u00e9\u00a0&amp; Bar" in html_of(
        with_more("<mj-text>Caf&eacute;&nbsp;&amp; Bar</mj-text>")
    )


def test_without_the_extra_one_sentence_says_what_it_needs(monkeypatch: pytest.MonkeyPatch):
    assert is_installed()
    monkeypatch.setitem(sys.modules, "mjml", None)
    assert not is_installed()
    with pytest.raises(BadText) as caught:
        html_of(GOOD)
    assert str(caught.value) == 'Frame: MJML needs pip install "purvey[mjml]".'
    assert "Red mug" in render(CONFIRMED).html  # all else goes on


def test_the_frame_of_the_documentation_holds():
    page = HOW_TO.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```xml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    try_out_frame(compile_frame(example))
    assert "Hilfe" in html_of(example, language="de")


def test_the_text_of_the_documentation_holds():
    page = HOW_TO.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    text = MessageText(subject="Thanks", title="Thanks", body=example)
    try_out("confirmation", compile_text(text), language="en")
