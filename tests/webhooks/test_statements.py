"""Many deliveries take as many statements as one: when they are made, claimed and written down."""

from collections.abc import Callable

import pytest

from purvey.domain.webhooks import Attempt, Delivery
from purvey.operations.webhook_deliveries import record_attempts
from purvey.queries.webhooks import endpoints_at_work
from purvey.storage.webhooks import claim_deliveries
from purvey.worker.feed import dispatch
from purvey.worker.webhook_plan import plan_deliveries
from tests.operations.statements import counted
from tests.webhooks.conftest import Sender

MANY = 30


@pytest.mark.parametrize("status", [200, 500])
def test_the_number_of_statements_does_not_depend_on_the_number_of_deliveries(
    sender: Sender, status: int
):
    """One order for each endpoint first, then many."""
    for name in ("one", "two"):
        sender.endpoint(f"http://127.0.0.1:9999/{name}", "order.received")
    one, many = ([*steps(sender, orders, status)] for orders in (1, MANY))
    assert one == many


def steps(sender: Sender, orders: int, status: int) -> list[int]:
    sender.shop.stock(orders, "85123A")
    sender.shop.receive(*[sender.shop.draft((1, "85123A")) for _ in range(orders)])
    house, shard = sender.house, sender.shop.shard
    dispatch(house, shard)
    with house.database.reading(shard) as sql:
        at_work = endpoints_at_work(sql)
    claimed: list[Delivery] = []
    wishes = {x.endpoint.id: MANY for x in at_work}

    def claim() -> None:
        claimed[:] = house.database.run(
            shard,
            lambda tx: claim_deliveries(tx.sql, wishes, now=house.clock(), lease_seconds=60),
        )

    def record() -> None:
        attempts = [attempt(x, sender, status) for x in claimed]
        house.database.run(shard, lambda tx: record_attempts(tx, attempts, act=house.act("worker")))

    def count(step: Callable[[], object]) -> int:
        with counted(house.database) as sent:
            step()
        return len({x for x in sent if "webhook" in x})  # strict mode runs some of them again

    counts = [count(lambda: plan_deliveries(house, shard, at_work)), count(claim), count(record)]
    assert len(claimed) == 2 * orders
    return counts


def attempt(delivery: Delivery, sender: Sender, status: int) -> Attempt:
    return Attempt(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.id,
        at=sender.house.clock(),
        duration_ms=1,
        status=status,
        outcome="answered",
        answer="",
    )
