"""Webhooks by the API: set up, seen, tried out, sent again, and what is refused."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from purvey.worker.run import Worker
from tests.servers.receiver import Receiver, Says
from tests.web.conftest import Api, Json
from tests.webhooks.conftest import LOOPBACK


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def api(new_api: Callable[..., Api]) -> Api:
    return new_api(**LOOPBACK)


def work(api: Api) -> None:
    worker = Worker(api.house)
    while worker.round() or worker.calls(1).is_busy:
        time.sleep(0.002)
    worker.close()


def added(api: Api, url: str, *types: str) -> Json:
    answer = api.post("/webhooks", {"url": url, "event_types": types, "description": "CRM"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_endpoint_is_told_of_an_order(
    new_api: Callable[..., Api], receiver: Receiver, clock: Any
):
    clock.now = datetime.now(UTC)  # the library goes by the real one
    api = new_api(**LOOPBACK)
    webhook = added(api, receiver.url(), "order.received")
    order = api.order()
    work(api)
    [got] = receiver.got
    told = Webhook(webhook["secret"]).verify(got.body, dict(got.headers))
    assert told["type"] == "order.received"
    assert told["data"]["order_id"] == order["id"]
    feed = api.get("/events", limit=200).json()["items"]
    assert told["data"] == next(x for x in feed if x["id"] == got.id)
    [delivery] = api.get(f"/webhooks/{webhook['id']}/deliveries").json()["items"]
    assert delivery["state"] == "delivered"
    assert delivery["order_number"] == order["number"]
    [attempt] = delivery["attempts"]
    assert (attempt["status"], attempt["answer"]) == (200, "thank you")


def test_the_secret_is_shown_once(api: Api, receiver: Receiver):
    webhook = added(api, receiver.url())
    assert webhook["secret"].startswith("whsec_")
    for answer in (api.get("/webhooks"), api.get(f"/webhooks/{webhook['id']}")):
        assert "whsec_" not in answer.text
    rotated = api.post(f"/webhooks/{webhook['id']}/rotate").json()
    assert rotated["secret"] not in (None, webhook["secret"])
    assert rotated["old_secret_until"] is not None


def test_an_endpoint_is_changed_switched_and_removed(api: Api, receiver: Receiver):
    webhook = added(api, receiver.url(), "order.shipped")
    place = f"/webhooks/{webhook['id']}"
    wish = {"url": receiver.url("/new"), "event_types": ["order.*", "payment.captured"]}
    changed = api.put(place, wish, If_Match='"1"')
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["event_types"] == ["order.*", "payment.captured"]
    assert api.put(place, wish, If_Match='"1"').status_code == 412
    off = api.post(f"{place}/switch_off")
    assert (off.json()["state"], off.json()["off_reason"]) == ("off", "by_hand")
    assert api.post(f"{place}/test").json()["code"] == "endpoint_off"
    assert api.post(f"{place}/switch_off").status_code == 409
    on = api.post(f"{place}/switch_on", {"send_missed": False})
    assert on.json()["state"] == "on"
    assert api.request("DELETE", place).status_code == 200
    assert api.get(place).status_code == 404
    assert api.request("DELETE", place).status_code == 404
    with api.house.database.reading(1) as sql:
        deeds = [row.deed for row in sql.rows("select deed from journal where shard = :shard")]
    assert "removed the webhook" in deeds


def test_a_test_event_and_a_replay(api: Api, receiver: Receiver):
    receiver.answers = [Says(500, body=b"not today")]
    webhook = added(api, receiver.url())
    place = f"/webhooks/{webhook['id']}"
    sent = api.post(f"{place}/test")
    assert (sent.status_code, sent.json()["event_type"]) == (202, "webhook.test")
    work(api)
    [failed] = api.get(f"{place}/deliveries", state="failed").json()["items"]
    assert failed["attempts"][0]["answer"] == "not today"
    assert api.get("/webhooks").json()["items"][0]["failed"] == 1
    receiver.answers = [Says(200)]
    again = api.post(f"{place}/deliveries/{failed['id']}/replay")
    assert again.status_code == 202
    work(api)
    [delivered] = api.get(f"{place}/deliveries").json()["items"]
    assert [x["status"] for x in delivered["attempts"]] == [500, 200]
    assert len({got.id for got in receiver.got}) == 1
    failed_since = api.post(f"{place}/replay", {"failed_since": "2026-01-01T00:00:00Z"})
    assert failed_since.json() == {"replayed": 0, "more": False}


def test_deliveries_are_paged_newest_first(api: Api, receiver: Receiver):
    webhook = added(api, receiver.url(), "order.received")
    numbers = [api.order()["number"] for _ in range(3)]
    work(api)
    first = api.get(f"/webhooks/{webhook['id']}/deliveries", limit=2).json()
    second = api.get(
        f"/webhooks/{webhook['id']}/deliveries", limit=2, cursor=first["next_cursor"]
    ).json()
    told = [x["order_number"] for x in (*first["items"], *second["items"])]
    assert told == numbers[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({}, "/url"),
        ({"url": "http://example.com"}, "/url"),
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "https://10.0.0.8:8080/"}, "/url"),
        ({"url": "https://example.com:25/"}, "/url"),
        ({"url": "https://example.com/", "event_types": ["order.melted"]}, "/event_types/0"),
        ({"url": "https://example.com/", "event_types": ["order"]}, "/event_types/0"),
        ({"url": "https://example.com/", "event_types": "order.shipped"}, "/event_types"),
        ({"url": "https://example.com/", "secret": "mine"}, "/secret"),
        ({"url": "https://example.com/", "description": "x" * 201}, "/description"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(small_api: Api, wish: Json, pointer: str):
    answer = small_api.post("/webhooks", wish)
    assert answer.status_code == 422
    assert [x["pointer"] for x in answer.json()["errors"]] == [pointer]
    assert small_api.get("/webhooks").json()["items"] == []


def test_what_is_not_there_is_not_found(small_api: Api):
    for path in ("rotate", "switch_on", "switch_off", "test", "deliveries/whd_1/replay"):
        assert small_api.post(f"/webhooks/whk_1/{path}").status_code == 404
    since = {"failed_since": "2026-05-03T10:00:00Z"}
    assert small_api.post("/webhooks/whk_1/replay", since).status_code == 404
    assert small_api.get("/webhooks/whk_1/deliveries").status_code == 404


def test_a_shop_has_at_most_twenty(api: Api, receiver: Receiver):
    for _ in range(20):
        added(api, receiver.url())
    answer = api.post("/webhooks", {"url": receiver.url()})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_endpoints")
