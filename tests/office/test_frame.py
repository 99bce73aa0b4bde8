"""What every page has around it: navigation, static files, what was done, and the news."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from purvey.queries.changes import Changes, latest_changes
from purvey.storage.sql import Sql
from purvey.testing import Clock, Shop
from purvey.web.office import showing
from purvey.web.office.door import ROUTES, Visitor, page
from purvey.web.office.html import back, render
from purvey.worker.feed import dispatch
from tests.office.conftest import Office

NOW = datetime(2030, 1, 7, 10, 0, tzinfo=UTC)


def test_entries_are_those_that_a_person_may_open(small_office: Office):
    admin, picker = small_office.logged_in("Ann"), small_office.logged_in("Pia", role="picker")
    assert 'href="/settings/people"' in admin.get("/settings/people").text
    assert 'href="/settings/people"' not in picker.get("/").text
    shown = re.findall(r'<li><a href="([^"]+)" aria-current="page"', admin.get("/approvals").text)
    assert "/approvals" in shown
    assert admin.get("/settings").headers["location"].startswith("/settings/")
    assert picker.get("/settings").status_code == 403


def test_static_files_are_kept_for_good_and_packed(small_office: Office):
    browser = small_office.browser()
    [css] = re.findall(r'href="(/static/office.css[^"]+)"', browser.get("/login").text)
    with httpx2.stream("GET", small_office.address + css) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip" and b"--accent" in gzip.decompress(raw)
    assert "immutable" in answer.headers["cache-control"]
    plain = browser.get(css, **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and "--accent" in plain.text
    assert browser.get("/static/..%2fhtml.py").status_code == 404
    assert browser.get("/static/LICENSES.md").status_code == 404


@pytest.fixture
def telling():
    @page("/test-telling", right="orders:read")
    def tell(request: Request, visitor: Visitor) -> Response:
        if "do" in request.query_params:
            return back("/test-telling", told="Ünicode <b>done</b>; and more")
        return render(visitor, "refused.html", sentence="x")

    yield
    ROUTES.pop()


def test_what_was_done_is_told_once(telling: None, small_office: Office):
    ann = small_office.logged_in("Ann")
    assert ann.get("/test-telling?do=1").status_code == 303
    assert "Ünicode &lt;b&gt;done&lt;/b&gt;; and more" in ann.get("/test-telling").text
    assert "Ünicode" not in ann.get("/test-telling").text


def test_changes_are_told_to_open_pages(office: Office, clock: Clock):
    ann, shop = office.logged_in("Ann"), Shop(office.house, clock)
    shop.stock(9, "CUP")
    with ann.client.stream("GET", "/live") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 2000"
        order = shop.order((1, "CUP"))
        dispatch(office.house, shop.shard)
        told = next(line for line in lines if line.startswith("data: "))
    assert json.loads(told[6:]) == {"orders": [order.number]}


def test_what_changes_while_the_first_page_connects_is_told(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    ann, shop = office.logged_in("Ann"), Shop(office.house, clock)
    shop.stock(9, "CUP")
    order, looks = shop.order((1, "CUP")), 0

    def look(sql: Sql, *, now: datetime) -> Changes:
        """Between the first look and the second one an order is changed."""
        nonlocal looks
        looks += 1
        if looks == 2:
            shop.decide(order, "cancel", reason="x")
            dispatch(office.house, shop.shard)
        with office.house.database.reading(shop.shard) as anew:
            return latest_changes(anew, now=now)

    dispatch(office.house, shop.shard)
    clock.forward(minutes=1)
    monkeypatch.setattr("purvey.web.office.pulse.latest_changes", look)
    with ann.client.stream("GET", "/live") as stream:
        told = next(line for line in stream.iter_lines() if line.startswith("data: "))
    assert json.loads(told[6:]) == {"orders": [order.number]}


def test_times_are_shown_in_the_shops_zone():
    context = {"zone": ZoneInfo("Europe/Berlin"), "now": NOW}
    same_day = showing.moment(context, NOW - timedelta(hours=2))
    assert ">09:00</time>" in same_day and 'datetime="2030-01-07T08:00:00+00:00"' in same_day
    assert ">Sat 11:00</time>" in showing.moment(context, NOW - timedelta(days=2))
    assert ">8 Dec 2029</time>" in showing.moment(context, NOW - timedelta(days=30))
    assert ">3 h</time>" in showing.ago(context, NOW - timedelta(hours=3, minutes=5))
    assert showing.moment(context, None) == ""


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [(1530, "GBP", "£15.30"), (-5, "EUR", "-€0.05"), (1200, "JPY", "JP¥1,200")],
)
def test_money(minor: int, currency: str, shown: str):
    assert showing.money(minor, currency) == shown
