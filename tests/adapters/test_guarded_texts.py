"""Texts that people write: what they may do, and that nothing else is possible or takes long."""

import time

import pytest

from purvey.adapters.messages import (
    LANGUAGES,
    MESSAGES,
    BadText,
    MessageText,
    Part,
    built_in,
    compile_text,
    render,
)
from purvey.adapters.messages.samples import FULL, LONG, try_out


def text(body: str, *, subject: str = "Order {{ order_number }}") -> MessageText:
    return MessageText(subject=subject, title="Hello", body=body)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_built_in_texts_hold_on_every_sample(message: str, language: str):
    try_out(message, compile_text(built_in(message, language)), language=language)


def test_a_text_of_ones_own():
    body = "{% for line in lines %}{{ loop.index }}. {{ line.name|upper }}\n\n{% endfor %}[track]"
    mail = render(Part(message="shipped", facts=FULL, text=compile_text(text(body))))
    assert "1. RED MUG" in mail.text
    assert "2. BLUE MUG" in mail.html
    assert "track/abc" in mail.text


REFUSED = {
    "a loop without an end": "{% for i in range(10**9) %}x{% endfor %}",
    "loops in loops": "{% for a in lines %}{% for b in lines %}x{% endfor %}{% endfor %}",
    "a loop over letters": "{% for a in shop_name %}x{% endfor %}",
    "a loop that calls itself": "{% for a in lines recursive %}{{ loop(lines) }}{% endfor %}",
    "a loop that hides a name": "{% for lines in lines %}x{% endfor %}",
    "a huge text": "{{ 'a' * 10**9 }}",
    "a huge number": "{{ 9**9**9**9 }}",
    "a wide format": "{{ '%1000000000d' % 1 }}",
    "a wide filter": "{{ shop_name|center(1000000000) }}",
    "a format call": "{{ '{:>1000000000}'.format(1) }}",
    "a class": "{{ shop_name.__class__ }}",
    "a way around dots": "{{ shop_name|attr('__class__') }}",
    "an item": "{{ shop_name['__class__'] }}",
    "a method": "{{ shop_name.upper() }}",
    "a global": "{{ self }}",
    "another global": "{{ cycler }}",
    "a namespace": "{{ namespace(a=1) }}",
    "a macro": "{% macro a() %}{{ a() }}{% endmacro %}",
    "an include": "{% include '/etc/passwd' %}",
    "an import": "{% import 'os' as os %}",
    "a base": "{% extends 'layout.html' %}",
    "a set": "{% set a = 1 %}",
    "a call block": "{% call foo() %}{% endcall %}",
    "a filter block": "{% filter upper %}x{% endfilter %}",
    "an attribute that lines have not": "{{ totals.mro }}",
    "a name that is not there": "{{ password }}",
    "a part that is not there": "Hello\n\n[prices]\n",
    "a filter with a name": "{{ shop_name|default(password) }}",
    "a list that is too long": "{{ [1, 2, 3] }}",
    "a slice": "{{ shop_name[::-1] }}",
    "a test": "{{ shop_name is callable }}",
    "deep brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "deep nots": "{{ " + "not " * 1900 + "1 }}",
    "deep ifs": "{% if lines %}" * 200 + "{% endif %}" * 200,
    "what does not end": "{% if lines %}",
    "too much": "x" * 8001,
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_do_harm_is_refused_before_it_runs(case: str):
    start = time.monotonic()
    with pytest.raises(BadText):
        compile_text(text(REFUSED[case]))
    assert time.monotonic() - start < 2


def test_a_refusal_names_the_field_and_the_line():
    with pytest.raises(BadText) as caught:
        compile_text(text("Hello\n\n{{ pasword }}"))
    assert (caught.value.field, caught.value.line) == ("body", 3)
    assert "There is no 'pasword'" in str(caught.value)
    with pytest.raises(BadText) as caught:
        compile_text(text("Hello", subject="{{ order_number"))
    assert (caught.value.field, caught.value.line) == ("subject", 1)


def test_the_output_has_an_end():
    body = "{% for line in lines %}" + "x" * 7000 + "{% endfor %}"
    with pytest.raises(BadText, match="more than 100,000"):
        render(Part(message="shipped", facts=LONG, text=compile_text(text(body))))


def test_a_text_that_needs_what_is_not_always_there_is_found_before_it_goes_live():
    careless = compile_text(text("{{ tracking.number }}"))
    with pytest.raises(BadText):
        try_out("shipped", careless, language="en")
    careful = compile_text(text("{% if tracking %}{{ tracking.number }}{% endif %}"))
    try_out("shipped", careful, language="en")


def test_a_text_cannot_bring_its_own_html():
    mail = render(
        Part(message="shipped", facts=FULL, text=compile_text(text("<script>x</script>")))
    )
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
