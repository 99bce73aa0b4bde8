"""Pages as hands: the numbered lists of a page of the documentation, done in a browser.

Every item is made of sentences like these, and of nothing else that is bold or `so`; what stands in
brackets is for people only:

    1. Open `/orders/new`.
    2. Write `Ann` into **Customer**, press `Enter`, press **Ann Lee**.
    3. Choose **Bank transfer** in **Payment**, tick **Gift**.
    4. You see **Order**. (It has a number of its own.)

A control is found by the beginning of its name, as somebody who reads the page finds it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

# What comes by itself: the worker is asked, or a parcel is on its way.
WAIT_MILLISECONDS = 60_000
_ITEM = re.compile(r"^ *\d+\. +(.*(?:\n {2,}\S.*)*)", re.MULTILINE)
_ASIDE = re.compile(r"\([^()]*\)")
_MARKED = re.compile(r"\*\*[^*]+\*\*|`[^`]+`")
_B, _C = r"\*\*([^*]+)\*\*", r"`([^`]+)`"


@dataclass(frozen=True, slots=True)
class Step:
    line: int
    words: str
    do: Callable[[Page], None]


class NotAStep(Exception):
    """An item of the page's lists says something that no step is made of."""


def steps(text: str, instead_of: Mapping[str, str]) -> Iterator[Step]:
    """`instead_of`: what the page says, and what the test has in its place."""
    for item in _ITEM.finditer(text):
        line = text.count("\n", 0, item.start(1)) + 1
        words = _ASIDE.sub("", item[1])
        found = sorted(_found(words), key=lambda one: one[0].start())
        told = sum(len(_MARKED.findall(match[0])) for match, _ in found)
        if not found or told != len(_MARKED.findall(words)):
            raise NotAStep(f"line {line}: {words}")
        for match, deed in found:
            yield _step(line, match, deed, instead_of)


def _found(words: str) -> Iterator[tuple[re.Match[str], Callable[..., None]]]:
    for pattern, deed in SENTENCES.items():
        for match in re.finditer(pattern, words, re.IGNORECASE):
            yield match, deed


def _step(
    line: int, match: re.Match[str], deed: Callable[..., None], instead_of: Mapping[str, str]
) -> Step:
    given = [" ".join(word.split()) for word in match.groups()]
    given = [instead_of.get(word, word) for word in given]
    return Step(line, match[0], lambda page: deed(page, *given))


def follow(page: Page, text: str, instead_of: Mapping[str, str]) -> None:
    for step in steps(text, instead_of):
        try:
            step.do(page)
        except Exception as error:
            raise AssertionError(f"line {step.line}, {step.words}\n{page.url}\n{error}") from error


# What the sentences mean


def _open(page: Page, path: str) -> None:
    page.goto(path)


def _press(page: Page, name: str) -> None:
    _control(page, name).click()


def _row(page: Page, words: str) -> None:
    page.get_by_role("row").filter(has_text=words).first.get_by_role("link").first.click()


def _key(page: Page, key: str) -> None:
    page.keyboard.press(key)


def _write(page: Page, words: str, label: str) -> None:
    _field(page, label).fill(words)


def _choose(page: Page, option: str, label: str) -> None:
    field = _field(page, label)
    value = field.locator("option").filter(has_text=option).first.get_attribute("value")
    field.select_option(value)


def _tick(page: Page, label: str) -> None:
    _field(page, label).check()


def _see(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words, timeout=WAIT_MILLISECONDS)


SENTENCES: dict[str, Callable[..., None]] = {
    rf"open\s+{_C}": _open,
    rf"press\s+{_B}": _press,
    rf"press\s+the\s+row\s+of\s+{_B}": _row,
    rf"press\s+{_C}": _key,
    rf"write\s+{_C}\s+into\s+{_B}": _write,
    rf"choose\s+{_B}\s+in\s+{_B}": _choose,
    rf"tick\s+{_B}": _tick,
    rf"you\s+see\s+{_B}": _see,
}


def _control(page: Page, name: str) -> Locator:
    begins = re.compile(rf"^\s*{re.escape(name)}", re.IGNORECASE)
    named = page.get_by_role("button", name=begins)
    for role in ("link", "tab", "option", "radio"):
        named = named.or_(page.get_by_role(role, name=begins))  # type: ignore[arg-type]
    folded = page.locator("summary").filter(has_text=begins)
    return named.or_(folded).locator("visible=true").first


def _field(page: Page, label: str) -> Locator:
    begins = re.compile(rf"^\s*{re.escape(label)}", re.IGNORECASE)
    return page.get_by_label(begins).locator("visible=true").first
