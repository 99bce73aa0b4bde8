"""Orders are found by what people know of them, page by page, also where filters hardly meet."""

import pytest

from purvey.queries import order_search
from purvey.web.api.pages import write_cursor
from tests.web.conftest import Api, at_the_counter


def numbers(api: Api, **filters: object) -> list[str]:
    """Of all pages, two orders on each."""
    found, cursor = list[str](), None
    for _ in range(200):
        page = api.get("/orders", limit=2, **filters, **({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        found += [order["number"] for order in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the list has no end")


@pytest.fixture
def shop(api: Api) -> Api:
    """1001 to 1009: Ann's, Ben's and nobody's, by turns; each third cancelled."""
    api.stock("RARE", 10)
    for n in range(9):
        sku = "RARE" if n == 4 else "85123A"
        lines = [{"sku": sku, "quantity": 1 + n}]
        if n % 3 == 0:
            order = api.order(lines=lines, external_id=f"SHOP-{n}")
        elif n % 3 == 1:
            ben = {"name": "Ben Ito", "email": "Ben@Example.com", "external_id": "C-17"}
            order = api.order(lines=lines, customer=ben, channel="phone")
        else:
            order = api.order(**at_the_counter(lines=lines, customer={"name": "Cy Nobody"}))
        if n % 3 == 0:
            api.post(f"/orders/{order['id']}/cancel", {"reason": "test"})
    return api


EVERY = [str(number) for number in range(1009, 1000, -1)]
FILTERS: list[tuple[dict[str, object], str]] = [
    ({}, "123456789"),
    ({"state": "cancelled"}, "147"),
    ({"state": "ready"}, "369"),
    ({"channel": "phone"}, "258"),
    ({"waiting_for": "payment"}, "258"),
    ({"waiting_for": "pick"}, "369"),
    ({"customer": "ann@example.com"}, "147"),
    ({"customer": "BEN@example.com"}, "258"),
    ({"customer": "C-17"}, "258"),
    ({"customer": "Ben Ito"}, "258"),
    ({"customer": "ben ito"}, "258"),
    ({"customer": "cy nobody"}, "369"),
    ({"customer": "nobody"}, ""),
    ({"sku": "RARE"}, "5"),
    ({"sku": "85123A"}, "12346789"),
    ({"q": "1004"}, "4"),
    ({"q": "SHOP-3"}, "4"),
    ({"q": "RARE"}, "5"),
    ({"q": "ben@example.com"}, "258"),
    ({"q": "Cy Nobody"}, "369"),
    ({"q": "what?"}, ""),
    ({"placed_from": "2030-01-07"}, "123456789"),
    ({"placed_from": "2030-01-07T10:00:00Z"}, "123456789"),
    ({"placed_from": "2030-01-07T11:00:00+01:00"}, "123456789"),
    ({"placed_to": "2030-01-07"}, "123456789"),
    ({"placed_to": "2030-01-07T10:00:00Z"}, ""),
    ({"placed_from": "2030-01-08"}, ""),
    ({"state": "cancelled", "channel": "phone"}, ""),
    ({"state": "reserved", "channel": "phone"}, "258"),
    ({"sku": "85123A", "customer": "C-17"}, "28"),
    ({"sku": "RARE", "state": "reserved", "channel": "phone", "q": "1005"}, "5"),
    ({"placed_from": "2030-01-01", "state": "ready"}, "369"),
    ({"placed_from": "2030-01-01", "placed_to": "2030-02-01", "sku": "RARE"}, "5"),
]


@pytest.mark.parametrize("scan", [2, 5_000], ids=["in small bites", "at once"])
def test_orders_are_found(shop: Api, monkeypatch: pytest.MonkeyPatch, scan: int):
    """Small bites are what a database with a million orders looks like."""
    monkeypatch.setattr(order_search, "SCAN", scan)
    monkeypatch.setattr(order_search, "PROBE", min(scan, 3))
    for wish, endings in FILTERS:
        wanted = [number for number in EVERY if number[-1] in endings]
        assert numbers(shop, **wish) == wanted, wish


def test_an_order_is_found_by_its_ids(shop: Api):
    order = shop.get("/orders/1002").json()
    assert numbers(shop, q=order["id"]) == ["1002"]
    assert numbers(shop, customer=order["customer"]["id"]) == ["1008", "1005", "1002"]


def test_orders_placed_earlier_come_later_in_a_range_of_time(api: Api):
    for hours in (1, 1, 1):
        api.house.clock.forward(hours=hours)  # type: ignore[attr-defined]
        api.order(lines=[{"sku": "85123A", "quantity": hours}])
    range_of_time = {"placed_from": "2030-01-07T11:30:00Z", "placed_to": "2030-01-07T13:00:00Z"}
    assert numbers(api, **range_of_time) == ["1002"]


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("state", "lost", "unknown_value"),
        ("channel", "fax", "unknown_value"),
        ("limit", "0", "out_of_range"),
        ("limit", "201", "out_of_range"),
        ("limit", "many", "wrong_type"),
        ("cursor", "nonsense", "bad_cursor"),
        ("cursor", "WzFd", "bad_cursor"),
        ("cursor", "WyJzdGF0ZSIsIm9yZF8wIl0=", "bad_cursor"),
        ("placed_from", "yesterday", "bad_format"),
        ("placed_to", "2030-13-01", "bad_format"),
        ("placed_to", "9999-12-31", "bad_format"),
        ("placed_to", "0001-01-01T00:00:00+14:00", "bad_format"),
        ("sku", "\0", "bad_format"),
        ("q", "a\0b", "bad_format"),
        ("customer", "x" * 300, "too_long"),
        ("waiting_for", "", "too_short"),
        ("stat", "closed", "unknown_parameter"),
        ("state", ["ready", "closed"], "repeated_parameter"),
    ],
)
def test_a_bad_parameter_is_named(small_api: Api, parameter: str, value: object, code: str):
    answer = small_api.get("/orders", **{parameter: value})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["parameter"], error["code"]) == (parameter, code)


@pytest.mark.parametrize("key", [["placed", "x"], ["state", 1, "x"], ["placed", 2**62, "ord_z"]])
def test_a_cursor_that_somebody_made_up(shop: Api, key: list[object]):
    made_up = write_cursor(tuple(key))  # type: ignore[arg-type]
    answer = shop.get("/orders", placed_to="2030-01-06", state="ready", cursor=made_up)
    assert answer.status_code == 422 or answer.json()["items"] == []


def test_an_order_s_history_is_paged(api: Api):
    order = api.order(**at_the_counter())
    path, found, cursor = f"/orders/{order['id']}/history", list[int](), ""
    while cursor is not None:
        page = api.get(path, limit=2, **({"cursor": cursor} if cursor else {})).json()
        found += [row["version"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert found == list(range(1, order["version"] + 1))
