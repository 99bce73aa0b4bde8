"""Products: suggested while somebody types, added by name, sku or scanned barcode, taken off."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from purvey.ports.storage import Product
from purvey.queries.finding import find_by_code, suggest_products
from purvey.queries.shelves import offered
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import render
from purvey.web.office.new_order.judging import judge
from purvey.web.office.new_order.page import FOLDER, part, whole_page
from purvey.web.office.new_order.saving import changed, kept
from purvey.web.office.new_order.sheet import ONE, PLACE, RIGHT, posted_sheet

NOT_FOUND = "No product is called that, and none has this sku or barcode."
NOT_SOLD = "This product is not sold any more."
SEVERAL = "Several products fit: choose one."
MOST_TEXT = 100


@page(PLACE + "/find/products", right=RIGHT)
def show_products(request: Request, visitor: Visitor) -> Response:
    """`find`: the beginning of words. The options of a list, for the page's script."""
    text_ = request.query_params.get("find", "")[:MOST_TEXT]
    with visitor.reading() as sql:
        products = suggest_products(sql, text_)
        offers = offered(sql, [product.sku for product in products])
    found = [offers[product.sku] for product in products]
    return render(visitor, FOLDER + "product_options.html", found=found)


@deed(ONE + "/lines", right=RIGHT)
def add_line(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: `sku` (one that was chosen) or `find` (what was typed or scanned); the sheet's."""
    sheet = posted_sheet(request, form)
    answer = _wanted(visitor, text(form, "sku"), text(form, "find")[:MOST_TEXT])
    if isinstance(answer, str):
        return _not_added(request, visitor, form, answer)
    written = sheet.written.with_more(answer.sku)
    at = next(no for no, line in enumerate(written.lines) if line.sku == answer.sku)
    focus = "find" if written.at_counter else f"units-{at}"
    return kept(request, visitor, sheet.with_(written), "lines", focus=focus)


def _wanted(visitor: Visitor, sku: str, typed: str) -> Product | str:
    """The product, or why there is none."""
    with visitor.reading() as sql:
        found = find_by_code(sql, sku or typed) if sku or typed.strip() else None
        if found is None and typed.strip():
            fitting = suggest_products(sql, typed)
            if len(fitting) > 1:
                return SEVERAL
            found = fitting[0] if fitting else None
    if found is None:
        return NOT_FOUND
    return found if found.active else NOT_SOLD


def _not_added(request: Request, visitor: Visitor, form: FormData, why: str) -> Response:
    """What was typed stays; without scripts, the products that fit are shown as buttons."""
    sheet = posted_sheet(request, form)
    judged = judge(visitor, sheet.written, key=sheet.key)
    typed = text(form, "find")[:MOST_TEXT]
    if request.headers.get("hx-request"):
        return part(visitor, sheet, judged=judged, find_problem=why)
    with visitor.reading() as sql:
        found = suggest_products(sql, typed)
    return whole_page(
        visitor, sheet, judged=judged, status=422, find_problem=why, typed=typed, fitting=found
    )


@deed(ONE + "/lines/{no}/remove", right=RIGHT)
def remove_line(request: Request, visitor: Visitor, form: FormData) -> Response:
    written, no = posted_sheet(request, form).written, request.path_params["no"]
    at = int(no) if no.isdecimal() and len(no) < 4 else len(written.lines)
    sheet = changed(request, form, written.without(at))
    return kept(request, visitor, sheet, "lines", focus="find")
