"""A quote as a letter: A4, as many pages as its lines need."""

import io
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from purvey.adapters.letters import drawable, font_of, wrapped
from purvey.web.office.new_order.quote_paper import Paper, PaperLine

WIDTH, HEIGHT = A4
EDGE, FOOT = 20 * mm, 22 * mm
RIGHT = WIDTH - EDGE
UNITS, PRICE = RIGHT - 62 * mm, RIGHT - 30 * mm  # where these columns end
SUMS = UNITS - 30 * mm  # where their words begin
ROOM = UNITS - 18 * mm - EDGE  # of a product's name
SIZE, SMALL, LARGE = 10.0, 8.0, 16.0
LEADING = 1.4


@dataclass(slots=True)
class Pen:
    """Where on which page we are; a page that is full is followed by another."""

    canvas: Canvas
    paper: Paper
    y: float = HEIGHT - EDGE
    page: int = 1

    def down(self, size: float = SIZE) -> None:
        self.y -= size * LEADING

    def left(self, text: str, *, size: float = SIZE, x: float = EDGE) -> None:
        shown = drawable(text)
        self.canvas.setFont(font_of(shown), size)
        self.canvas.drawString(x, self.y, shown)

    def right(self, text: str, *, size: float = SIZE, x: float = RIGHT) -> None:
        shown = drawable(text)
        self.canvas.setFont(font_of(shown), size)
        self.canvas.drawRightString(x, self.y, shown)

    def rule(self) -> None:
        self.canvas.line(EDGE, self.y + SIZE / 2, RIGHT, self.y + SIZE / 2)
        self.down()

    def make_room(self, height: float) -> bool:
        """True: for that, a new page was begun."""
        if self.y - height >= FOOT:
            return False
        self.end_page()
        self.page += 1
        self.y = HEIGHT - EDGE
        return True

    def end_page(self) -> None:
        self.y = EDGE / 2
        words = self.paper.words["page"]
        self.right(words.format(number=self.paper.number, page=self.page), size=SMALL)
        self.canvas.showPage()


def drawn_quote(paper: Paper) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    canvas.setTitle(paper.words["title"].format(number=paper.number))
    pen = Pen(canvas, paper)
    _head(pen)
    _columns(pen)
    for line in paper.lines:
        _line(pen, line)
    _sums(pen)
    pen.end_page()
    canvas.save()
    return file.getvalue()


def _head(pen: Pen) -> None:
    paper = pen.paper
    pen.down(LARGE)
    for part in wrapped(paper.shop, size=LARGE, room=RIGHT - EDGE):
        pen.left(part, size=LARGE)
        pen.down(LARGE)
    pen.down()
    pen.left(paper.words["for"], size=SMALL)
    pen.down()
    for text in paper.to:
        for part in wrapped(text, size=SIZE, room=RIGHT - EDGE):
            pen.left(part)
            pen.down()
    pen.down(LARGE)
    pen.left(paper.words["title"].format(number=paper.number), size=LARGE)
    pen.right(paper.made)
    pen.down(LARGE)


def _columns(pen: Pen) -> None:
    words = pen.paper.words
    pen.left(words["product"], size=SMALL)
    pen.right(words["units"], size=SMALL, x=UNITS)
    pen.right(words["price"], size=SMALL, x=PRICE)
    pen.right(words["sum"], size=SMALL)
    pen.down()
    pen.rule()


def _line(pen: Pen, line: PaperLine) -> None:
    name = list(wrapped(line.name, size=SIZE, room=ROOM))
    sku = list(wrapped(line.sku, size=SMALL, room=ROOM)) if line.sku != line.name else []
    height = (len(name) + len(sku) + 1) * SIZE * LEADING
    if pen.make_room(height):
        _columns(pen)
    pen.right(line.units, x=UNITS)
    pen.right(line.price, x=PRICE)
    pen.right(line.sum)
    for part in name:
        pen.left(part)
        pen.down()
    for part in sku:
        pen.left(part, size=SMALL)
        pen.down(SMALL)
    pen.down(SMALL / 2)


def _sums(pen: Pen) -> None:
    paper = pen.paper
    pen.make_room((len(paper.sums) + 6) * SIZE * LEADING)
    pen.rule()
    for words, amount in paper.sums:
        pen.left(words, x=SUMS)
        pen.right(amount)
        pen.down()
    pen.left(paper.words["total"], size=SIZE + 2, x=SUMS)
    pen.right(paper.total, size=SIZE + 2)
    pen.down()
    pen.down()
    pen.left(paper.until)
