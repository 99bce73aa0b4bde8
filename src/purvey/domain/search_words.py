"""By which words customers and products are found, and what somebody looks for.

A word is looked up by its beginning, so it is kept the way everybody types it: no capitals, no
accents, phone numbers as digits with and without their country. Both sides go through here.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

MAX_WORDS, MAX_LENGTH, MAX_TERMS = 16, 64, 5
MIN_DIGITS = 3  # of a phone number that is looked for
END = "\U0010ffff"  # behind every letter
_PHONE = re.compile(r"[\d\s()+./-]+")
_EDGES = re.compile(r"^\W+|\W+$")
_INSIDE = re.compile(r"[\W_]+")


def words_of_customer(
    *, name: str | None, email: str | None, phone: str | None, external_id: str | None
) -> list[str]:
    """The parts of the name, the e-mail address and its parts before the @, the phone, the id."""
    mail = plain(email or "")
    parts = [*_parts(name or ""), mail, *_INSIDE.split(mail.partition("@")[0])]
    return _kept([*parts, *_phone_words(phone or ""), plain(external_id or "")])


def words_of_product(*, sku: str, name: str) -> list[str]:
    return _kept([plain(sku), *_parts(sku), *_parts(name)])


def terms_of(text: str) -> list[str]:
    """The beginnings that have to be found, all of them."""
    if _PHONE.fullmatch(text) and len(digits := _significant(text)) >= MIN_DIGITS:
        return [digits[:MAX_LENGTH]]
    terms = (_EDGES.sub("", term)[:MAX_LENGTH] for term in plain(text).split())
    return list(dict.fromkeys(term for term in terms if term))[:MAX_TERMS]


def plain(text: str) -> str:
    if text.isascii():  # there are no accents to take off: a tenth of the price
        return text.strip().lower()
    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def national(phone: str) -> str:
    """Its digits without the country's code, where that can be told."""
    whole, behind = (*_phone_words(phone), "")[:2]
    return behind or whole


def _parts(text: str) -> list[str]:
    """Each word, and the words of a double one: "smith-jones" is found as "jones", too."""
    words = [_EDGES.sub("", word) for word in plain(text).split()]
    return [*words, *(part for word in words for part in _INSIDE.split(word) if part != word)]


def _phone_words(text: str) -> list[str]:
    """All digits, and those behind the country's code: who calls seldom says it."""
    digits = _significant(text)
    if not digits or not text.strip().startswith(("+", "00")):
        return [digits]
    return [digits, next((digits[n:] for n in (1, 2, 3) if digits[:n] in _countries()), "")]


def _significant(text: str) -> str:
    """Zeros before a number only say how it is dialled, and so does the one in "+44 (0)20"."""
    digits = filter(str.isdigit, text.replace("(0)", ""))
    return "".join(digits).lstrip("0") if text.isascii() else ""


@cache
def _countries() -> frozenset[str]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # the rule books are loaded late

    return frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))


def _kept(words: Iterable[str]) -> list[str]:
    """What another one begins with is found by that one: "ann" by "ann.lee@example.com"."""
    kept = list(dict.fromkeys([word[:MAX_LENGTH] for word in words if word]))[:MAX_WORDS]
    every = sorted(kept)  # right behind a word stands what begins with it
    longer = {word: after for word, after in pairwise(every) if after.startswith(word)}
    return [word for word in kept if word not in longer]
