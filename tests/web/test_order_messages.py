"""What customers were told, by the API: seen, told again, and another day promised."""

from datetime import timedelta
from uuid import uuid4

import pytest

from purvey.worker.run import Worker
from tests.web.conftest import Api


def work(api: Api) -> None:
    worker = Worker(api.house)
    for _ in range(40):
        worker.round()
    worker.close()


def somebody() -> dict[str, str]:
    return {"email": f"{uuid4().hex}@example.com"}


def test_a_message_is_seen_and_sent_again(api: Api):
    order = api.order(customer=somebody())
    work(api)
    messages = api.get(f"/orders/{order['id']}/messages").json()["items"]
    first = next(x for x in messages if x["message"] == "confirmation")
    assert first["state"] == "sent"
    assert first["recipient"] == order["customer"]["email"]
    assert first["language"] == "en"
    assert order["number"] in first["text"]
    answer = api.post(f"/orders/{order['id']}/messages/resend", {"message": first["id"]})
    assert answer.status_code == 202
    work(api)
    after = api.get(f"/orders/{order['id']}/messages").json()["items"]
    assert answer.json()["id"] in [x["id"] for x in after]


def test_a_message_of_another_order_is_not_sent(api: Api):
    one, other = api.order(customer=somebody()), api.order(customer=somebody())
    work(api)
    key = api.get(f"/orders/{one['id']}/messages").json()["items"][0]["id"]
    answer = api.post(f"/orders/{other['id']}/messages/resend", {"message": key})
    assert answer.status_code == 404
    assert api.post(f"/orders/{one['id']}/messages/resend", {"message": "x"}).status_code == 404


def test_a_later_day_is_told_an_earlier_one_is_not(api: Api):
    order = api.order(customer=somebody())
    later = (api.house.clock().date() + timedelta(days=30)).isoformat()
    soon = api.house.clock().date().isoformat()
    answer = api.post(f"/orders/{order['id']}/promise", {"from": later, "to": later})
    assert answer.status_code == 200, answer.text
    assert answer.json()["promised_delivery"] == {"from": later, "to": later}
    api.post(f"/orders/{order['id']}/promise", {"from": soon, "to": soon})
    rows = api.house.database.run(
        1,
        lambda tx: tx.sql.rows(
            "select effect from outbox where shard = :shard and order_id = :id"
            " and effect = 'notify.delayed'",
            id=order["id"],
        ),
    )
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(10, 5, "bad_range"), (-1, 5, "in_the_past"), (5, 900, "too_far")],
)
def test_days_that_cannot_be_promised(small_api: Api, first: int, last: int, code: str):
    order = small_api.order(customer=somebody())
    today = small_api.house.clock().date()
    days = {
        "from": (today + timedelta(days=first)).isoformat(),
        "to": (today + timedelta(days=last)).isoformat(),
    }
    answer = small_api.post(f"/orders/{order['id']}/promise", days)
    assert answer.status_code in (409, 422)
    assert answer.json()["code"] == code
    after = small_api.get(f"/orders/{order['id']}").json()
    assert after["promised_delivery"] == order["promised_delivery"]


def test_an_order_that_is_over_gets_no_new_day(small_api: Api):
    order = small_api.order(customer=somebody())
    small_api.post(f"/orders/{order['id']}/cancel", {"reason": "x"})
    day = (small_api.house.clock().date() + timedelta(days=3)).isoformat()
    answer = small_api.post(f"/orders/{order['id']}/promise", {"from": day, "to": day})
    assert answer.json()["code"] == "not_allowed"
