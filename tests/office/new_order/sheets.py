"""Filling in the sheet of a new order, as a browser without scripts would."""

import re
from typing import Any

import httpx2

from tests.office.conftest import Browser

LEEDS = {"line1": "1 High Street", "city": "Leeds", "postal_code": "LS1 4DT", "country": "GB"}
_HIDDEN = re.compile(r'<input type="hidden" name="(page_id|turn|seen)" value="([^"]*)"')
_ACTION = re.compile(r'action="(/orders/new/drf_[0-9a-f]+)/place"')
_SAYS = re.compile(r'id="says-([\w-]+)">(?:<small class="\w+">([^<]*)</small>)?')


class Sheet:
    """`Sheet(browser).post("place", name="Ann")`: what the page knows goes along."""

    def __init__(self, browser: Browser, path: str = "/orders/new", **fields: Any):
        self.browser = browser
        page = browser.get(path)
        assert page.status_code == 200, page.text
        self.known = dict(_HIDDEN.findall(page.text))
        self.path = _ACTION.findall(page.text)[0]
        self.fields: dict[str, Any] = {
            "at": "counter" if "at=counter" in path else "phone",
            "method": "standard",
            "pay": "bank_transfer",
            **LEEDS,
            **fields,
        }

    def lines(self, *lines: tuple[str, ...]) -> "Sheet":
        """Each a sku and units, and maybe a price and its reason."""
        full = [(*line, "", "")[:4] for line in lines]
        names = ("line_sku", "line_units", "line_price", "line_reason")
        self.fields |= dict(zip(names, map(list, zip(*full, strict=True)), strict=True))
        return self

    def post(self, deed: str, **fields: Any) -> httpx2.Response:
        self.fields |= fields
        return self.browser.post(f"{self.path}/{deed}", **self.known, **self.fields)


def said(page: httpx2.Response) -> dict[str, str]:
    """By field, what the page says about it."""
    return {name: words for name, words in _SAYS.findall(page.text) if words}


def number_of(answer: httpx2.Response) -> str:
    """Of the order that was taken."""
    assert answer.status_code == 303, (answer.status_code, said(answer))
    found = re.fullmatch(r"/orders/(\d+)/taken", answer.headers["location"])
    assert found, answer.headers["location"]
    return found[1]
