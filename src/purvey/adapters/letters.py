"""Letters on paper: every name can be drawn, in a font that is there."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont


def drawable(text: str) -> str:
    """Vera has the letters of Western Europe; others lose their accents. What is left without a
    letter is set in a font that the reader's program brings."""
    return "".join(_drawable(letter) for letter in text)


def font_of(text: str) -> str:
    """The name of the font that has the letters of a drawable text."""
    return "Vera" if _latin_letters().issuperset(map(ord, text)) else _font_of_the_east()


def wrapped(text: str, *, size: float, room: float) -> Iterator[str]:
    """By words; a word that is wider than the paper is broken."""
    line = ""
    for word in drawable(text).split():
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size) > room:
            yield line
            longer = word
        while width_of(longer, size) > room:
            letters = range(len(longer), 0, -1)
            fitting = next((n for n in letters if width_of(longer[:n], size) <= room), 1)
            yield longer[:fitting]
            longer = longer[fitting:]
        line = longer
    if line:
        yield line


@lru_cache(maxsize=1_000)
def width_of(text: str, size: float) -> float:
    """Of a drawable text."""
    return float(stringWidth(text, font_of(text), size))


def _drawable(letter: str) -> str:
    if ord(letter) in _latin_letters():
        return letter
    plain = unicodedata.normalize("NFKD", letter)[0]
    return plain if ord(plain) in _latin_letters() else letter


@cache
def _latin_letters() -> frozenset[int]:
    font = TTFont("Vera", "Vera.ttf")
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@cache
def _font_of_the_east() -> str:
    font = UnicodeCIDFont("HeiseiKakuGo-W5")
    pdfmetrics.registerFont(font)
    return str(font.fontName)
