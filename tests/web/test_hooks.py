"""Webhooks that come in: verified, stored once as they came, promised to the worker."""

import json

import httpx2

from purvey.adapters import standard_webhooks
from tests.web.conftest import Api

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="
EVENT = {
    "type": "payment.captured",
    "timestamp": "2030-01-07T10:00:00Z",
    "data": {
        "payment_id": "pay_1",
        "key": "k",
        "reference": "ch_1",
        "amount": 1925,
        "currency": "GBP",
    },
}


def send(api: Api, content: object, *, event_id: str = "evt_1", secret: str = SECRET):
    body = json.dumps(content).encode()
    now = api.house.clock()
    headers = standard_webhooks.signed_headers(
        secret=secret, message_id=event_id, now=now, body=body
    )
    return tell(api, body, {**headers, "content-type": "application/json"})


def tell(api: Api, body: bytes, headers: dict[str, str]) -> httpx2.Response:
    return api.client.post("/hooks/sandbox", content=body, headers=headers)


def stored(api: Api) -> list[tuple[str, str]]:
    with api.house.database.reading(1) as sql:
        inbox = sql.rows("select event_id, headers, body from inbox where shard = :shard")
        outbox = sql.rows(
            "select key, payload from outbox where shard = :shard and effect = 'inbox.process'"
        )
    assert {f"inbox:sandbox:{row.event_id}" for row in inbox} == {row.key for row in outbox}
    for row in inbox:
        assert "authorization" not in json.loads(row.headers)
        assert "webhook-signature" in json.loads(row.headers)
    return [(row.event_id, row.body) for row in inbox]


def test_a_webhook_is_stored_once(new_api, tmp_path):
    api = new_api(sandbox_webhook_secret=SECRET, sandbox_path=str(tmp_path / "books.db"))
    for _ in range(2):
        assert send(api, EVENT).status_code == 202
    assert send(api, EVENT, event_id="evt_2").status_code == 202
    body = json.dumps(EVENT)
    assert sorted(stored(api)) == [("evt_1", body), ("evt_2", body)]


def test_a_webhook_that_nobody_signed_leaves_no_trace(new_api, tmp_path):
    api = new_api(sandbox_webhook_secret=SECRET, sandbox_path=str(tmp_path / "books.db"))
    other = "whsec_b3RoZXItb3RoZXItb3RoZXI="
    answers = [
        send(api, EVENT, secret=other),
        tell(api, b"{}", {}),
        tell(api, b"\xff", {"webhook-id": "x"}),
        send(api, {"type": "payment.captured", "timestamp": "x", "data": {}}),
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert {answer.json()["code"] for answer in answers} == {"bad_webhook"}
    assert stored(api) == []


def test_a_webhook_about_something_else_is_taken_and_forgotten(new_api, tmp_path):
    api = new_api(sandbox_webhook_secret=SECRET, sandbox_path=str(tmp_path / "books.db"))
    assert send(api, {**EVENT, "type": "account.updated"}).status_code == 202
    assert stored(api) == []


def test_a_webhook_for_nobody(small_api: Api):
    for name in ("nope", "smtp", "sandbox_carrier", "a%00b"):
        answer = small_api.client.post(f"/hooks/{name}", content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert small_api.client.get("/hooks/sandbox").status_code == 405
