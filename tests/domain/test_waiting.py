"""Nothing waits silently: every order that is not over says in one sentence what it waits for."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purvey.domain.order import Order
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.domain.waiting import Expected, waiting_for
from purvey.lifecycle import ORDER
from tests.lifecycle.subjects import NOON, a_hold, a_line, a_payment, a_shipment, an_order

SHORT = a_line(sku="85123A", backordered=3)
LATER = NOON + timedelta(days=7)


def at(state: OrderState, **changes: object) -> Order:
    return an_order(state=state, **changes)


def unpaid(state: PaymentState = PaymentState.REQUESTED, **payment: object) -> Order:
    return at(OrderState.RESERVED, payments=(a_payment(state=state, **payment),))


def parcel(state: ShipmentState, **changes: object) -> Order:
    since = NOON.replace(hour=10, minute=4)
    shipment = a_shipment(state=state, state_since=since, **changes)
    return at(OrderState.FULFILLING, shipments=(shipment,))


SENTENCES: list[tuple[Order, str, str]] = [
    (at(OrderState.RECEIVED), "decision", "Being checked right now."),
    (
        at(OrderState.IN_REVIEW, holds=(a_hold("accept"),)),
        "review",
        "Waiting for a person to decide: Look!",
    ),
    (
        at(OrderState.IN_REVIEW, holds=(a_hold("accept"), a_hold("accept"))),
        "review",
        "Waiting for a person to decide: Look! (and 1 more)",
    ),
    (
        at(OrderState.BACKORDERED, lines=(SHORT,)),
        "stock",
        "Waiting for stock of 85123A, no delivery announced",
    ),
    (unpaid(), "payment", "Waiting for the gateway to secure 7.65 GBP"),
    (
        unpaid(reason="needs_customer", expires_at=LATER),
        "customer",
        "Waiting for the customer to confirm with their bank until 14 January",
    ),
    (
        unpaid(PaymentState.UNKNOWN),
        "payment_unknown",
        "The answer of the payment gateway was lost; it is being asked what happened",
    ),
    (
        unpaid(PaymentState.DECLINED, reason="Card expired", expires_at=LATER),
        "payment_declined",
        "Payment declined (Card expired); waiting for another way to pay until 14 January",
    ),
    (
        unpaid(method="bank_transfer", expires_at=LATER),
        "bank_transfer",
        "Waiting for the bank transfer of 7.65 GBP until 14 January",
    ),
    (unpaid(method="cash"), "cash", "Waiting for 7.65 GBP in cash"),
    (
        unpaid(PaymentState.CAPTURED, captured=700),
        "payment",
        "Waiting for the missing 0.65 GBP",
    ),
    (at(OrderState.RESERVED), "payment", "Waiting for a payment to be arranged"),
    (parcel(ShipmentState.PLANNED), "pick", "Waiting to be picked in main since 10:04"),
    (parcel(ShipmentState.PICKING), "pack", "Being picked in main since 10:04"),
    (parcel(ShipmentState.PACKED), "label", "Packed; waiting for the carrier's label"),
    (
        parcel(ShipmentState.PACKED, tracking_number="T1"),
        "hand_over",
        "Packed in main; waiting for the carrier",
    ),
    (
        parcel(ShipmentState.HANDED_OVER, carrier="ACME Post"),
        "delivery",
        "With ACME Post since 7 January",
    ),
    (
        parcel(ShipmentState.IN_TRANSIT),
        "delivery",
        "On its way with the carrier since 7 January",
    ),
    (
        parcel(ShipmentState.LOST),
        "lost_parcel",
        "A parcel was lost: refund it and close; what is sent again is a new order",
    ),
    (
        parcel(ShipmentState.RETURNED_TO_SENDER),
        "returned_parcel",
        "A parcel could not be delivered and comes back: once it is here, send it again, or take"
        " it in as a return",
    ),
    (
        at(OrderState.READY, holds=(a_hold("fulfil"),), shipments=(a_shipment(),)),
        "hold",
        "On hold: Look!",
    ),
    (
        at(OrderState.DELIVERED),
        "return_window",
        "Delivered; closes by itself after the return window",
    ),
]


@pytest.mark.parametrize(("order", "code", "sentence"), SENTENCES, ids=[s for _, _, s in SENTENCES])
def test_the_sentence_is_true(order: Order, code: str, sentence: str):
    waiting = waiting_for(order)
    assert (waiting.code, waiting.sentence) == (code, sentence)


@pytest.mark.parametrize(
    ("expected", "end"),
    [
        (Expected(12, date(2030, 5, 3)), "12 expected on 3 May"),
        (Expected(12, None), "12 expected, day unknown"),
        (Expected(12, date(2030, 5, 3), is_late=True), "12 were expected on 3 May"),
        (Expected(1, date(2030, 5, 3), is_late=True), "1 was expected on 3 May"),
    ],
)
def test_announced_stock_is_named(expected: Expected, end: str):
    order = at(OrderState.BACKORDERED, lines=(SHORT,))
    waiting = waiting_for(order, {"85123A": expected})
    assert waiting.sentence == f"Waiting for stock of 85123A, {end}"


def test_of_several_missing_products_the_announced_one_is_named():
    order = at(OrderState.BACKORDERED, lines=(a_line(sku="B", backordered=3), SHORT))
    waiting = waiting_for(order, {"85123A": Expected(3, None)})
    assert waiting.sentence == "Waiting for stock of 85123A and 1 more, 3 expected, day unknown"


def test_the_parcel_that_is_furthest_behind_is_what_it_waits_for():
    gone = a_shipment(id="shp_1", state=ShipmentState.IN_TRANSIT)
    here = a_shipment(id="shp_2", location="north")
    order = at(OrderState.FULFILLING, shipments=(gone, here))
    assert waiting_for(order).sentence == "Waiting to be picked in north since 12:00"


@pytest.mark.parametrize("state", sorted(ORDER.ends))
def test_an_order_that_is_over_waits_for_nothing(state: OrderState):
    assert waiting_for(at(state)).code is None


orders = st.builds(
    an_order,
    lines=st.sampled_from([(a_line(),), (SHORT,), (SHORT, a_line()), (a_line(shipped=3),)]),
    holds=st.sampled_from([(), (a_hold("accept"),), (a_hold("accept", "fulfil"),)]),
    payments=st.lists(
        st.builds(
            a_payment,
            state=st.sampled_from(list(PaymentState)),
            method=st.sampled_from(["gateway", "cash", "bank_transfer", "terms"]),
            authorised=st.integers(0, 1000),
            reason=st.sampled_from([None, "Card expired"]),
            expires_at=st.sampled_from([None, LATER]),
        ),
        max_size=2,
    ).map(tuple),
    shipments=st.lists(
        st.builds(
            a_shipment,
            state=st.sampled_from(list(ShipmentState)),
            method=st.sampled_from(["standard", "pickup"]),
            tracking_number=st.sampled_from([None, "T1"]),
        ),
        max_size=3,
    ).map(tuple),
)


@pytest.mark.parametrize("state", OrderState)
@given(data=st.data())
@settings(max_examples=40)
def test_every_order_that_is_not_over_says_what_it_waits_for(
    state: OrderState, data: st.DataObject
):
    order = data.draw(orders).at(state, NOON)
    waiting = waiting_for(order)
    assert (waiting.code is None) == (order.state in ORDER.ends)
    if waiting.code is not None:
        assert waiting.sentence[0].isupper()
        assert "None" not in waiting.sentence and "_" not in waiting.sentence
