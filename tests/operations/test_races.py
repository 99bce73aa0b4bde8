"""Several processes at once: the same order is taken once, and a hot product is never oversold."""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import Pool
from typing import Any, NamedTuple

import pytest

from purvey.config import Settings
from purvey.domain.draft import Contact
from purvey.kit.process import Refusal
from purvey.operations.adjust_stock import Arrival, receive_supplies
from purvey.operations.receive import Received
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.ports.storage import Supply
from purvey.storage.strict import make_strict
from purvey.testing import Clock, Shop
from purvey.wiring import House

SPAWN = multiprocessing.get_context("spawn")  # nobody inherits a connection
PROCESSES = 8
UNITS, WANTED, BATCH = 1_000, 5_000, 25
HOT_SECONDS = 30


class Door(NamedTuple):
    """What another process needs to find the shop."""

    url: str
    shard: int
    strict: bool = False

    def enter(self, number: int) -> Shop:
        clock = Clock()
        house = House(Settings(database_url=self.url), clock=clock)
        if self.strict:
            make_strict(house.database, seed=number)
        return Shop(house, clock, shard=self.shard)


def door_of(shop: Shop, *, strict: bool = False) -> Door:
    url = shop.house.database.url.render_as_string(hide_password=False)
    return Door(url, shop.shard, strict)


@pytest.fixture(scope="module")
def processes() -> Any:
    """Eight interpreters take a second or two to start: once for all tests here."""
    with SPAWN.Pool(PROCESSES) as pool:
        pool.map(abs, range(PROCESSES), chunksize=1)
        yield pool


def send_same_orders(door: Door, number: int) -> list[tuple[str, str]]:
    """Everybody sends the same thirty orders, a few at a time, each in an order of their own."""
    shop = door.enter(number)
    kinds: list[dict[str, Any]] = [
        {"idempotency_key": f"key-{n}", "external_id": f"SHOP-{n}"} if n % 3 == 0
        else {"external_id": f"SHOP-{n}"} if n % 3 == 1
        else {"idempotency_key": f"key-{n}"}
        for n in range(30)
    ]  # fmt: skip
    drafts = [
        shop.draft((1, "A"), customer=Contact(email=f"c{n}@x.org"), fingerprint=str(n), **kind)
        for n, kind in enumerate(kinds)
    ]
    turned = drafts[number * 4 :] + drafts[: number * 4]
    answers = [a for n in range(0, 30, 5) for a in shop.receive(*turned[n : n + 5])]
    shop.house.close()
    return [
        (draft.fingerprint, a.order.id if isinstance(a, Received) else a.code)
        for draft, a in zip(turned, answers, strict=True)
    ]


def test_the_same_orders_sent_by_all_at_once_are_taken_once(
    shop: Shop, processes: Pool, request: pytest.FixtureRequest
):
    shop.stock(1_000, "A")
    door = door_of(shop, strict="strict" in request.node.name)
    told = processes.starmap(send_same_orders, [(door, n) for n in range(PROCESSES)], chunksize=1)
    ids = {pair for answers in told for pair in answers}
    assert len(ids) == 30, "somebody was told of another order for the same content"
    assert len(shop.rows("select id from orders where shard = :shard")) == 30
    assert shop.available("A") == 970


def in_threads(work: Callable[[], Any], *, threads: int = 8) -> list[Any]:
    """All start at once."""
    gate = threading.Barrier(threads)

    def run(_: int) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def test_the_same_order_sent_by_threads_of_one_server_is_taken_once(shop: Shop):
    shop.stock(10, "A")
    draft = shop.draft((1, "A"), idempotency_key="k1", external_id="SHOP-1")
    answers = in_threads(lambda: shop.receive(draft)[0])
    assert Counter(answer.replayed for answer in answers) == {False: 1, True: 7}
    assert len({answer.order.id for answer in answers}) == 1


def test_one_delivery_that_everybody_unloads_arrives_once(shop: Shop):
    shop.stock(0, "A")
    supply = shop.announce(12, "A")
    assert isinstance(supply, Supply)
    arrival = [Arrival(supply_id=supply.id)]
    answers = in_threads(lambda: shop.do(receive_supplies, arrival)[0])
    assert Counter(type(answer) for answer in answers) == {Supply: 1, Refusal: 7}
    assert shop.available("A") == 12


def test_one_parcel_that_everybody_hands_over_leaves_once(shop: Shop):
    shop.stock(10, "A")
    (shipment,) = shop.paid((3, "A")).shipments
    shop.step(shipment, "pick")
    shop.step(shipment, "pack")
    shop.label(shipment)
    answers = in_threads(lambda: shop.step(shipment, "hand_over"))
    assert Counter(isinstance(answer, Refusal) for answer in answers) == {False: 1, True: 7}


def test_money_that_is_told_by_answer_and_webhook_at_once_is_booked_once(shop: Shop):
    shop.stock(10, "A")
    order = shop.order((1, "A"))
    (payment,) = order.payments
    news = PaymentReport(payment_id=payment.id, kind="captured", key="k", amount=payment.amount)
    in_threads(lambda: shop.do(record_payments, [news]))
    assert shop.payment(order).captured == payment.amount


def buy(door: Door, number: int) -> Counter[str]:
    """Each wants its part of the 5,000, one unit an order, in batches."""
    shop = door.enter(number)
    outcomes: Counter[str] = Counter()
    for _ in range(WANTED // PROCESSES // BATCH):
        answers = shop.receive(*(shop.draft((1, "hot")) for _ in range(BATCH)))
        outcomes.update(fate(answer) for answer in answers)
    shop.house.close()
    return outcomes


def fate(answer: Received | Refusal) -> str:
    if isinstance(answer, Refusal):
        return answer.code
    return "reserved" if answer.order.lines[0].reserved else "backordered"


@pytest.mark.parametrize("new_shop", ["postgres"], indirect=True)
@pytest.mark.parametrize("limit", [0, 300])
def test_a_hot_product_is_never_oversold(
    new_shop: Callable[..., Shop], processes: Pool, limit: int
):
    shop = new_shop()
    shop.stock(UNITS, "hot", backorder_limit=limit)
    started = time.monotonic()
    told = processes.starmap(buy, [(door_of(shop), n) for n in range(PROCESSES)], chunksize=1)
    assert time.monotonic() - started < HOT_SECONDS
    assert sum(told, Counter()) == Counter(
        reserved=UNITS, backordered=limit, out_of_stock=WANTED - UNITS - limit
    )
    assert shop.available("hot") == 0
    (product,) = shop.rows("select backordered from product where shard = :shard")
    assert product.backordered == limit


def change_minds(door: Door, number: int) -> int:
    """Orders of several products that cross each other, bought and called off again."""
    shop = door.enter(number)
    skus = ["A", "B", "C", "D"]
    turned = skus[number % 4 :] + skus[: number % 4]
    for _ in range(6):
        drafts = [shop.draft(*((1, sku) for sku in turned)) for _ in range(4)]
        orders = [a.order for a in shop.receive(*drafts) if isinstance(a, Received)]
        for order in orders[::2]:
            shop.decide(order, "cancel", reason="changed mind")
        shop.ring()
    shop.house.close()
    return len(orders)


def test_orders_that_cross_each_other_end_well(
    shop: Shop, processes: Pool, request: pytest.FixtureRequest
):
    """Same products in another order, cancellations and fills in between: no deadlock, no error,
    and all promises hold (the fixture looks)."""
    for sku in ("A", "B", "C", "D"):
        shop.stock(40, sku, backorder_limit=100)
    door = door_of(shop, strict="strict" in request.node.name)
    processes.starmap(change_minds, [(door, n) for n in range(4)], chunksize=1)
    shop.ring()
