"""Draws a label of ours as a PDF, from the ZPL that was stored: one layout, so both look alike.

Understands what `zpl.py` writes and no more: ^FO, ^A0, ^FH, ^FD, ^GB, ^BY, ^BC.
"""

import io
import re
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from purvey.adapters.letters import drawable, font_of
from purvey.adapters.sandbox_carrier.zpl import HEIGHT, ROOM

DOT = 72 / 203  # in points
PAGE = (4 * 72, 6 * 72)
MAX_CHARACTERS = 20_000

_FIELD = re.compile(r"\^FO(\d+),(\d+)((?:\^(?!FO).*?)*?)\^FS", re.DOTALL)
_BOX = re.compile(r"\^GB(\d+),(\d+)")
_FONT = re.compile(r"\^A0N,(\d+)")
_BARCODE = re.compile(r"\^BY(\d+)\^BCN,(\d+)")
_DATA = re.compile(r"\^FD(.*)", re.DOTALL)
_HEX = re.compile(r"_([0-9A-F]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    x: float
    y: float  # of the upper edge, from below


def label_pdf(zpl: str) -> bytes:
    """4 x 6 inches, for a shop without a label printer. Raises ValueError for what is not ours."""
    fields = _FIELD.findall(zpl[:MAX_CHARACTERS])
    if not fields:
        raise ValueError("This is not a label that the sandbox carrier wrote.")
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=PAGE, invariant=True)
    canvas.setTitle("Label")
    for x, y, commands in fields:
        _draw(canvas, _Place(x=int(x) * DOT, y=(HEIGHT - int(y)) * DOT), commands)
    canvas.save()
    return page.getvalue()


def _draw(canvas: Canvas, place: _Place, commands: str) -> None:
    data = _DATA.search(commands)
    text = _HEX.sub(lambda x: chr(int(x[1], 16)), data[1]) if data else ""
    if box := _BOX.search(commands):
        width, height = (int(x) * DOT for x in box.groups())
        canvas.rect(place.x, place.y - height, width, height, stroke=0, fill=1)
    elif bars := _BARCODE.search(commands):
        _draw_barcode(canvas, place, text, module=int(bars[1]) * DOT, height=int(bars[2]) * DOT)
    elif font := _FONT.search(commands):
        _draw_text(canvas, place, text, size=int(font[1]) * DOT)


def _draw_barcode(
    canvas: Canvas, place: _Place, text: str, *, module: float, height: float
) -> None:
    bars = Code128(text, barWidth=module, barHeight=height, quiet=False)
    bars.drawOn(canvas, place.x, place.y - height)


def _draw_text(canvas: Canvas, place: _Place, text: str, *, size: float) -> None:
    text = drawable(text)
    font = font_of(text)
    size *= 0.85  # Vera is wider than a label printer's own letters
    size = min(size, size * ROOM * DOT / (canvas.stringWidth(text, font, size) or 1))
    canvas.setFont(font, size)
    canvas.drawString(place.x, place.y - size, text)
