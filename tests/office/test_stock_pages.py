"""Stock in the back office: the list, one product, and counts that stay open."""

import re
from datetime import date

import pytest

from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(10, "A", name="A tea", price=500, backorder_limit=9)
    shop.stock(4, "B/1", name="B <script>mug</script>")
    shop.stock(0, "C", name="C jar")
    return shop


@pytest.fixture
def piet(small_office: Office) -> Browser:
    return small_office.logged_in("Piet", role="picker")


def skus(text: str) -> list[str]:
    return re.findall(r'class="row" href="/stock/([^"]+)"', text)


class TestList:
    def test_all_products_with_what_is_free(self, shop: Shop, piet: Browser):
        shop.order((7, "A"))
        shown = piet.get("/stock").text
        assert skus(shown) == ["A", "B/1", "C"]
        assert "<script>mug" not in shown
        assert re.search(r'data-label="Reserved">7<.*?data-label="Available">3<', shown, re.S)

    def test_search_and_filters(self, shop: Shop, piet: Browser):
        shop.order((12, "A"))
        shop.announce(5, "C", on=date(2030, 5, 3))
        found = {
            query: skus(piet.get(f"/stock?{query}").text)
            for query in (
                "q=TEA",
                "q=b%2F1",
                "q=%25",
                "only=short",
                "only=backorders",
                "only=incoming",
            )
        }
        assert found == {
            "q=TEA": ["A"],
            "q=b%2F1": ["B/1"],
            "q=%25": [],
            "only=short": ["A", "C"],
            "only=backorders": ["A"],
            "only=incoming": ["C"],
        }
        assert piet.get("/stock?only=everything").status_code == 404

    def test_a_part_for_who_types(self, shop: Shop, piet: Browser):
        part = piet.get("/stock?q=tea", **{"HX-Request": "true"}).text
        assert skus(part) == ["A"] and "<html" not in part

    def test_a_clerk_without_the_right_to_write_sees_no_forms(
        self, shop: Shop, small_office: Office
    ):
        cleo = small_office.logged_in("Cleo", role="clerk")
        assert 'action="/stock/A/adjust"' not in cleo.get("/stock/A").text
        assert (
            cleo.post("/stock/A/adjust", change="1", location="main", reason="x").status_code == 403
        )
        assert shop.available("A") == 10


class TestOneProduct:
    def test_for_whom_who_waits_and_what_moved(self, shop: Shop, piet: Browser):
        first = shop.paid((8, "A"))
        second = shop.paid((5, "A"))
        shown = piet.get("/stock/A").text
        assert shown.count(f'href="/orders/{first.number}"') == 1
        assert shown.count(f'href="/orders/{second.number}"') == 2  # holds 2, waits for 3
        assert "+10" in shown and "On hand since" in shown

    def test_an_adjustment_names_who_and_why(self, shop: Shop, piet: Browser):
        wish = {"location": "main", "change": "-3"}
        assert piet.post("/stock/A/adjust", **wish).status_code == 422
        assert piet.post("/stock/A/adjust", **wish, reason="broken").status_code == 303
        shown = piet.get("/stock/A").text
        assert "Booked -3: 7 are on hand" in shown and "broken" in shown and "Piet" in shown

    @pytest.mark.parametrize(
        ("change", "words"),
        [("three", "whole number"), ("0", "other than 0"), ("-11", "Only 10 units are free")],
    )
    def test_what_makes_no_sense_is_told_at_the_field(
        self, shop: Shop, piet: Browser, change: str, words: str
    ):
        answer = piet.post("/stock/A/adjust", location="main", change=change, reason="why <b>")
        assert answer.status_code == 422 and words in answer.text
        assert "why &lt;b&gt;" in answer.text
        assert shop.available("A") == 10

    def test_a_delivery_is_announced_and_arrives_in_parts(self, shop: Shop, piet: Browser):
        wish = {"quantity": "12", "expected_on": "2030-05-03", "location": "main"}
        assert piet.post("/stock/C/announce", **(wish | {"expected_on": "soon"})).status_code == 422
        assert piet.post("/stock/C/announce", **(wish | {"quantity": "0"})).status_code == 422
        assert piet.post("/stock/C/announce", **wish).status_code == 303
        shown = piet.get("/stock/C").text
        assert "3 May 2030" in shown
        [supply] = re.findall(r'name="supply" value="(\w+)"', shown)
        receive = {"supply": supply, "arrived": "5", "more": "1"}
        assert piet.post("/stock/C/receive", **receive).status_code == 303
        assert piet.post("/stock/C/receive", supply=supply, arrived="x").status_code == 422
        assert piet.post("/stock/C/receive", supply=supply, arrived="7").status_code == 303
        assert shop.available("C") == 12
        assert piet.post("/stock/C/receive", supply=supply, arrived="7").status_code == 422

    def test_the_ledger_is_paged(self, shop: Shop, piet: Browser):
        for _ in range(30):
            shop.adjust(1, "A", reason="found")
        shown = piet.get("/stock/A").text
        [older] = re.findall(r'href="(/stock/A\?before=[^#"]+)', shown)
        assert shown.count(">+1<") == 25
        rest = piet.get(older).text
        assert rest.count(">+1<") == 5 and ">+10<" in rest

    def test_a_sku_with_a_slash_and_one_that_is_not_there(self, shop: Shop, piet: Browser):
        assert piet.get("/stock/B%2F1").status_code == 200
        answer = piet.post("/stock/B%2F1/adjust", location="main", change="1", reason="found")
        assert answer.status_code == 303 and shop.available("B/1") == 5
        assert piet.get("/stock/nothing").status_code == 404


class TestHowLongItLasts:
    def sell(self, shop: Shop, clock: Clock, days: int) -> None:
        for _ in range(days):
            shop.send_off(shop.paid((2, "A")))
            clock.forward(days=1)

    def seen(self, office: Office, path: str) -> str:
        """By somebody who has just logged in: sessions end while the clock runs."""
        token = office.session_for(office.person(f"Piet {office.house.clock():%d%H%M%S%f}"))
        return office.browser(token=token).get(path).text

    def test_at_the_pace_of_the_last_weeks(self, shop: Shop, clock: Clock, small_office: Office):
        shop.adjust(30, "A")
        self.sell(shop, clock, 10)
        assert "10 days" in self.seen(small_office, "/stock/A")  # 20 left at 2 a day

    def test_where_it_is_unknown_it_says_why(self, shop: Shop, clock: Clock, small_office: Office):
        assert "unknown: nothing shipped in 28 days" in self.seen(small_office, "/stock?q=tea")
        self.sell(shop, clock, 2)
        assert "unknown: here for less than a week" in self.seen(small_office, "/stock?q=tea")
        clock.forward(days=40)
        shown = self.seen(small_office, "/stock")
        assert "unknown: nothing shipped in 28 days" in shown
        assert "unknown: never in stock" in shown


class TestCounts:
    def test_from_the_beginning_to_the_ledger(self, shop: Shop, piet: Browser):
        begun = piet.post("/stock/counts", location="main", title="Shelf 1", skus="A\nB/1\n")
        path = begun.headers["location"]
        noted = piet.post(f"{path}/found", sku="A", units="4+5")
        assert "9 counted, 10 expected" in noted.text
        assert "as expected" in piet.post(f"{path}/found", sku="B/1", units="4").text
        shown = piet.get(path).text
        assert "Book 1 difference" in shown
        assert piet.post(f"{path}/book").status_code == 303
        assert shop.available("A") == 9
        assert "Book" not in re.sub("Booked", "", piet.get(path).text)
        assert "Shelf 1" in piet.get("/stock/counts").text

    def test_what_cannot_be_booked_says_why(self, shop: Shop, piet: Browser):
        shop.paid((8, "A"))
        path = piet.post("/stock/counts", location="main", title="", skus="").headers["location"]
        piet.post(f"{path}/found", sku="A", units="5")
        answer = piet.post(f"{path}/book")
        assert answer.status_code == 409 and "8 are reserved for orders" in answer.text
        assert piet.post(f"{path}/drop").status_code == 303
        assert piet.post(f"{path}/book").status_code == 409

    @pytest.mark.parametrize(
        ("sku", "units", "words"),
        [("?", "1", "There is no product ?"), ("A", "many", "Units: write a whole number")],
    )
    def test_what_was_typed_stays(
        self, shop: Shop, piet: Browser, sku: str, units: str, words: str
    ):
        path = piet.post("/stock/counts", location="main", title="", skus="").headers["location"]
        answer = piet.post(f"{path}/found", sku=sku, units=units)
        assert answer.status_code == 422 and words in answer.text
        assert f'value="{units}"' in answer.text

    def test_a_count_has_to_make_sense(self, shop: Shop, piet: Browser):
        answer = piet.post("/stock/counts", location="main", title="x", skus="A\nQ")
        assert answer.status_code == 422 and "There is no product Q" in answer.text
        assert piet.get("/stock/counts/cnt_1").status_code == 404
        assert piet.post("/stock/counts/cnt_1/book").status_code == 404
