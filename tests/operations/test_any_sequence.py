"""Any sequence of requests and reports keeps the promises.

A handful of orders in one shop; customers, gateways, warehouse, carriers, suppliers and clocks do
what they like, in any order, late, twice or never. After each step all promises are looked at.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from purvey.domain.amounts import due, secured
from purvey.domain.draft import Address, Discount, Finding, Shipping
from purvey.domain.order import Order, Payment, Return, Shipment
from purvey.domain.returns import quantities
from purvey.domain.states import OrderState
from purvey.kit.process import Refusal
from purvey.operations.adjust_stock import Arrival, receive_supplies
from purvey.operations.change import OrderChange, change
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.hold import PlaceHold, ReleaseHold, place_holds, release_holds
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.move_money import MoneyStep, move_money
from purvey.operations.receive import Received
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.short_pick import ShortPick, short_pick
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.testing import Shop
from purvey.testing.clock import MONDAY_MORNING
from purvey.testing.shop import LEEDS
from purvey.testing.story import CHOICES
from tests.operations.promises import broken_promises

RESERVED = OrderState.RESERVED
MAX_ORDERS = 5
SKUS = ("A", "B")
NOWHERE = Address(city="York", country="GB")
BAD = Finding("fraud", "", "Look!", "hold")
UNITS = st.integers(1, 4)
SHARDS = count(1_000_000)
PICK = st.integers(0, 9)  # which one of those there are
MOVED = ("authorised", "captured", "voided", "refunded")
TALK = ("authorised", "declined", "unknown", "unheard_of", "needs_customer")
KINDS = st.sampled_from([*TALK, *MOVED])
AMOUNTS = st.sampled_from([None, None, None, 1, 300, 5_000])
REASONS = st.sampled_from(["because", "because", ""])
WHY = ("missing", "damaged")


SETTINGS = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class AnyShop(RuleBasedStateMachine):
    first_shop: Shop  # set by the test

    @initialize()
    def open(self) -> None:
        """A new shop in the same house."""
        house, clock = self.first_shop.house, self.first_shop.clock
        clock.now = MONDAY_MORNING
        self.shop = Shop(house, clock, shard=next(SHARDS))
        self.shop.open()
        self.orders: list[Order] = []
        self.before: dict[str, OrderState] = {}
        self.supplies: list[str] = []
        self.told: list[PaymentReport] = []
        self.shop.location("north", priority=1)
        for sku in SKUS:
            self.shop.stock(3, sku, price=255, backorder_limit=4)
            self.shop.adjust(2, sku, at="north")

    # What there is to choose from

    def order(self, pick: int) -> Order:
        return self.shop.look(self.orders[pick % len(self.orders)])

    def parcels(self) -> list[Shipment]:
        return [x for order in self.orders for x in self.shop.look(order).shipments]

    def payments(self) -> Iterator[tuple[Order, Payment]]:
        for order in map(self.shop.look, self.orders):
            yield from ((order, payment) for payment in order.payments)

    # Customers and clerks

    @precondition(lambda self: len(self.orders) < MAX_ORDERS)
    @rule(
        lines=st.lists(st.tuples(UNITS, st.sampled_from(SKUS)), min_size=1, max_size=2),
        how=st.fixed_dictionaries(
            {
                "payment": st.sampled_from(list(CHOICES.values())),
                "channel": st.sampled_from(["web", "store"]),
                "shipping": st.builds(
                    Shipping,
                    method=st.sampled_from(["standard", "pickup"]),
                    complete=st.booleans(),
                ),
                "discounts": st.sampled_from([(), (), (Discount(code="X", amount=100),)]),
                "findings": st.sampled_from([(), (), (BAD,)]),
            }
        ),
    )
    def orders_something(self, lines: list[tuple[int, str]], how: dict[str, Any]) -> None:
        (answer,) = self.shop.receive(self.shop.draft(*lines, **how))
        if isinstance(answer, Received):
            self.orders.append(answer.order)

    @precondition(lambda self: self.orders)
    @rule(
        pick=PICK,
        trigger=st.sampled_from(["approve", "reject", "cancel", "close", "payment_secured"]),
        reason=REASONS,
    )
    def decides(self, pick: int, trigger: str, reason: str) -> None:
        self.shop.decide(self.order(pick), trigger, reason=reason)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, line=st.integers(1, 2), units=UNITS, preview=st.booleans())
    def drops_units(self, pick: int, line: int, units: int, preview: bool) -> None:
        order = self.order(pick)
        wish = OrderChange(order_id=order.id, cancel={line: units}, reason="too many")
        self.shop.do(change, [wish], preview=preview)
        if preview:
            assert self.shop.look(order) == order

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, address=st.sampled_from([LEEDS, NOWHERE]))
    def moves_house(self, pick: int, address: Address) -> None:
        self.shop.change(self.order(pick), ship_to=address)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, blocks=st.sampled_from(["accept", "fulfil"]))
    def holds(self, pick: int, blocks: str) -> None:
        wish = PlaceHold(order_id=self.order(pick).id, reason="Look!", blocks=(blocks,))
        self.shop.do(place_holds, [wish])

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def releases(self, pick: int) -> None:
        self.shop.do(release_holds, [ReleaseHold(order_id=self.order(pick).id)])

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, how=st.sampled_from(list(CHOICES)))
    def pays_another_way(self, pick: int, how: str) -> None:
        self.shop.pay_again(self.order(pick), CHOICES[how])

    # Money

    @precondition(lambda self: any(self.payments()))
    @rule(pick=PICK, trigger=st.sampled_from(["capture", "void", "refund"]), amount=AMOUNTS)
    def moves_money(self, pick: int, trigger: str, amount: int | None) -> None:
        _, payment = list(self.payments())[pick % len(list(self.payments()))]
        step = MoneyStep(payment_id=payment.id, trigger=trigger, amount=amount)
        self.shop.do(move_money, [step])

    @precondition(lambda self: any(self.payments()))
    @rule(pick=PICK, kind=KINDS, amount=AMOUNTS)
    def gateway_reports(self, pick: int, kind: str, amount: int | None) -> None:
        _, payment = list(self.payments())[pick % len(list(self.payments()))]
        report = PaymentReport(
            payment_id=payment.id,
            kind=kind,
            key=f"{len(self.told)}",
            amount=(amount or payment.amount) if kind in MOVED else 0,
        )
        self.told.append(report)
        self.shop.do(record_payments, [report])

    @precondition(lambda self: self.told)
    @rule(pick=PICK)
    def gateway_repeats_itself(self, pick: int) -> None:
        report = self.told[pick % len(self.told)]
        before = self.ledger()
        self.shop.do(record_payments, [report, report])
        assert self.ledger() == before

    def ledger(self) -> set[tuple[Any, ...]]:
        query = "select payment_id, key, kind, amount from payment_entry where shard = :shard"
        return {tuple(row) for row in self.shop.rows(query)}

    # Parcels

    @precondition(lambda self: self.parcels())
    @rule(pick=PICK, step=st.sampled_from(["pick", "pack", "hand_over", "deliver"]))
    def warehouse_steps(self, pick: int, step: str) -> None:
        parcels = self.parcels()
        self.shop.step(parcels[pick % len(parcels)], step)

    @precondition(lambda self: self.parcels())
    @rule(pick=PICK, line=st.integers(1, 2), found=st.integers(0, 3), why=st.sampled_from(WHY))
    def picker_finds_less(self, pick: int, line: int, found: int, why: str) -> None:
        parcels = self.parcels()
        id_ = parcels[pick % len(parcels)].id
        wish = ShortPick(shipment_id=id_, line=line, found=found, reason=why)
        self.shop.do(short_pick, [wish])

    @precondition(lambda self: self.parcels())
    @rule(pick=PICK)
    def label_comes(self, pick: int) -> None:
        parcels = self.parcels()
        self.label(parcels[pick % len(parcels)])

    def label(self, shipment: Shipment) -> None:
        """A carrier gives the same parcel the same label however often it is asked."""
        self.shop.label(shipment, number=f"TRK-{shipment.id}")

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def all_goes_well_for_a_while(self, pick: int) -> None:
        """Else few orders would ever get out of the house."""
        order = self.order(pick)
        self.shop.decide(order, "approve")
        if order.payments:
            self.shop.gateway_says(order, "authorised")
        for shipment in self.order(pick).shipments:
            self.shop.step(shipment, "pick")
            self.shop.step(shipment, "pack")
            self.label(shipment)
            self.shop.step(shipment, "hand_over")

    @precondition(lambda self: self.parcels())
    @rule(
        pick=PICK,
        kind=st.sampled_from(
            [
                *("in_transit", "out_for_delivery", "delivered", "delivered", "lost"),
                *("returned_to_sender", "returned_to_sender"),
            ]
        ),
    )
    def carrier_reports(self, pick: int, kind: str) -> None:
        parcels = self.parcels()
        self.shop.carrier_says(parcels[pick % len(parcels)], kind)

    # What comes back

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, line=st.integers(1, 2), units=UNITS, late=st.booleans())
    def wants_to_return(self, pick: int, line: int, units: int, late: bool) -> None:
        wish = ReturnWish(
            order_id=self.order(pick).id,
            lines=[Wanted(no=line, quantity=units)],
            may_be_late=late,
            late_reason="x",
        )
        self.shop.do(request_returns, [wish])

    @precondition(lambda self: any(self.returns()))
    @rule(pick=PICK, trigger=st.sampled_from(["approve", "refuse", "withdraw"]), reason=REASONS)
    def decides_about_a_return(self, pick: int, trigger: str, reason: str) -> None:
        _, returned = self.returned(pick)
        wish = ReturnDecision(return_id=returned.id, trigger=trigger, reason=reason)
        self.shop.do(decide_returns, [wish])

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, known=st.booleans())
    def a_parcel_comes_back(self, pick: int, known: bool) -> None:
        parcel = ReturnedParcel(order_id=self.order(pick).id, location="main")
        if known and list(self.returns()):
            parcel = ReturnedParcel(return_id=self.returned(pick)[1].id, location="north")
        self.shop.do(take_returns, [parcel])

    @precondition(lambda self: self.parcels())
    @rule(pick=PICK, again=st.booleans())
    def a_parcel_was_not_delivered(self, pick: int, again: bool) -> None:
        """It goes out again, or is taken in."""
        parcels = self.parcels()
        parcel = parcels[pick % len(parcels)]
        if again:
            self.shop.carrier_says(parcel, "returned_to_sender")
            self.shop.step(parcel, "send_again")
            return
        [order_id] = [x.id for x in map(self.shop.look, self.orders) if parcel in x.shipments]
        here = ReturnedParcel(order_id=order_id, shipment_id=parcel.id, location="main")
        self.shop.do(take_returns, [here])

    @precondition(lambda self: any(self.returns()))
    @rule(
        pick=PICK,
        units=st.integers(0, 2),
        what=st.sampled_from(["restock", "scrap", "send_back"]),
        percent=st.sampled_from([100, 100, 33, 0]),
        settles=st.booleans(),
    )
    def a_return_is_looked_at(
        self, pick: int, units: int, what: str, percent: int, settles: bool
    ) -> None:
        """Some units are as they were, the others are not."""
        _, returned = self.returned(pick)
        lines = []
        for no, all_of_it in quantities(returned.lines).items():
            good = min(units, all_of_it)
            both = ((good, "restock", 100), (all_of_it - good, what, percent))
            lines += [
                Found(no=no, quantity=n, condition="opened", disposition=how, percent=part)
                for n, how, part in both
                if n
            ]
        self.shop.do(inspect_returns, [Inspection(return_id=returned.id, lines=lines)])
        if settles:
            self.shop.do(settle_returns, [SettleReturn(return_id=returned.id)] * 2)

    def returns(self) -> Iterator[tuple[Order, Return]]:
        for order in map(self.shop.look, self.orders):
            yield from ((order, returned) for returned in order.returns)

    def returned(self, pick: int) -> tuple[Order, Return]:
        found = list(self.returns())
        return found[pick % len(found)]

    # Stock and clocks

    @rule(change=st.integers(-3, 5), sku=st.sampled_from(SKUS))
    def stock_changes(self, change: int, sku: str) -> None:
        self.shop.adjust(change, sku)

    @rule(sku=st.sampled_from(SKUS), units=UNITS)
    def supply_is_announced(self, sku: str, units: int) -> None:
        answer = self.shop.announce(units, sku)
        assert not isinstance(answer, Refusal)
        self.supplies.append(answer.id)

    @precondition(lambda self: self.supplies)
    @rule(pick=PICK, units=st.sampled_from([None, 1]), complete=st.booleans())
    def supply_arrives(self, pick: int, units: int | None, complete: bool) -> None:
        id_ = self.supplies[pick % len(self.supplies)]
        arrival = Arrival(supply_id=id_, quantity=units, complete=complete)
        self.shop.do(receive_supplies, [arrival])

    @rule(days=st.sampled_from([0, 0, 1, 4, 8, 15]))
    def time_passes(self, days: int) -> None:
        self.shop.clock.forward(days=days, minutes=1)
        self.shop.ring()

    @invariant()
    def promises_hold(self) -> None:
        if hasattr(self, "shop"):
            with self.shop.house.database.reading(self.shop.shard) as sql:
                broken = list(broken_promises(sql))
            assert not broken, broken
            self.nobody_ships_for_nothing()

    def nobody_ships_for_nothing(self) -> None:
        """What becomes ready has been paid for, or secured, in full."""
        for order in map(self.shop.look, self.orders):
            if order.state == OrderState.READY and self.before.get(order.id) == RESERVED:
                assert secured(order) >= due(order), order
            self.before[order.id] = order.state


@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
def test_any_sequence_keeps_the_promises(shop: Shop):
    machine = type("AnyShopHere", (AnyShop,), {"first_shop": shop})
    run_state_machine_as_test(machine, settings=SETTINGS)
