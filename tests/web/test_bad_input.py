"""Bad input gets a clear answer and changes nothing: which field, what is wrong, what is right."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from purvey.domain.draft import CHANNELS
from purvey.web.api.order_shapes import Channel
from tests.adapters_files.places import files, needed
from tests.web.conftest import Api, Json, an_order

MISSING = object()


@pytest.fixture(autouse=True)
def nothing_changed(small_api: Api) -> Iterator[None]:
    def rows() -> dict[str, int]:
        with small_api.house.database.reading(1) as sql:
            tables = ("orders", "history", "outbox", "customer", "product", "stock", "idempotency")
            return {t: sql.scalar(f"select count(*) from {t} where shard = :shard") for t in tables}

    before = rows()
    yield
    assert rows() == before


def changed(pointer: str, value: Any) -> Json:
    """Ann's order with another value at `pointer`."""
    order = json.loads(json.dumps(an_order(external_id="X", shipping={}, discounts=[])))
    *path, last = pointer.removeprefix("/").split("/")
    inner: Any = order
    for step in path:
        inner = inner[int(step) if step.isdigit() else step]
    if value is MISSING:
        del inner[last]
    else:
        inner[int(last) if last.isdigit() else last] = value
    return order


NUL, SURROGATE, ESCAPE = "a\0b", "\ud800", "a\x1bb"

ORDERS: list[tuple[str, Any, str, str]] = [
    # where, what, the pointer of the error, its code
    ("/channel", MISSING, "/channel", "missing"),
    ("/channel", "fax", "/channel", "unknown_value"),
    ("/channel", None, "/channel", "unknown_value"),
    ("/chanel", "web", "/chanel", "unknown_field"),
    ("/lines/0/qty", 1, "/lines/0/qty", "unknown_field"),
    ("/customer/a~1b", 1, "/customer/a~01b", "unknown_field"),
    ("/external_id", "", "/external_id", "too_short"),
    ("/external_id", "x" * 129, "/external_id", "too_long"),
    ("/external_id", 17, "/external_id", "wrong_type"),
    ("/currency", MISSING, "/currency", "missing"),
    ("/currency", "gbp", "/currency", "bad_format"),
    ("/currency", "XXX", "/currency", "unknown_currency"),
    ("/currency", 826, "/currency", "wrong_type"),
    ("/customer", "Ann", "/customer", "wrong_type"),
    ("/customer/name", NUL, "/customer/name", "bad_format"),
    ("/customer/name", ESCAPE, "/customer/name", "bad_format"),
    ("/customer/name", SURROGATE, "/customer/name", "bad_format"),
    ("/customer/name", "x" * 201, "/customer/name", "too_long"),
    ("/customer/email", "ann", "/customer/email", "email_invalid"),
    ("/customer/email", "x" * 255, "/customer/email", "too_long"),
    ("/ship_to", [], "/ship_to", "wrong_type"),
    ("/ship_to/line1", "1 High\nStreet", "/ship_to/line1", "bad_format"),
    ("/lines", MISSING, "/lines", "missing"),
    ("/lines", [], "/lines", "too_few"),
    ("/lines", {}, "/lines", "wrong_type"),
    ("/lines", [{"sku": "85123A", "quantity": 1}] * 1001, "/lines", "too_many"),
    ("/lines/0", None, "/lines/0", "wrong_type"),
    ("/lines/0/sku", "", "/lines/0/sku", "too_short"),
    ("/lines/0/sku", " 85123A", "/lines/0/sku", "bad_format"),
    ("/lines/0/sku", "NOPE", "/lines/0/sku", "unknown_sku"),
    ("/lines/0/sku", NUL, "/lines/0/sku", "bad_format"),
    ("/lines/0/quantity", 0, "/lines/0/quantity", "out_of_range"),
    ("/lines/0/quantity", -1, "/lines/0/quantity", "out_of_range"),
    ("/lines/0/quantity", 1.5, "/lines/0/quantity", "wrong_type"),
    ("/lines/0/quantity", "6", "/lines/0/quantity", "wrong_type"),
    ("/lines/0/quantity", True, "/lines/0/quantity", "wrong_type"),
    ("/lines/0/quantity", None, "/lines/0/quantity", "wrong_type"),
    ("/lines/0/quantity", 1_000_001, "/lines/0/quantity", "out_of_range"),
    ("/lines/0/quantity", 10**30, "/lines/0/quantity", "out_of_range"),
    ("/lines/0/quantity", 101, "/lines/0/quantity", "out_of_stock"),
    ("/lines/0/unit_price", 2.55, "/lines/0/unit_price", "wrong_type"),
    ("/lines/0/unit_price", "", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "2,55", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "-1", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "1e3", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "NaN", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "٢.٥٥", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "2.55\n", "/lines/0/unit_price", "bad_format"),
    ("/lines/0/unit_price", "2.555", "/lines/0/unit_price", "bad_amount"),
    ("/shipping/method", "drone", "/shipping/method", "unknown_shipping_method"),
    ("/shipping/price", "x", "/shipping/price", "bad_format"),
    ("/shipping/complete", "yes", "/shipping/complete", "wrong_type"),
    ("/discounts", [{"code": "A"}], "/discounts/0/amount", "missing"),
    ("/discounts", [{"code": "A", "amount": "0.001"}], "/discounts/0/amount", "bad_amount"),
    ("/discounts", [{"code": "A", "amount": "9999.00"}], "/discounts", "discounts_exceed_total"),
    ("/requested_delivery_date", "soon", "/requested_delivery_date", "bad_format"),
    ("/requested_delivery_date", "2030-02-30", "/requested_delivery_date", "bad_format"),
    ("/requested_delivery_date", 20300501, "/requested_delivery_date", "bad_format"),
    ("/payment", MISSING, "/payment", "missing"),
    ("/payment", {}, "/payment", "payment_unclear"),
    ("/payment", {"method": "cash", "terms": "net30"}, "/payment", "payment_unclear"),
    ("/payment", {"method": "cash", "token": "t"}, "/payment/token", "payment_unclear"),
    ("/payment", {"method": "cheque"}, "/payment/method", "unknown_value"),
    ("/payment", {"gateway": "sandbox"}, "/payment/token", "missing"),
    ("/payment", {"gateway": "nope", "token": "t"}, "/payment/gateway", "unknown_gateway"),
    ("/payment", {"gateway": "smtp", "token": "t"}, "/payment/gateway", "unknown_gateway"),
    ("/payment", {"terms": "30 days"}, "/payment/terms", "bad_format"),
    ("/notes", "x" * 4001, "/notes", "too_long"),
    ("/metadata", [], "/metadata", "wrong_type"),
    ("/metadata", {"a": "x" * 16_384}, "/metadata", "too_long"),
    ("/metadata", {"a": SURROGATE}, "/metadata", "bad_format"),
]


@pytest.mark.parametrize(("place", "value", "pointer", "code"), ORDERS)
def test_a_bad_order(small_api: Api, place: str, value: Any, pointer: str, code: str):
    body = json.dumps(changed(place, value))
    answer = send(small_api, "/orders", body)
    assert answer.status_code == 422
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    [result] = send(small_api, "/orders/batch", f'{{"orders": [{body}]}}').json()["results"]
    assert result["problem"] == answer.json()


def send(api: Api, path: str, body: str | bytes, **headers: str) -> httpx2.Response:
    headers = {"content-type": "application/json", **headers}
    return api.request("POST", path, content=body, headers=headers)


def test_channels_are_those_of_the_domain():
    assert set(Channel.__args__) == set(CHANNELS)  # type: ignore[attr-defined]


def test_all_mistakes_are_told_at_once(small_api: Api):
    order = an_order(channel="fax", currency="GBP", notes=7, lines=[{"sku": "", "quantity": 0}])
    answer = small_api.post("/orders", order)
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/channel", "/lines/0/sku", "/lines/0/quantity", "/notes"]
    assert answer.json()["detail"] == "4 fields do not fit; see `errors`."


def test_a_problem_never_repeats_what_was_sent(small_api: Api):
    answer = small_api.post("/orders", changed("/customer/email", "secret-name@nowhere"))
    assert "secret-name" not in answer.text


DIRTY_JSON = files("dirty/json-*.json")


@needed("dirty")
@pytest.mark.parametrize("path", ["/orders", "/orders/batch", "/stock/adjustments"])
def test_json_as_it_goes_wrong_in_the_wild(small_api: Api, path: str):
    for file in DIRTY_JSON:
        answer = send(small_api, path, file.read_bytes())
        if not file.stat().st_size and path == "/stock/adjustments":
            continue  # told as a missing body
        must_be_refused = file.name.startswith("json-n_")
        expected = (400, "malformed_json") if must_be_refused else (422, "invalid")
        assert (answer.status_code, answer.json()["code"]) == expected, file.name


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"channel": "web", "channel": "store"}', "stands twice"),
        (b'{"lines": [{"sku": "A", "quantity": 1, "quantity": 2}]}', '"quantity" stands twice'),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
        (b"[" * 100_000, "nested"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b"\xef\xbb\xbf{}", "JSON"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b"", "JSON"),
    ],
)
def test_json_that_could_be_read_in_two_ways(small_api: Api, body: bytes, word: str):
    for path in ("/orders", "/orders/batch", "/stock/adjustments"):
        answer = send(small_api, path, body)
        if not body and path == "/stock/adjustments":
            continue  # told as a missing body
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
        assert word in answer.json()["detail"]


def test_a_whole_number_may_be_written_with_a_fraction_of_zero(small_api: Api):
    body = json.dumps(changed("/lines/0/quantity", 101)).replace("101", "101.0")
    assert send(small_api, "/orders", body).json()["code"] == "out_of_stock"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "json", ""]
)
@pytest.mark.parametrize("path", ["/orders", "/orders/batch", "/stock/adjustments"])
def test_another_kind_of_body(small_api: Api, path: str, kind: str):
    answer = send(small_api, path, "{}", **{"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.shop+json"]
)
def test_json_by_another_name(small_api: Api, kind: str):
    assert send(small_api, "/orders", "{}", **{"content-type": kind}).status_code == 422


MIB = 2**20


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/orders", MIB, 400),
        ("/orders", MIB + 1, 413),
        ("/stock/adjustments", MIB + 1, 413),
        ("/orders/batch", MIB + 1, 400),
        ("/orders/batch", 10 * MIB, 400),
        ("/orders/batch", 10 * MIB + 1, 413),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_has_its_limit(small_api: Api, path: str, size: int, status: int, chunked: bool):
    def pieces() -> Iterator[bytes]:
        for start in range(0, size, 65_536):
            yield b"x" * min(65_536, size - start)

    body: Any = pieces() if chunked else b"x" * size
    answer = send(small_api, path, body)
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["code"] == "body_too_large"


@pytest.mark.parametrize("key", ["", "x" * 201, "ä", "a\tb"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders", an_order()),
        ("/orders/batch", {"orders": [an_order()]}),
        ("/stock/adjustments", {"sku": "85123A", "change": 1, "reason": "found"}),
    ],
)
def test_an_idempotency_key_that_cannot_be_kept(small_api: Api, path: str, body: Any, key: str):
    headers = [(b"idempotency-key", key.encode("latin-1"))]
    answer = small_api.client.post(f"/api/v1{path}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/orders", "GET, POST"),
        ("PUT", "/orders/batch", "GET, POST"),
        ("POST", "/products", "GET"),
        ("POST", "/products/X", "GET, PUT"),
        ("GET", "/stock/adjustments", "POST"),
    ],
)
def test_a_method_that_is_not_there(small_api: Api, method: str, path: str, allow: str):
    answer = small_api.client.request(method, f"/api/v1{path}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("path", ["/", "/nope", "/orders/", "/orders/%00"])
def test_a_path_that_is_not_there(small_api: Api, path: str):
    answer = small_api.client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer", "code"),
    [
        ("PUT", "/products/X", {}, "/name", "missing"),
        ("PUT", "/products/X", {"name": "X", "price": "2.55"}, "/price", "wrong_type"),
        ("PUT", "/products/X", {"name": " ", "price": {}}, "/name", "bad_format"),
        ("PUT", "/locations/x", {"name": "X", "priority": -1}, "/priority", "out_of_range"),
        ("POST", "/stock/adjustments", {"sku": "85123A"}, "/change", "missing"),
        ("POST", "/supplies", {"sku": "85123A", "quantity": 0}, "/quantity", "out_of_range"),
        ("POST", "/orders/1/holds", {"reason": "x", "blocks": []}, "/blocks", "too_few"),
        (
            "POST",
            "/orders/1/holds",
            {"reason": "x", "blocks": ["pay"]},
            "/blocks/0",
            "unknown_value",
        ),
        ("POST", "/orders/1/cancel", {"why": "x"}, "/why", "unknown_field"),
        ("POST", "/orders/1/cancel", [], "", "wrong_type"),
        ("POST", "/payments/p/refund", {"amount": 5}, "/amount", "wrong_type"),
        (
            "POST",
            "/orders/1/changes",
            {"cancel": [{"line": "x", "quantity": 1}]},
            "/cancel/0/line",
            "bad_format",
        ),
    ],
)
def test_other_bad_bodies(  # noqa: PLR0917
    small_api: Api, method: str, path: str, body: Any, pointer: str, code: str
):
    answer = small_api.request(method, path, json=body)
    assert answer.status_code == 422
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]


def test_an_amount_has_no_more_decimals_than_its_currency(small_api: Api):
    lamp = {"name": "Lamp", "price": {"amount": "2.555", "currency": "GBP"}}
    answer = small_api.put("/products/LAMP", lamp)
    assert answer.json()["errors"] == [
        {
            "pointer": "/price",
            "code": "bad_amount",
            "detail": "GBP has 2 decimals; the amount has more.",
        }
    ]
