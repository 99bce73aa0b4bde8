"""A quote on paper, for the customer: in their language, with the prices that were agreed."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from purvey.config import Settings
from purvey.ports.desk import Quote
from purvey.queries.shelves import offered
from purvey.queries.wording import language_spoken, long_day, money
from purvey.web.labels import PDF
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import headers_of
from purvey.web.office.new_order.quotes import QUOTE, the_quote
from purvey.web.office.new_order.reading import address_in
from purvey.web.office.new_order.written import Written, from_json

WORDS = Path(__file__).parent / "quote_words.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    name: str
    sku: str
    units: str
    price: str
    sum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All in the customer's words. `sums`: what stands between the lines and the total."""

    number: int
    shop: str
    words: Mapping[str, str]
    made: str
    until: str
    to: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    sums: tuple[tuple[str, str], ...]
    total: str


@page(QUOTE + "/quote.pdf", right="orders:read")
def show_quote_pdf(request: Request, visitor: Visitor) -> Response:
    from purvey.web.quote_pdf import drawn_quote  # loads reportlab

    quote = the_quote(request, visitor)
    with visitor.reading() as sql:
        offers = offered(sql, json.loads(quote.content)["lines"])
    names = {sku: one.product.name for sku, one in offers.items()}
    drawn = drawn_quote(paper_of(quote, names=names, settings=visitor.house.settings))
    named = {"Content-Disposition": f'inline; filename="quote-{quote.number}.pdf"'}
    return Response(drawn, headers=headers_of(visitor) | named, media_type=PDF)


def paper_of(quote: Quote, *, names: Mapping[str, str], settings: Settings) -> Paper:
    """`names`: of the products, by sku; one that is gone is called by its sku."""
    content = json.loads(quote.content)
    written = from_json(content["written"])
    address = address_in(written) or {}
    language = language_spoken(written["language"], address.get("country"), settings=settings)
    words = words_in(language)
    made = quote.made_at.astimezone(ZoneInfo(settings.time_zone)).date()

    def say(minor: int) -> str:
        return money(minor, quote.currency, language=language)

    return Paper(
        number=quote.number,
        shop=settings.shop_name,
        words=words,
        made=long_day(made, language=language),
        until=words["until"].format(day=long_day(quote.valid_until, language=language)),
        to=tuple(_recipient(quote, written, address)),
        lines=tuple(
            PaperLine(
                name=names.get(sku, sku),
                sku=sku,
                units=str(line["units"]),
                price=say(line["price"]),
                sum=say(line["price"] * line["units"]),
            )
            for sku, line in content["lines"].items()
        ),
        sums=tuple((words[name], say(minor)) for name, minor in _sums(quote, content)),
        total=say(quote.total),
    )


@cache
def words_in(language: str) -> Mapping[str, str]:
    words: Mapping[str, str] = tomllib.loads(WORDS.read_text(encoding="utf-8"))[language]
    return words


def _recipient(quote: Quote, written: Written, address: Mapping[str, Any]) -> Iterator[str]:
    place = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    yield from filter(
        None,
        (
            written["name"] or address.get("name") or quote.customer,
            *(address.get(part) for part in ("company", "line1", "line2")),
            place,
            address.get("region"),
            address.get("country"),
            written["email"] if written["name"] else "",
        ),
    )


def _sums(quote: Quote, content: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Nothing for goods that are the whole."""
    goods = sum(line["price"] * line["units"] for line in content["lines"].values())
    delivery = quote.total - goods + content["discount"]
    if goods != quote.total:
        yield "goods", goods
    if content["discount"]:
        yield "discount", -content["discount"]
    if delivery:
        yield "delivery", delivery
