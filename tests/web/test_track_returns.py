"""A customer sends something back: asked twice before it counts, in the customer's language."""

from datetime import timedelta

import pytest

from tests.web.conftest import Api
from tests.web.test_pages import assert_safe
from tests.web.test_returns import asked, collected, step
from tests.web.test_tracking import csrf_in, path_of, send


def returns_of(api: Api, order: dict[str, object]) -> list[dict[str, object]]:
    return list(api.get("/returns", order=order["number"]).json()["items"])


def states(api: Api, order: dict[str, object]) -> list[object]:
    return [returned["state"] for returned in returns_of(api, order)]


def test_a_customer_asks_and_sees_where_it_stands(small_api: Api):
    order = collected(small_api)
    path = path_of(order)
    assert f'href="{path}/return"' in small_api.client.get(path).text
    assert_safe(small_api.client.get(f"{path}/return"))
    wish = {"units_1": "2", "reason": "damaged"}
    shown = send(small_api, f"{path}/return", **wish)
    assert "2 × Product 85123A" in shown.text and "It arrived damaged" in shown.text
    assert returns_of(small_api, order) == []  # asked first
    answer = send(small_api, f"{path}/return", **wish, step="confirm")
    assert answer.status_code == 303
    after = small_api.client.get(answer.headers["location"])
    assert_safe(after)
    assert "We have your request" in after.text
    assert "We are looking at your request." in after.text
    [returned] = returns_of(small_api, order)
    assert (returned["asked_by"], returned["state"]) == ("customer", "requested")
    step(small_api, returned, "approve", {"instructions": "By post, please."})
    assert "By post, please." in small_api.client.get(path).text
    step(small_api, returned, "withdraw")
    assert "You keep it." in small_api.client.get(path).text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"units_1": "0", "reason": "other"},
        {"units_1": "7", "reason": "other"},
        {"units_1": "-1", "reason": "other"},
        {"units_1": "two", "reason": "other"},
        {"units_1": "1"},
        {"units_1": "1", "reason": "undeliverable"},
    ],
)
def test_wrong_fields_are_told_and_ask_for_nothing(small_api: Api, fields: dict[str, str]):
    order = collected(small_api)
    answer = send(small_api, f"{path_of(order)}/return", **fields, step="confirm")
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert returns_of(small_api, order) == []


def test_after_the_shops_time_it_is_not_offered(small_api: Api):
    order = collected(small_api)
    house, path = small_api.house, path_of(order)
    now = house.clock
    house.clock = lambda: now() + timedelta(days=31)
    try:
        assert "/return" not in small_api.client.get(path).text
        late = small_api.client.get(f"{path}/return", follow_redirects=False)
        assert "too_late" in late.headers["location"]
    finally:
        house.clock = now


def test_a_customer_keeps_it_after_all(small_api: Api):
    order = collected(small_api)
    path, returned = path_of(order), asked(small_api, order)
    keep = f"{path}/returns/{returned['id']}/withdraw"
    assert f'href="{keep}"' in small_api.client.get(path).text
    sure = small_api.client.get(keep)
    assert_safe(sure)
    assert "2 × Product 85123A" in sure.text and "Yes, I keep it" in sure.text
    assert states(small_api, order) == ["requested"]  # asked first
    step(small_api, returned, "approve")  # it may still be kept then
    answer = send(small_api, keep)
    assert answer.status_code == 303
    after = small_api.client.get(answer.headers["location"])
    assert_safe(after)
    assert "Your request is withdrawn: you keep the goods." in after.text
    assert "You decided to keep the goods" in after.text and keep not in after.text
    assert states(small_api, order) == ["withdrawn"]
    history = small_api.get(f"/orders/{order['id']}/history").json()["items"]
    assert [row["actor"] for row in history if row["trigger"] == "withdraw"] == ["customer"]


def test_what_the_shop_withdrew_is_not_told_as_the_customers(small_api: Api):
    order = collected(small_api)
    step(small_api, asked(small_api, order), "withdraw")
    page = small_api.client.get(path_of(order)).text
    assert "You decided to keep the goods" not in page
    assert "The request to send something back was withdrawn" in page


def test_what_is_here_is_not_kept_any_more(small_api: Api):
    """Opened before the parcel came, sent after it."""
    order = collected(small_api)
    path, returned = path_of(order), asked(small_api, order)
    keep = f"{path}/returns/{returned['id']}/withdraw"
    csrf = csrf_in(small_api.client.get(keep))
    step(small_api, returned, "parcel_returned")
    late = small_api.client.post(keep, data={"csrf": csrf}, follow_redirects=False)
    assert "too_late" in late.headers["location"]
    assert states(small_api, order) == ["received"]
    assert "withdraw" not in small_api.client.get(path).text


def test_only_returns_of_this_order_are_withdrawn_and_only_from_its_page(small_api: Api):
    mine, other = collected(small_api), collected(small_api)
    returned, path = asked(small_api, other), path_of(mine)
    asked(small_api, mine)
    for named in (returned["id"], "ret_nobody"):
        answer = small_api.client.get(f"{path}/returns/{named}/withdraw", follow_redirects=False)
        assert "too_late" in answer.headers["location"]
    keep = f"{path_of(other)}/returns/{returned['id']}/withdraw"
    assert small_api.client.post(keep, data={"csrf": "0" * 64}).status_code == 403
    assert states(small_api, other) == ["requested"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Ja, ich behalte es"), ("fr", "Oui, je le garde"), ("es", "Sí, me lo quedo")],
)
def test_it_is_kept_in_the_customers_language(small_api: Api, language: str, said: str):
    order = collected(small_api)
    returned = asked(small_api, order)
    path = f"{path_of(order)}/returns/{returned['id']}/withdraw?language={language}"
    assert said in small_api.client.get(path).text


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Warum?"), ("fr", "Pourquoi ?"), ("es", "¿Por qué?")],
)
def test_in_the_customers_language(small_api: Api, language: str, said: str):
    path = path_of(collected(small_api))
    page = small_api.client.get(f"{path}/return?language={language}")
    assert said in page.text
