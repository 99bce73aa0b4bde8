"""Which letters do the bytes stand for? Byte order marks first, then what cannot be otherwise.

No statistics: a guess that is right for most files is wrong for some and nobody notices. What has
no mark and is not UTF-16 is read as UTF-8, and a line that is not valid UTF-8 as Windows-1252: that
is what old spreadsheets write, and text of that kind is hardly ever valid UTF-8 by chance.
"""

import codecs

from purvey.adapters.files.opening import FileRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(sample: bytes) -> str:
    """Python's name of the encoding, by the first bytes of a file."""
    if not sample.strip():
        raise FileRefused("empty_file", "The file is empty.")
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name or _refuse_binary()
    if b"\0" not in sample:
        return "utf-8"
    return _utf16_without_mark(sample) or _refuse_binary()


def _utf16_without_mark(sample: bytes) -> str | None:
    """Most characters of an order file have a zero byte, always on the same side of the pair."""
    zeros_first, zeros_second = sample[0::2].count(0), sample[1::2].count(0)
    few, many = sorted((zeros_first, zeros_second))
    if few * 20 > many or many * 2 < len(sample) // 2:
        return None
    name = "utf-16-le" if many == zeros_second else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(name, errors="replace")
    odd = sum(1 for c in text if c == "\ufffd" or (not c.isprintable() and c not in "\r\n\t"))
    return name if odd * 100 <= len(text) else None


def _refuse_binary() -> str:
    sentence = "This is no text file; save the orders as CSV in UTF-8."
    raise FileRefused("binary_file", sentence)
