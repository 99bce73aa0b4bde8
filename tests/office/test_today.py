"""Today: the flow, what needs a person, and the day beside the same weekday of last week."""

import re
from datetime import UTC, datetime, timedelta

from purvey.domain.draft import PaymentChoice
from purvey.queries.attention import needs_a_person
from purvey.queries.day import read_day
from purvey.queries.flow import Stage, read_flow
from purvey.testing import Clock, Shop
from purvey.web.office.plots import two_days
from purvey.worker.feed import dispatch
from tests.office.conftest import Office, alert
from tests.operations.returning import asked, delivered

TRANSFER = PaymentChoice(method="bank_transfer")


def flow_of(shop: Shop) -> dict[str, Stage]:
    dispatch(shop.house, shop.shard)
    with shop.house.database.reading(shop.shard) as sql:
        return {stage.kind.code: stage for stage in read_flow(sql, now=shop.clock.now)}


def test_each_stage_says_how_many_how_old_and_how_fast(shop: Shop):
    shop.stock(9, "CUP", backorder_limit=99)
    shop.order((1, "CUP"), payment=TRANSFER)
    shop.clock.forward(minutes=30)
    for _ in range(2):
        shop.paid((1, "CUP"))
    stages = flow_of(shop)
    assert (stages["payment"].orders, stages["payment"].code) == (1, "bank_transfer")
    assert stages["payment"].oldest == shop.clock.now - timedelta(minutes=30)
    assert (stages["payment"].entering, stages["payment"].leaving) == (3.0, 2.0)
    assert (stages["pick"].orders, stages["pick"].entering, stages["pick"].leaving) == (2, 2.0, 0.0)
    assert not any(stage.is_bottleneck for stage in stages.values())  # too few to be a queue
    shop.paid((1, "CUP"))
    assert [code for code, stage in flow_of(shop).items() if stage.is_bottleneck] == ["pick"]


def test_an_empty_shop_has_an_empty_flow(shop: Shop):
    stages = flow_of(shop)
    assert {(stage.orders, stage.entering, stage.leaving) for stage in stages.values()} == {
        (0, 0.0, 0.0)
    }


def test_a_day_counts_what_was_placed_cancelled_and_promised(shop: Shop):
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    shop.clock.now = start + timedelta(hours=10)  # ids carry the real time
    shop.stock(9, "CUP")
    order = shop.order((1, "CUP"))
    shop.clock.forward(hours=1)
    shop.order((2, "CUP"))
    shop.decide(order, "cancel", reason="changed their mind")
    with shop.house.database.reading(shop.shard) as sql:
        day = read_day(
            sql, start=start, end=shop.clock.now + timedelta(1), day=start.date(), currency="GBP"
        )
        other = read_day(sql, start=start, end=shop.clock.now, day=start.date(), currency="EUR")
    hour = order.placed_at.hour
    assert (day.orders, day.cancelled, day.by_hour[hour], day.by_hour[hour + 1]) == (2, 1, 1, 1)
    assert day.amount == 2 * 255 + 395 and other.amount == 0
    assert other.orders == 1  # not the one of this very moment


def test_last_weeks_day_stands_beside_it_up_to_the_same_minute(small_office: Office, clock: Clock):
    shop = Shop(small_office.house, clock)
    shop.stock(9, "CUP")
    clock.now = datetime(2030, 1, 7, 10, 0, 30, tzinfo=UTC)
    first = shop.order((1, "CUP"))
    clock.forward(minutes=5)
    shop.order((1, "CUP"))
    clock.forward(days=7)
    ann = small_office.logged_in("Ann")
    said = re.compile(r"Orders since midnight: (\d+) today, (\d+) last Monday")

    def counts_at(minutes: int) -> tuple[str, ...]:
        clock.now = first.placed_at + timedelta(days=7, minutes=minutes)
        found = said.search(ann.get("/").text)
        assert found
        return found.groups()

    assert [counts_at(minutes) for minutes in (0, 1, 5, 6)] == [
        ("0", "0"),  # not the one of this very minute
        ("0", "1"),
        ("0", "1"),
        ("0", "2"),
    ]
    clock.now = first.placed_at + timedelta(days=7, minutes=3)
    shop.order((1, "CUP"))
    assert counts_at(6) == ("1", "2")


def test_what_needs_a_person_is_oldest_first(shop: Shop):
    shop.stock(99_999, "CUP")
    held = [shop.order((9_000, "CUP")) for _ in range(3)]
    shop.order((1, "CUP"))
    with shop.house.database.reading(shop.shard) as sql:
        found = needs_a_person(sql, limit=2)
    assert (found.orders, found.ids) == (3, [order.id for order in held[:2]])


def test_the_page_shows_a_held_order_and_approves_it(office: Office, clock: Clock):
    ann, shop = office.logged_in("Ann", role="clerk"), Shop(office.house, clock)
    assert "Nothing needs you." in ann.get("/").text
    shop.stock(9_999, "CUP")
    order = shop.order((9_000, "CUP"))
    assert order.open_holds
    page = ann.get("/").text
    assert "Waiting for a person to decide" in page and f'href="/orders/{order.number}"' in page
    path = f"/today/{order.number}/approve"
    stale = ann.post(path, version="1")
    assert stale.status_code == 409 and "Somebody was faster" in alert(stale)
    done = ann.post(path, version=str(order.version))
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "Nothing needs you." in ann.get("/").text
    assert ann.post("/today/99/approve").status_code == 404
    seen = office.logged_in("Vic", role="viewer").post(path, version="1")
    assert seen.status_code == 403


def test_returns_that_wait_for_the_shop_are_shown(office: Office, clock: Clock):
    ann, shop = office.logged_in("Ann", role="clerk"), Shop(office.house, clock)
    shop.stock(9, "A", price=500)
    first, second = (asked(shop, delivered(shop, (2, "A")), (1, 2)) for _ in range(2))
    text = ann.get("/").text
    assert "2 returns wait for an answer" in text and "Nothing needs you." not in text
    for returned in (first, second):
        ann.post(f"/returns/{returned.id}/decide", trigger="approve")
    assert "Nothing needs you." in ann.get("/").text  # they wait for the customers
    ann.post(f"/returns/{first.id}/arrived", location="main")
    text = ann.get("/").text
    assert "1 return is here to be inspected" in text and "/returns?state=received" in text


def test_a_part_of_the_page_comes_without_its_frame(small_office: Office):
    ann = small_office.logged_in("Ann")
    part = ann.get("/", **{"hx-request": "true"}).text
    assert '<ol class="flow">' in part and "<html" not in part
    assert small_office.browser().get("/").headers["location"] == "/login"


def test_the_plot_lays_two_days_into_one_box():
    plot = two_days([1, 0, 3], [2])
    assert plot.top == 4
    assert plot.now == "0.0,96.0 13.3,72.0 26.7,72.0 40.0,0.0"
    assert plot.before == "0.0,96.0 13.3,48.0"
    assert re.fullmatch(r"0.0,96.0 13.3,96.0", two_days([0], [0]).now)
