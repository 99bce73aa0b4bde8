"""The customer's own page: true, in the customer's language, and nobody else's business."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.web.conftest import Api, at_the_counter
from tests.web.test_pages import assert_safe

PARIS = {
    "name": "Ann Lee",
    "line1": "1 rue de Rivoli",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}


def somebody(**more: str) -> dict[str, str]:
    return {"email": f"{uuid4().hex}@example.com", **more}


def path_of(order: dict[str, Any]) -> str:
    return "/track/" + str(order["tracking_url"]).rpartition("/")[2]


def csrf_in(page: httpx2.Response) -> str:
    (token,) = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    return str(token)


def send(api: Api, path: str, **fields: str) -> httpx2.Response:
    csrf = csrf_in(api.client.get(path))
    return api.client.post(path, data={"csrf": csrf, **fields}, follow_redirects=False)


def test_a_customer_cancels(small_api: Api):
    order = small_api.order(**at_the_counter(customer=somebody()))
    path = path_of(order)
    page = small_api.client.get(path)
    assert f'href="{path}/cancel"' in page.text
    assert "Cancel order" in small_api.client.get(f"{path}/cancel").text
    assert small_api.get(f"/orders/{order['id']}").json()["state"] != "cancelled"  # asked first
    answer = send(small_api, f"{path}/cancel")
    assert answer.status_code == 303
    after = small_api.client.get(answer.headers["location"])
    assert_safe(after)
    assert "Your order is cancelled." in after.text
    assert f'href="{path}/cancel"' not in after.text
    history = small_api.get(f"/orders/{order['id']}/history").json()["items"]
    assert [(row["trigger"], row["actor"]) for row in history if row["trigger"] == "cancel"] == [
        ("cancel", "customer")
    ]


def test_a_customer_corrects_the_address(small_api: Api):
    order = small_api.order(customer=somebody())
    path = path_of(order)
    form = small_api.client.get(f"{path}/address")
    assert_safe(form)
    assert "High Street" not in form.text  # whoever has the link must not learn where Ann lives
    asked = send(small_api, f"{path}/address", **PARIS)
    assert asked.status_code == 200
    assert "1 rue de Rivoli" in asked.text
    assert "Is this right?" in asked.text
    assert small_api.get(f"/orders/{order['id']}").json()["ship_to"]["country"] == "GB"
    answer = send(small_api, f"{path}/address", **PARIS, step="confirm")
    assert "done_address" in answer.headers["location"]
    assert small_api.get(f"/orders/{order['id']}").json()["ship_to"]["city"] == "Paris"


def test_a_doubtful_address_is_said_and_held_for_a_person(small_api: Api):
    order = small_api.order(customer=somebody())
    path = path_of(order)
    wrong = {**PARIS, "postal_code": "1"}
    asked = send(small_api, f"{path}/address", **wrong)
    assert "could not find this address" in asked.text
    send(small_api, f"{path}/address", **wrong, step="confirm")
    holds = small_api.get(f"/orders/{order['id']}").json()["holds"]
    assert [hold["type"] for hold in holds] == ["address"]


@pytest.mark.parametrize(
    "fields",
    [
        {**PARIS, "line1": ""},
        {**PARIS, "country": "XX"},
        {**PARIS, "name": "x" * 201},
        {**PARIS, "city": "Par\x07is"},
    ],
)
def test_wrong_fields_are_marked_and_change_nothing(small_api: Api, fields: dict[str, str]):
    order = small_api.order(customer=somebody())
    path = path_of(order)
    answer = send(small_api, f"{path}/address", **fields, step="confirm")
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    assert small_api.get(f"/orders/{order['id']}").json()["version"] == order["version"]


def test_a_form_of_another_site_is_refused(small_api: Api):
    order = small_api.order(**at_the_counter(customer=somebody()))
    path = f"{path_of(order)}/cancel"
    good = {"csrf": csrf_in(small_api.client.get(path))}
    for form, headers in (
        ({"csrf": "0" * 64}, {}),
        ({"csrf": "ü"}, {}),
        ({"other": "1"}, {}),
        (good, {"sec-fetch-site": "cross-site"}),
    ):
        answer = small_api.client.post(path, data=form, headers=headers)
        assert answer.status_code == 403
    assert small_api.get(f"/orders/{order['id']}").json()["state"] != "cancelled"


def test_an_empty_form_cancels_nothing(small_api: Api):
    order = small_api.order(**at_the_counter(customer=somebody()))
    answer = small_api.client.post(f"{path_of(order)}/cancel")
    assert answer.status_code == 403
    assert small_api.get(f"/orders/{order['id']}").json()["state"] != "cancelled"


def test_too_many_tries_have_to_wait(small_api: Api):
    order = small_api.order(customer=somebody())
    path = f"{path_of(order)}/address"
    answers = [send(small_api, path, name="x").status_code for _ in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[-1] == 429


def test_what_is_packed_is_too_late(small_api: Api):
    order = small_api.order(**at_the_counter(customer=somebody()))
    path = path_of(order)
    shipment = small_api.get(f"/orders/{order['id']}").json()["shipments"][0]["id"]
    csrf = csrf_in(small_api.client.get(f"{path}/cancel"))
    for step in ("pick", "pack"):
        assert small_api.post(f"/shipments/{shipment}/{step}", {}).status_code == 200
    answer = small_api.client.post(f"{path}/cancel", data={"csrf": csrf}, follow_redirects=False)
    assert "too_late" in answer.headers["location"]
    assert "not possible any more" in small_api.client.get(answer.headers["location"]).text
    assert f'href="{path}/cancel"' not in small_api.client.get(path).text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "What happened"),
        ("de", "Was bisher geschah"),
        ("fr", "Ce qui s’est passé"),
        ("es", "Lo que ha pasado"),
    ],
)
def test_the_page_is_in_the_customers_language(small_api: Api, language: str, words: str):
    order = small_api.order(customer=somebody(language=language))
    page = small_api.client.get(path_of(order))
    assert_safe(page)
    assert words in unescape(page.text)
    assert f'<html lang="{language}">' in page.text
    other = small_api.client.get(f"{path_of(order)}?language=de")
    assert '<html lang="de">' in other.text


def test_a_language_that_we_do_not_have_changes_nothing(small_api: Api):
    order = small_api.order(customer=somebody())
    page = small_api.client.get(f"{path_of(order)}?language=%22%3E%3Cscript%3E")
    assert_safe(page)
    assert '<html lang="en">' in page.text


def test_a_script_in_a_name_does_not_run(small_api: Api):
    evil = "<script>alert(1)</script>"
    small_api.stock("EVIL", 5, name=evil)
    order = small_api.order(lines=[{"sku": "EVIL", "quantity": 1}], customer=somebody(name=evil))
    page = small_api.client.get(path_of(order))
    assert_safe(page)
    asked = send(small_api, f"{path_of(order)}/address", **{**PARIS, "name": evil})
    assert_safe(asked)
    assert evil in unescape(asked.text)


@pytest.mark.parametrize("path", ["cancel", "address"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_link_leads_nowhere(small_api: Api, method: str, path: str):
    answer = getattr(small_api.client, method)(f"/track/trk_{'0' * 32}/{path}")
    assert answer.status_code == 404
