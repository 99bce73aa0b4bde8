"""The packing slip, A5: for whom the parcel is, and what is inside. No prices: it may be a gift."""

import io
from collections.abc import Iterator

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from purvey.adapters.letters import drawable, font_of
from purvey.domain.order import Order, Shipment

WIDTH, HEIGHT = A5
EDGE, LINE = 36, 16
MAX_LETTERS = 60


def slip_pdf(order: Order, shipment: Shipment, *, shop: str) -> bytes:
    """The barcode is the order's number: scanning it finds the parcel again."""
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=A5, invariant=True)
    canvas.setTitle(f"Packing slip {order.number}")
    height = _head(canvas, order, shop)
    lines = {line.no: line for line in order.lines}
    inside = [(lines[no], units) for no, units in shipment.lines if units]
    for line, units in inside:
        if height < EDGE + 2 * LINE:
            canvas.showPage()
            height = HEIGHT - EDGE
        _write(canvas, str(units), x=EDGE, y=height)
        _write(canvas, line.name, x=EDGE + 32, y=height)
        _write(canvas, line.sku, x=EDGE + 32, y=height - 11, size=8)
        height -= LINE + 12
    total = sum(units for _, units in inside)
    _write(canvas, f"{total} units in this parcel", x=EDGE, y=max(height - 4, EDGE), size=9)
    canvas.save()
    return page.getvalue()


def _head(canvas: Canvas, order: Order, shop: str) -> float:
    height = HEIGHT - EDGE
    _write(canvas, shop, x=EDGE, y=height, size=14)
    _write(canvas, f"Packing slip, order {order.number}", x=EDGE, y=height - 20)
    bars = Code128(str(order.number), barWidth=1.2, barHeight=30, quiet=False)
    bars.drawOn(canvas, WIDTH - EDGE - bars.width, height - 20)
    height -= 48
    for text in _address(order):
        _write(canvas, text, x=EDGE, y=height)
        height -= LINE
    height -= 6
    canvas.line(EDGE, height, WIDTH - EDGE, height)
    return height - LINE - 4


def _address(order: Order) -> Iterator[str]:
    to = order.ship_to
    if to is None:
        yield order.customer.name or order.customer.email or "To be collected"
        return
    place = " ".join(filter(None, (to.postal_code, to.city)))
    yield from filter(None, (to.name, to.line1, to.line2, place, to.country))


def _write(canvas: Canvas, text: str, *, x: float, y: float, size: float = 11) -> None:
    shown = drawable(text[:MAX_LETTERS])
    font = font_of(shown)
    room = WIDTH - EDGE - x
    canvas.setFont(font, min(size, size * room / (canvas.stringWidth(shown, font, size) or 1)))
    canvas.drawString(x, y, shown)
