"""A quote as a PDF for the customer: in their language, on as many pages as it needs."""

import json
import tomllib
from datetime import timedelta

import httpx2
import pytest
from pypdfium2 import PdfDocument

from purvey.ports.desk import Quote
from purvey.testing import Shop
from purvey.web.office.new_order.quote_paper import WORDS, paper_of
from purvey.web.office.new_order.written import Written, WrittenLine
from purvey.web.quote_pdf import drawn_quote
from tests.office.conftest import Browser, Office
from tests.office.new_order.sheets import Sheet, said


def quoted(shop: Shop, browser: Browser, *lines: tuple[str, ...], **fields: str) -> str:
    """The path of its PDF."""
    until = (shop.clock.now.date() + timedelta(days=14)).isoformat()
    sheet = Sheet(browser, valid_until=until, **{"name": "Ann Lee", **fields})
    answer = sheet.lines(*lines).post("quote")
    assert answer.status_code == 303, said(answer)
    return f"{answer.headers['location']}/quote.pdf"


def pages(content: bytes) -> list[str]:
    with PdfDocument(content) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def test_it_says_who_quotes_what_to_whom_and_until_when(shop: Shop, cleo: Browser):
    more = {"email": "ann@example.com", "discount": "1.50", "discount_reason": "regular"}
    path = quoted(shop, cleo, ("A", "3"), ("B", "1"), **more)
    link = f'href="{path}" target="_blank" rel="noopener"'
    assert link in cleo.get(path.removesuffix("/quote.pdf")).text
    answer = cleo.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'inline; filename="quote-101.pdf"'
    [text] = pages(answer.content)
    until = shop.clock.now.date() + timedelta(days=14)
    for part in (
        shop.house.settings.shop_name,
        "Quote 101",
        "Ann Lee",
        "1 High Street",
        "LS1 4DT Leeds",
        "ann@example.com",
        "Assam tea",
        "£5.00",
        "£15.00",
        "Goods",
        "£22.00",
        "-£1.50",
        "Delivery, at today's price",
        f"hold until {until.day} {until:%B %Y}, that day included",
    ):
        assert part in text, (part, text)


def test_its_prices_are_those_that_were_agreed(shop: Shop, small_office: Office, cleo: Browser):
    mia = small_office.logged_in("Mia", role="manager")
    path = quoted(shop, mia, ("A", "2", "4.00", "regular"), method="pickup")
    shop.product("A", name="Assam tea, new", price=900)
    [text] = pages(cleo.get(path).content)
    assert "£4.00" in text and "£8.00" in text and "9.00" not in text
    assert "regular" not in text and "Discount" not in text and "Delivery" not in text


@pytest.mark.parametrize(
    ("language", "country", "parts"),
    [
        ("de", "GB", ("Angebot 101", "Für", "Menge", "Gesamt", "5,00 €", "gelten bis")),
        ("", "FR", ("Devis 101", "Quantité", "5,00 €", "valables jusqu'au")),
        ("es", "", ("Presupuesto 101", "Unidades", "5,00 €", "válidos hasta el")),
        ("nl", "NL", ("Quote 101", "Units", "€5.00", "hold until")),
    ],
)
def test_it_speaks_the_customers_language(
    shop: Shop, language: str, country: str, parts: tuple[str, ...]
):
    text = " ".join("\n".join(pages(drawn(shop, 1, language=language, country=country))).split())
    for part in parts:
        assert part in text, (part, text)


def drawn(shop: Shop, count: int, **fields: str) -> bytes:
    """Of `count` products in euros, none of which is in the catalogue any more."""
    skus = [f"SKU-{n} " + "longer and longer " * (n % 4) for n in range(count)]
    here = {"name": "Zoë <b>Ångström</b> 山田", "line1": "1 Road", "city": "Ulm", **fields}
    lines = tuple(WrittenLine(sku=sku) for sku in skus)
    agreed = {sku: {"units": 1, "price": 500, "listed": 500} for sku in skus}
    quote = Quote(
        number=101,
        content=json.dumps(
            {"written": Written(fields=here, lines=lines).to_json(), "lines": agreed, "discount": 0}
        ),
        customer=here["name"],
        total=500 * count,
        currency="EUR",
        valid_until=shop.clock.now.date(),
        version=1,
        made_by="Mia",
        made_at=shop.clock.now,
        changed_at=shop.clock.now,
    )
    return drawn_quote(paper_of(quote, names={}, settings=shop.house.settings))


def test_many_lines_take_many_pages_with_a_number_each(shop: Shop):
    found = pages(drawn(shop, 200))
    assert len(found) > 3
    for no, text in enumerate(found, start=1):
        assert f"Quote 101, page {no}" in text and "Units" in text
    whole = "".join(found)
    assert all(f"SKU-{n}" in whole for n in range(200)) and "<b>Ångström</b>" in whole
    assert "1,000.00" in found[-1] and "hold until" in found[-1]


def test_the_words_are_the_same_in_all_languages():
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    assert words.keys() == {"en", "de", "fr", "es"}
    assert {frozenset(each) for each in words.values()} == {frozenset(words["en"])}


def test_only_who_may_see_orders_sees_a_quote_and_only_one_that_is_there(
    shop: Shop, small_office: Office, cleo: Browser
):
    path = quoted(shop, cleo, ("A", "1"))
    viewer = small_office.logged_in("Vera", role="viewer")
    assert viewer.get(path).status_code == 200
    stranger: httpx2.Response = small_office.browser().get(path)
    assert stranger.status_code == 303 and "login" in stranger.headers["location"]
    for nothing in ("/quotes/999/quote.pdf", "/quotes/x/quote.pdf"):
        assert cleo.get(nothing).status_code == 404
