"""Quotes: made from the sheet of an order, listed, and turned into orders."""

import json
from dataclasses import replace
from datetime import date

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.availability import Had
from purvey.domain.money import to_text
from purvey.kit.process import Refusal
from purvey.operations.put_quotes import QuoteWish, drop_quotes, make_quotes
from purvey.ports.desk import Quote
from purvey.queries.desk import LAST, find_quote, list_quotes
from purvey.queries.orders import read_orders
from purvey.queries.shelves import offered
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import whole
from purvey.web.office.html import back, render
from purvey.web.office.new_order.agreed import (
    content_of_quote,
    why_not,
    written_again,
)
from purvey.web.office.new_order.judging import Judged, judge
from purvey.web.office.new_order.page import FOLDER, whole_page
from purvey.web.office.new_order.sheet import ONE, RIGHT, Sheet, keep, new_sheet, posted_sheet
from purvey.web.office.new_order.written import PHONE

PLACE = "/quotes"
QUOTE = PLACE + "/{quote}"
ROWS = 50
NOT_KEPT = "No quote yet: something is missing or wrong. It is said at its field."
NOBODY = "Write who the quote is for: a name, an e-mail address or a phone number."
NO_DAY = "Write the last day on which the prices hold."
TWO_PRICES = "The same product stands here at two prices; a quote has one."
LATER = frozenset({"token", "given", "order", "line1", "city", "postal_code", "region", "country",
                   "ship_name", "method", "date", "pay", "gateway", "terms"})  # fmt: skip


@page(PLACE, right="orders:read")
def show_quotes(request: Request, visitor: Visitor) -> Response:
    """`before`: the number that the page before ended with."""
    before = whole(request.query_params.get("before", "")) or LAST
    with visitor.reading() as sql:
        found = list_quotes(sql, limit=ROWS, before=before)
        orders = read_orders(sql, {x.order_id for x in found.items if x.order_id})
    return render(
        visitor,
        FOLDER + "quotes.html",
        quotes=found.items,
        orders=orders,
        today=_today(visitor),
        following=f"{PLACE}?before={found.next[0]}" if found.next else "",
    )


@page(QUOTE, right="orders:read")
def show_quote(request: Request, visitor: Visitor) -> Response:
    quote = the_quote(request, visitor)
    content = json.loads(quote.content)
    with visitor.reading() as sql:
        order = read_orders(sql, [quote.order_id]).get(quote.order_id) if quote.order_id else None
        offers = offered(sql, content["lines"])
    return render(
        visitor,
        FOLDER + "quote.html",
        quote=quote,
        order=order,
        offers=offers,
        lines=content["lines"],
        discount=content["discount"],
        why_not=why_not(quote, today=_today(visitor)),
        may_order=visitor.may(RIGHT),
    )


@deed(ONE + "/quote", right=RIGHT)
def make(request: Request, visitor: Visitor, form: FormData) -> Response:
    """All fields of the sheet; `valid_until`: the last day."""
    sheet = posted_sheet(request, form)
    judged = judge(visitor, sheet.written, key=sheet.key, asked=True)
    problems, until = _problems(judged), _date(sheet.written["valid_until"])
    if until is None:
        problems["valid_until"] = NO_DAY
    if not problems and until is not None:
        answer = _made(visitor, sheet, judged, until=until)
        if isinstance(answer, Quote):
            return back(f"{PLACE}/{answer.number}", told=f"Quote {answer.number} is kept.")
        problems["valid_until"] = answer.sentence
    return whole_page(
        visitor, sheet, judged=replace(judged, problems=problems), status=422, problem=NOT_KEPT
    )


def _made(visitor: Visitor, sheet: Sheet, judged: Judged, *, until: date) -> Quote | Refusal:
    written = judged.written
    wish = QuoteWish(
        content=content_of_quote(written, lines=judged.lines, sums=judged.sums),
        customer=written["name"] or written["email"] or written["phone"],
        contact=written.contact,
        total=judged.sums.total,
        currency=visitor.house.settings.currency,
        valid_until=until,
        draft_id=sheet.id,
    )
    answer: Quote | Refusal = visitor.do(make_quotes, [wish])[0]
    return answer


def _problems(judged: Judged) -> dict[str, str]:
    """Of what a quote holds: goods, prices and for whom. The rest is asked when it is ordered."""
    written = judged.written
    coming = {f"units-{line.no}" for line in judged.lines if line.had and line.had.had == Had.NOT}
    found = {
        name: words
        for name, words in judged.problems.items()
        if name not in LATER and name not in coming
    }
    prices: dict[str, int | None] = {}
    for line in judged.lines:
        if prices.setdefault(line.written.sku, line.price) != line.price:
            found[f"price-{line.no}"] = TWO_PRICES
        if line.listed is None:
            found[f"units-{line.no}"] = "This product is not in the catalogue."
    if not (written["name"] or written["email"] or written["phone"]):
        found["name"] = NOBODY
    return found


@deed(QUOTE + "/order", right=RIGHT)
def start_order(request: Request, visitor: Visitor, form: FormData) -> Response:
    """A draft with the quote's goods: at its prices while they hold, and else at today's."""
    quote = the_quote(request, visitor)
    holding = not why_not(quote, today=_today(visitor))
    written = written_again(
        quote, amount=lambda minor: to_text(minor, quote.currency), holding=holding
    )
    sheet = new_sheet(visitor, at=PHONE).with_(written)
    answer = keep(visitor, sheet, judged=judge(visitor, written, key=sheet.key))
    if isinstance(answer, Refusal):
        return back(f"{PLACE}/{quote.number}", told=answer.sentence)
    return back(sheet.path)


@deed(QUOTE + "/delete", right=RIGHT)
def delete_quote(request: Request, visitor: Visitor, form: FormData) -> Response:
    quote = the_quote(request, visitor)
    [answer] = visitor.do(drop_quotes, [quote.number])
    if isinstance(answer, Refusal):
        return back(f"{PLACE}/{quote.number}", told=answer.sentence)
    return back(PLACE, told=f"Quote {quote.number} is deleted.")


def the_quote(request: Request, visitor: Visitor) -> Quote:
    """Raises HTTPException (404)."""
    number = whole(request.path_params["quote"])
    with visitor.reading() as sql:
        quote = find_quote(sql, number) if number else None
    if quote is None:
        raise HTTPException(404, "There is no such quote.")
    return quote


def _date(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _today(visitor: Visitor) -> date:
    return visitor.house.clock().date()
