"""`purvey orders place`: from flags, from a file, from stdin; twice is once; refusals say why."""

import io
import json
from pathlib import Path

import pytest

from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.put_products import put_products
from purvey.ports.storage import Product
from purvey.wiring import House
from tests.cli.conftest import Run
from tests.cli.test_bad_input import refused

WHO = ("--email", "ann@example.com", "--name", "Ann Lee", "--line1", "1 High Street")
WHERE = ("--city", "Leeds", "--postal-code", "LS1 4DT", "--country", "GB")
ANN = (*WHO, *WHERE, "--payment", "cash")


@pytest.fixture(autouse=True)
def stocked(house: House) -> None:
    mug = Product(sku="MUG=L", name="Mug", price=500, currency="GBP")
    house.do(put_products, [mug], actor="test")
    wish = Adjustment(sku="MUG=L", location="main", change=10, reason="count")
    house.do(adjust_stock, [wish], actor="test")


def body(**changes: object) -> dict[str, object]:
    return {
        "channel": "store",
        "currency": "GBP",
        "customer": {"name": "Ann Lee", "email": "ann@example.com"},
        "lines": [{"sku": "MUG=L", "quantity": 1}],
        "shipping": {"method": "pickup"},
        "payment": {"method": "cash"},
        **changes,
    }


def test_one_from_flags(purvey: Run):
    ran = purvey("orders", "place", "--sku", "MUG=L=2", *ANN)
    assert (ran.code, ran.err) == (0, "")
    assert "Order 1001 is reserved." in ran.out and "Waiting for 13.95 GBP in cash" in ran.out
    shown = json.loads(purvey("orders", "show", "1001", "--json").out)
    assert (shown["channel"], shown["ship_to"]["city"]) == ("phone", "Leeds")
    assert [(line["sku"], line["ordered"]) for line in shown["lines"]] == [("MUG=L", 2)]


@pytest.mark.parametrize(
    ("flags", "method", "gateway"),
    [
        (["--payment", "transfer"], "bank_transfer", None),
        (["--payment", "terms"], "terms", None),
        (["--payment", "tok_ok"], "gateway", "sandbox"),
        (["--payment", "tok_ok", "--gateway", "sandbox"], "gateway", "sandbox"),
    ],
)
def test_the_ways_to_pay(purvey: Run, flags, method, gateway):
    ran = purvey("orders", "place", "--sku", "MUG=L=1", *WHO, *WHERE, *flags, "--json")
    [payment] = json.loads(ran.out)["results"][0]["order"]["payments"]
    assert (payment["method"], payment["gateway"]) == (method, gateway)


def test_the_same_command_twice_is_one_order(purvey: Run):
    command = ("orders", "place", "--sku", "MUG=L=2", *ANN, "--external-id", "A-1")
    first, second = purvey(*command), purvey(*command)
    assert (first.code, second.code) == (0, 0)
    assert "there already" in second.out and "there already" not in first.out
    assert len(json.loads(purvey("orders", "list", "--json").out)["items"]) == 1
    other = purvey("orders", "place", "--sku", "MUG=L=3", *ANN, "--external-id", "A-1")
    refused(other, "/external_id", "another content")


def test_a_list_in_a_file_each_by_itself(purvey: Run, here: Path):
    orders = [body(), body(lines=[{"sku": "CUP", "quantity": 1}]), body(external_id="S-1")]
    (here / "orders.json").write_text(json.dumps(orders))
    ran = purvey("orders", "place", "orders.json")
    assert ran.code == 1
    assert "1. Order 1001" in ran.out and "3. Order 1002" in ran.out
    assert ran.err.startswith("purvey: 2. Not placed: /lines/0/sku: There is no product")
    again = json.loads(purvey("orders", "place", "orders.json", "--json").out)["results"]
    assert [result["status"] for result in again] == [201, 422, 200]


def test_more_than_one_commit_takes(purvey: Run, here: Path, monkeypatch):
    monkeypatch.setenv("PURVEY_BATCH_LIMIT", "2")
    orders = [body(external_id=f"S-{n}") for n in range(5)]
    (here / "orders.json").write_text(json.dumps({"orders": orders}))
    results = json.loads(purvey("orders", "place", "orders.json", "--json").out)["results"]
    assert [result["order"]["external_id"] for result in results] == [f"S-{n}" for n in range(5)]


def test_one_from_stdin(purvey: Run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(body()).encode())))
    assert "Order 1001 is ready." in purvey("orders", "place", "-").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["--sku"]),
        (["--sku", "MUG", *ANN], ["--sku", "SKU=QUANTITY"]),
        (["--sku", "MUG=L=many", *ANN], ["--sku", "SKU=QUANTITY"]),
        (["--sku", "MUG=L=0", *ANN], ["/lines/0/quantity", "at least 1"]),
        (["--sku", "MUG=L=1", *WHO, *WHERE], ["--payment"]),
        (["--sku", "MUG=L=1", *ANN, "--gateway", "paypal"], ["/payment/gateway", "sandbox"]),
        (["--sku", "MUG=L=1", *ANN, "--method", "pigeon"], ["/shipping/method", "standard"]),
        (["--sku", "MUG=L=11", *ANN], ["/lines/0/quantity", "10"]),
        (["--sku", "MUG=L=1", *ANN, "--channel", "Fax!"], ["/channel"]),
        (["none.json"], ["none.json", "No such file"]),
        (["bad.json"], ["bad.json", "JSON"]),
        (["empty.json"], ["empty.json", "1 to 1,000"]),
        (["empty.json", "--sku", "MUG=L=1", *ANN], ["--sku"]),
        (["--skuu", "MUG=L=1"], ["--skuu", "purvey orders place --help"]),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_placed(purvey: Run, here: Path, arguments, words):
    (here / "bad.json").write_text('[{"channel": ')
    (here / "empty.json").write_text("[]")
    refused(purvey("orders", "place", *arguments), *words)
    assert json.loads(purvey("orders", "list", "--json").out)["items"] == []
