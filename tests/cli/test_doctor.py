import json

from purvey.wiring import DEFAULT_SHARD, House
from tests.cli.conftest import Run
from tests.cli.shell import Shell
from tests.cli.shop import fill


def test_all_is_well(purvey: Run, house: House):
    many = len(fill(house))
    ran = purvey("doctor", "--json")
    assert ran.code == 0
    report = json.loads(ran.out)
    assert report["ok"] and report["findings"] == []
    assert report["checked"]["orders"] == many
    assert "All promises hold" in purvey("doctor").out


def test_a_broken_promise_is_told_with_its_remedy_and_code_1(purvey: Run, house: House):
    taken = fill(house)
    house.database.run(
        DEFAULT_SHARD,
        lambda tx: tx.sql.execute(
            "update orders set total = total + 1 where shard = :shard and id = :id",
            id=taken[0].order.id,
        ),
    )
    ran = purvey("doctor", "--json")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert not report["ok"]
    assert all({"promise", "what", "where", "remedy"} <= set(found) for found in report["findings"])
    assert any(str(taken[0].order.number) in found["where"] for found in report["findings"])
    assert purvey("doctor").code == 1


def test_the_gateways_books_are_compared(shell: Shell, purvey: Run, house: House):
    """Money that the gateway holds and we know nothing of."""
    fill(house)
    shell.environment["PURVEY_SANDBOX_WAREHOUSE"] = "1"
    shell.environment["PURVEY_RETRY_SECONDS"] = "0.1"
    gateway = house.outside.gateway("sandbox")
    gateway.authorise(
        key="stray", payment_id="pay_stray", amount=500, currency="GBP", token="tok_ok"
    )
    ran = purvey("doctor", "--json")
    assert ran.code == 1
    assert "pay_stray" in json.dumps(json.loads(ran.out)["findings"])
