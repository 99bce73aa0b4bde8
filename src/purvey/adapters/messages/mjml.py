"""MJML becomes HTML that looks right in mail programs.

The library is an extra, and trusts its input: it drops what it does not know without a word, and
ten thousand elements within each other end the process. So a text is read here first, and only what
is sound is handed on.
"""

import re
from collections.abc import Callable
from html.entities import html5
from xml.parsers import expat

from purvey.adapters.messages.guarded import MAX_DEPTH, MAX_OUTPUT, BadText

MAX_ELEMENTS = 400
NOT_INSTALLED = 'MJML needs pip install "purvey[mjml]".'
_PARTS = (
    "accordion accordion-element accordion-text accordion-title all attributes body breakpoint"
    " button carousel carousel-image class column divider font group head hero html-attribute"
    " html-attributes image navbar navbar-link preview raw section selector social social-element"
    " spacer style table text title wrapper"
)
KNOWN = {"mjml", *(f"mj-{name}" for name in _PARTS.split())}
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}
_ENTITY = re.compile(r"&(\w+);")
_POSITION = re.compile(r"position (\d+)")


def is_installed() -> bool:
    return _library() is not None


def to_html(source: str, *, field: str) -> str:
    """Raises BadText, with the line where it is known."""
    sound = _ENTITY.sub(_character, source)
    _Reader(field).read(sound)
    html = _converted(sound, field)
    if len(html) > MAX_OUTPUT:
        raise BadText(f"Its HTML has more than {MAX_OUTPUT:,} characters.", field=field, line=0)
    return html


def _character(entity: re.Match[str]) -> str:
    """XML knows five names of characters; who writes HTML knows more."""
    name = entity[1]
    return entity[0] if name in _OF_XML else html5.get(f"{name};", entity[0])


def _library() -> Callable[..., str] | None:
    try:
        from mjml import mjml2html
    except ImportError:  # or another package of this name, which has no such function
        return None
    return mjml2html


def _converted(source: str, field: str) -> str:
    convert = _library()
    if convert is None:
        raise BadText(NOT_INSTALLED, field=field, line=0)
    try:
        # Without fonts: the library would have each mail fetch them from elsewhere.
        return convert(source, disable_comments=True, fonts={}, include_loader=_nothing)
    except ValueError as error:
        what, _, where = str(error).partition(" in root template")
        found = _POSITION.search(where)
        line = 1 + source.encode()[: int(found[1])].count(b"\n") if found else 0
        raise BadText(f"This MJML cannot be read: {what}.", field=field, line=line) from None


def _nothing(path: str) -> str:
    """The second bolt: what asks for a file has been refused before."""
    raise ValueError(f"{path} cannot be included")


class _Reader:
    """Reads the whole text as XML, which builds nothing and follows no entity."""

    def __init__(self, field: str):
        self._field, self._depth, self._elements = field, 0, 0
        self._expat = expat.ParserCreate()
        self._expat.StartElementHandler = self._opened
        self._expat.EndElementHandler = self._closed
        self._expat.StartDoctypeDeclHandler = self._foreign
        self._expat.StartCdataSectionHandler = self._foreign
        self._expat.ProcessingInstructionHandler = self._foreign
        self._expat.XmlDeclHandler = self._foreign

    def read(self, source: str) -> None:
        try:
            self._expat.Parse(source, True)
        except expat.ExpatError as error:
            raise self._bad(_explained(error), error.lineno) from None

    def _opened(self, name: str, attributes: object) -> None:
        self._depth += 1
        self._elements += 1
        kind = name.lower()
        if kind == "mj-include":
            raise self._bad("mj-include cannot be used: nothing is read from files.")
        if kind.startswith("mj") and name not in KNOWN:
            raise self._bad(f"There is no {name}.")
        if self._depth > MAX_DEPTH:
            raise self._bad("It is nested too deeply.")
        if self._elements > MAX_ELEMENTS:
            raise self._bad(f"It has more than {MAX_ELEMENTS} elements.")

    def _closed(self, name: str) -> None:
        self._depth -= 1

    def _foreign(self, *what: object) -> None:
        raise self._bad("Write only elements and text: no '<!DOCTYPE', '<![CDATA[' or '<?'.")

    def _bad(self, sentence: str, line: int | None = None) -> BadText:
        return BadText(sentence, field=self._field, line=line or self._expat.CurrentLineNumber)


def _explained(error: expat.ExpatError) -> str:
    told = expat.ErrorString(error.code)
    hints = {
        "mismatched tag": "An element is not closed where it should be. Write <br/>, not <br>.",
        "no element found": "An element is not closed.",
        "not well-formed (invalid token)": "This is no MJML. Write &amp; for & and &lt; for <.",
        "undefined entity": "There is no such character. Write &amp; for &.",
    }
    return hints.get(told, f"This is no MJML: {told}.")
