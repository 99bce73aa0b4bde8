"""Plural operations: a batch of 500 takes as many statements as a batch of one.

What is counted leaves for the database; plans and rows are another matter.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from purvey.domain.draft import Draft
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.change import OrderChange, change
from purvey.operations.decide import Decision, decide
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.fill_backorders import fill_backorders
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.operations.hold import PlaceHold, ReleaseHold, place_holds, release_holds
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.put_products import put_products
from purvey.operations.receive import Received
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.operations.record_shipping import (
    LabelBought,
    ParcelNews,
    record_labels,
    record_tracking,
)
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.operations.timers import expire_payments
from purvey.ports.carrier import Label
from purvey.ports.storage import Product
from purvey.testing import Shop
from tests.operations.statements import counted

MANY, SOME = 500, 100
NOW_AND_THEN = ("begin", "update counter", "analyze")
SKUS = [f"SKU{n}" for n in range(20)]
MOST = 30  # statements of any operation; a lone order has to be quick as well


# Not in strict mode: commits that fail there are run again, and their statements counted again.
pytestmark = pytest.mark.parametrize("new_shop", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    shop = new_shop()
    products = [Product(sku=s, name=s, price=100, currency="GBP") for s in SKUS]
    shop.do(put_products, products)
    opening = [Adjustment(sku=s, location="main", change=10_000, reason="opening") for s in SKUS]
    shop.do(adjust_stock, opening)
    return shop


def drafts(shop: Shop, number: int) -> list[Draft]:
    """Three lines each, with keys of every kind."""
    made = []
    for n in range(number):
        lines = [(1, SKUS[(n + k) % len(SKUS)]) for k in range(3)]
        draft = shop.draft(*lines)
        made.append(
            shop.draft(*lines, external_id=draft.fingerprint, idempotency_key=draft.fingerprint)
        )
    return made


def received(shop: Shop, number: int) -> list[Order]:
    answers = shop.receive(*drafts(shop, number))
    return [answer.order for answer in answers if isinstance(answer, Received)]


def paid(shop: Shop, number: int) -> list[Order]:
    reports = [authorised(order) for order in received(shop, number)]
    return [order for order in shop.do(record_payments, reports) if order]


def authorised(order: Order) -> PaymentReport:
    payment = order.payments[0]
    return PaymentReport(
        payment_id=payment.id, kind="authorised", key=f"{payment.id}:a", amount=payment.amount
    )


def stepped(trigger: str) -> Callable[[Shop, Sequence[Order]], list[Any]]:
    def step(shop: Shop, orders: Sequence[Order]) -> list[Any]:
        parcels = [shipment for order in orders for shipment in order.shipments]
        steps = [ShipmentStep(shipment_id=parcel.id, trigger=trigger) for parcel in parcels]
        return shop.do(fulfil, steps)

    return step


def labelled(shop: Shop, orders: Sequence[Order]) -> list[Any]:
    bought = [
        LabelBought(shipment_id=parcel.id, label=LABEL)
        for order in orders
        for parcel in order.shipments
    ]
    shop.report(record_labels, bought)
    return []


def tracked(kind: str) -> Callable[[Shop, Sequence[Order]], list[Any]]:
    def track(shop: Shop, orders: Sequence[Order]) -> list[Any]:
        parcels = [shipment for order in orders for shipment in order.shipments]
        shop.report(record_tracking, [ParcelNews(shipment_id=x.id, kind=kind) for x in parcels])
        return []

    return track


LABEL = Label(
    carrier="sandbox",
    service="standard",
    tracking_number="T1",
    tracking_url="https://carrier.example/T1",
    cost=300,
    currency="GBP",
    media_type="x-application/zpl",
    body="^XA^XZ",
)


def measure(shop: Shop, work: Callable[[], list[Any]]) -> int:
    """Without what is done now and then: taking a block of order numbers, gathering statistics."""
    with counted(shop.house.database) as sent:
        answers = work()
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    return len([statement for statement in sent if not statement.startswith(NOW_AND_THEN)])


def test_receiving(shop: Shop):
    shop.receive(*drafts(shop, 1))
    counts = []
    for number in (1, MANY):
        batch = drafts(shop, number)
        counts.append(measure(shop, lambda batch=batch: shop.receive(*batch)))
    assert counts[0] == counts[1] <= MOST


@pytest.mark.parametrize(
    ("made", "operation"),
    [
        (received, lambda shop, orders: shop.do(record_payments, [authorised(o) for o in orders])),
        (
            received,
            lambda shop, orders: shop.do(
                decide, [Decision(order_id=o.id, trigger="cancel", reason="x") for o in orders]
            ),
        ),
        (
            paid,
            lambda shop, orders: shop.do(
                change, [OrderChange(order_id=o.id, cancel={1: 1}, reason="x") for o in orders]
            ),
        ),
        (
            paid,
            lambda shop, orders: shop.do(
                place_holds, [PlaceHold(order_id=o.id, reason="x") for o in orders]
            ),
        ),
    ],
    ids=["recording payments", "cancelling", "cancelling a line", "holding"],
)
def test_what_people_and_gateways_do(
    shop: Shop,
    made: Callable[[Shop, int], list[Order]],
    operation: Callable[[Shop, list[Order]], list[Any]],
):
    counts = []
    for number in (1, MANY):
        orders = made(shop, number)
        counts.append(measure(shop, lambda orders=orders: operation(shop, orders)))
    assert counts[0] == counts[1] <= MOST


def test_fulfilling(shop: Shop):
    """From the shelf to the door: every step of one order and of 500."""
    steps = [stepped("pick"), stepped("pack"), labelled, stepped("hand_over")]
    steps += [tracked("in_transit"), tracked("delivered")]
    counts: list[list[int]] = []
    for number in (1, MANY):
        orders = paid(shop, number)
        work = [lambda step=step, orders=orders: step(shop, orders) for step in steps]
        counts.append([measure(shop, one) for one in work])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST


def test_releasing_holds(shop: Shop):
    counts = []
    for number in (1, SOME):
        orders = paid(shop, number)
        shop.do(place_holds, [PlaceHold(order_id=order.id, reason="x") for order in orders])
        wishes = [ReleaseHold(order_id=order.id) for order in orders]
        counts.append(measure(shop, lambda wishes=wishes: shop.do(release_holds, wishes)))
    assert counts[0] == counts[1] <= MOST


def test_timers(shop: Shop):
    counts = []
    for number in (1, SOME):
        ids = [order.id for order in received(shop, number)]
        with counted(shop.house.database) as sent:
            shop.report(expire_payments, ids)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= MOST


def test_filling_backorders(shop: Shop):
    counts = []
    for number, sku in ((1, "X"), (150, "Y")):
        shop.stock(0, sku, backorder_limit=1_000)
        shop.receive(*(shop.draft((1, sku)) for _ in range(number)))
        shop.adjust(number, sku)
        with counted(shop.house.database) as sent:
            shop.report(fill_backorders, [sku])
        assert shop.available(sku) == 0
        counts.append(len(sent))
    assert counts[0] == counts[1] <= MOST


def asked_for(shop: Shop, orders: Sequence[Order]) -> list[Any]:
    wishes = [ReturnWish(order_id=x.id, lines=[Wanted(no=1, quantity=1)]) for x in orders]
    return shop.do(request_returns, wishes)


def returning(
    operation: Callable[..., Any], wish: Callable[[str], Any]
) -> Callable[[Shop, Sequence[Order]], list[Any]]:
    def step(shop: Shop, orders: Sequence[Order]) -> list[Any]:
        mine = {order.id for order in orders}
        rows = shop.rows("select id, order_id from returns where shard = :shard")
        return list(shop.do(operation, [wish(row.id) for row in rows if row.order_id in mine]))

    return step


FOUND = (Found(no=1, quantity=1, condition="as_new", disposition="restock"),)
RETURNING = (
    asked_for,
    returning(decide_returns, lambda x: ReturnDecision(return_id=x, trigger="approve")),
    returning(take_returns, lambda x: ReturnedParcel(return_id=x, location="main")),
    returning(inspect_returns, lambda x: Inspection(return_id=x, lines=FOUND)),
    returning(settle_returns, lambda x: SettleReturn(return_id=x)),
)


def test_returning(shop: Shop):
    """From the wish to the money: every step of one return and of 100."""
    counts: list[list[int]] = []
    for number in (1, SOME):
        orders = paid(shop, number)
        for step in (stepped("pick"), stepped("pack"), labelled, stepped("hand_over")):
            step(shop, orders)
        tracked("delivered")(shop, orders)
        work = [lambda step=step, orders=orders: step(shop, orders) for step in RETURNING]
        counts.append([measure(shop, one) - 1 for one in work])  # one reads which there are
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST
