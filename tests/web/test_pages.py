"""Pages: plain, safe, and true."""

import re

import httpx2
import pytest

from tests.web.conftest import Api, at_the_counter

STRICT = "default-src 'none'"


def assert_safe(answer: httpx2.Response) -> None:
    """Nothing runs and nothing is loaded from elsewhere."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith(STRICT)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script|<style|\son\w+=|style=|src=", answer.text)


def test_a_customer_follows_the_order(new_api):
    api = new_api(public_url="https://shop.example", shop_name="Tom & Söhne <b>")
    order = api.order(**at_the_counter())
    assert order["tracking_url"].startswith("https://shop.example/track/trk_")
    path = order["tracking_url"].removeprefix("https://shop.example")
    page = api.client.get(path)
    assert_safe(page)
    assert page.headers["cache-control"] == "no-store"
    assert "Order 1001" in page.text
    assert "Your order will be packed next." in page.text
    assert "being prepared" in page.text
    assert "Tom &amp; Söhne &lt;b&gt;" in page.text
    for secret in ("Ann", "ann@", "High Street", order["id"]):  # its items are no secret
        assert secret not in page.text


@pytest.mark.parametrize("token", ["nope", "trk_" + "0" * 32, "%00", "x" * 500, "%F0%9F%92%A9"])
def test_a_link_that_leads_nowhere(small_api: Api, token: str):
    page = small_api.client.get(f"/track/{token}")
    assert page.status_code == 404
    assert_safe(page)
    assert "No such order" in page.text


def test_the_api_can_be_read(small_api: Api):
    page = small_api.client.get("/api/docs")
    assert_safe(page)
    for path in small_api.document.content["paths"]:
        assert f" {path}</code>" in page.text
    links = set(re.findall(r'href="#(\w+)"', page.text))
    places = set(re.findall(r'id="(\w+)"', page.text))
    assert links <= places


def test_the_style_is_ours(small_api: Api):
    style = small_api.client.get("/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "http" not in style.text
