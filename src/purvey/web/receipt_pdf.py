"""A receipt on the paper roll of a counter's printer: 80 mm wide, as long as it needs."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from purvey.adapters.letters import drawable, font_of, wrapped
from purvey.domain.money import to_text
from purvey.web.office.new_order.receipt import Item, Receipt

WIDTH, MARGIN = 80 * mm, 4 * mm
ROOM = WIDTH - 2 * MARGIN
SIZE, LARGE = 8.5, 12.0
LEADING = 1.35
GAP = 2 * mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Text on the left, an amount on the right; without both, a rule."""

    left: str = ""
    right: str = ""
    size: float = SIZE

    @property
    def height(self) -> float:
        return self.size * LEADING if self.left or self.right else 2 * GAP


RULE = Row()


def drawn_receipt(receipt: Receipt, *, shop: str) -> bytes:
    rows = list(_rows(receipt, shop))
    height = 2 * MARGIN + sum(row.height for row in rows)
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=(WIDTH, height), invariant=True)
    canvas.setTitle(f"Receipt {receipt.number}")
    y = height - MARGIN
    for row in rows:
        y -= row.height
        _draw(canvas, row, y)
    canvas.save()
    return page.getvalue()


def _rows(receipt: Receipt, shop: str) -> Iterator[Row]:
    yield from (Row(left=part, size=LARGE) for part in wrapped(shop, size=LARGE, room=ROOM))
    yield Row(left=f"Receipt {receipt.number}", right=f"{receipt.at:%Y-%m-%d %H:%M}")
    yield RULE
    for item in receipt.items:
        yield from _item(item, receipt.currency)
    yield RULE
    for words, amount in receipt.sums:
        yield Row(left=words, right=to_text(amount, receipt.currency))
    whole = to_text(receipt.total, receipt.currency)
    yield Row(left=f"Total {receipt.currency}", right=whole, size=LARGE)
    for way, amount in receipt.paid:
        yield Row(left=way, right=to_text(amount, receipt.currency))
    if receipt.given is not None and receipt.change is not None:
        yield Row(left="Given", right=to_text(receipt.given, receipt.currency))
        yield Row(left="Change", right=to_text(receipt.change, receipt.currency))


def _item(item: Item, currency: str) -> Iterator[Row]:
    yield from (Row(left=part) for part in wrapped(item.name, size=SIZE, room=ROOM))
    each = f"  {item.units} × {to_text(item.price, currency)}"
    yield Row(left=each, right=to_text(item.total, currency))


def _draw(canvas: Canvas, row: Row, y: float) -> None:
    if row.height == RULE.height and not row.left:
        canvas.line(MARGIN, y + GAP, WIDTH - MARGIN, y + GAP)
        return
    left = drawable(row.left)
    canvas.setFont(font_of(left), row.size)
    canvas.drawString(MARGIN, y + row.size * 0.25, left)
    canvas.setFont(font_of(row.right), row.size)
    canvas.drawRightString(WIDTH - MARGIN, y + row.size * 0.25, row.right)
