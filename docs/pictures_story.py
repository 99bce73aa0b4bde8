"""Two Mondays in a small shop, the same whenever they are told: what the pictures of pages show.

Goods, customers and addresses are those of `purvey demo`; nobody among them exists. The clock
stands where the story puts it, and the worker does at each moment what it would have done by then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from purvey.cli.demo.catalogue import SCARCE, Goods, goods, stock_the_shop
from purvey.cli.demo.people import person
from purvey.config import Settings
from purvey.domain.approvals import Approval, Kind
from purvey.domain.checks import check_draft
from purvey.domain.draft import Address, Contact, Draft, DraftLine, PaymentChoice, Shipping
from purvey.domain.order import Order
from purvey.domain.people import Person
from purvey.domain.states import ShipmentState
from purvey.kit.frozen import evolve
from purvey.kit.ids import prefixed_ids
from purvey.operations.act import Act
from purvey.operations.approvals import Question, ask
from purvey.operations.decide import Decision, decide
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.operations.hold import PlaceHold, place_holds
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.receive import Received
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.storage.orders import load_orders
from purvey.testing import Clock
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.run import Worker

LAST_MONDAY = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)
MAX_ROUNDS = 60

GATEWAY = {"method": "gateway", "gateway": "sandbox"}
CARD = PaymentChoice(**GATEWAY, token="tok_ok")  # noqa: S106 - a card of the sandbox
DECLINED = PaymentChoice(**GATEWAY, token="tok_declined")  # noqa: S106
TRANSFER, CASH = PaymentChoice(method="bank_transfer"), PaymentChoice(method="cash")
TERMS = PaymentChoice(method="terms", terms="net30", purchase_order="PO-4711")

# What becomes of the orders of the second Monday, in the order in which they come, from 7:40 on.
# The last ones that are "open" are as far as the worker brings them: paid, ready to pick.
MONDAY = (
    *("sent", "sent", "sent", "counter", "sent", "declined", "sent", "terms", "sent", "doubtful"),
    *("sent", "packed", "transfer", "counter", "packed", "short", "picking", "open", "cancelled"),
    *("picking", "open", "stopped", "open", "counter", "short", "open", "terms", "open", "open"),
)

STEPS = {"picking": 1, "packed": 2, "sent": 3, "terms": 3, "counter": 3}  # in the warehouse


def settings(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'shop.db'}",
        shop_name="Harbour & Hill",
        message_wait_seconds=0,
        sandbox_transit_seconds=3600.0,
        sandbox_delivery_seconds=86_400.0,
        sandbox_slow_seconds=0.0,
        refund_approval_above="20.00",
    )


class StoryHouse(House):
    """Its ids are the same each time: they make the tracking numbers."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(settings(folder), clock=clock)
        dice = Random(3)  # noqa: S311
        self._ids = prefixed_ids(lambda: int(clock().timestamp() * 1000), dice.getrandbits)

    def act(self, actor: str) -> Act:
        return evolve(super().act(actor), new_id=self._ids)


class Story:
    """`orders["declined"]`: the number of the last order for each word of MONDAY;
    `orders["declined_track"]`: the token of its customer's page; `orders["return"]`: what comes
    back of one of last Monday's."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock = house, clock
        self.orders: dict[str, str] = {}
        self.all: list[Order] = []
        self.staff: Mapping[str, Person] = {}  # by role; whoever serves the shop hires them
        self._dice = Random(7)  # noqa: S311 - makes orders, not secrets
        self._worker = Worker(house, only=[DEFAULT_SHARD])
        self._customers = iter(range(1, 1000))

    def tell(self) -> None:
        self.clock.now = LAST_MONDAY
        wares = goods(self._dice, orders=60)
        stock_the_shop(self.house, wares)
        self._wares = [one for one in wares if one.sku[0].isdigit()]
        self._day(("sent", "sent", "counter", "sent", "terms") * 5)
        first = self.all[0]
        self._work(hours=20)
        for _ in range(5):
            self._work(days=1)
        self.clock.now = LAST_MONDAY.replace(day=LAST_MONDAY.day + 7)
        self._day(MONDAY)
        self._take_back(first)
        self._ask_for_a_refund()
        self._worker.close()

    def _day(self, fates: tuple[str, ...]) -> None:
        """An order every nine minutes; what is to be sent goes an hour after it came."""
        under_way: list[tuple[str, Order]] = []
        for fate in fates:
            under_way.append((fate, self._order(fate)))
            self._work(minutes=9)
            if len(under_way) > 6:
                self._carry_on(*under_way.pop(0))
        for fate, order in under_way:
            self._carry_on(fate, order)

    def _order(self, fate: str) -> Order:
        draft = self._draft(fate)
        actor = {"phone": "Cleo Hart", "store": "Cleo Hart"}.get(draft.channel, "webshop")
        (answer,) = self.house.receive([draft], actor=actor)
        assert isinstance(answer, Received), answer
        order = answer.order
        self.all.append(order)
        self.orders |= {fate: order.number, f"{fate}_track": order.track_token}
        return order

    def _draft(self, fate: str) -> Draft:
        number = next(self._customers)
        who = person(number, self._dice)
        address = Address(**who.address)
        if fate == "doubtful":
            address = Address(**{**who.address, "postal_code": "12"})
        parts: dict[str, Any] = {"channel": "web", "ship_to": address, "payment": CARD}
        draft = Draft(
            **{**parts, **_way(fate)},
            external_id=f"W-{70_000 + number}",
            currency="GBP",
            customer=Contact(**who.contact),
            lines=tuple(self._lines(fate, self._wares)),
            fingerprint=f"content {number}",
        )
        return replace(draft, findings=check_draft(draft, self.house.policies))

    def _lines(self, fate: str, wares: list[Goods]) -> Iterator[DraftLine]:
        if fate == "short":
            yield DraftLine(sku=SCARCE[0], quantity=3)
            return
        for one in self._dice.sample(wares, self._dice.randint(1, 4)):
            yield DraftLine(sku=one.sku, quantity=self._dice.randint(1, 6))

    def _carry_on(self, fate: str, order: Order) -> None:
        if fate in STEPS:
            for trigger in ("pick", "pack", "hand_over")[: STEPS[fate]]:
                self._step(order, trigger)
        elif fate == "cancelled":
            wish = Decision(order_id=order.id, trigger="cancel", reason="Ordered twice.")
            self.house.do(decide, [wish], actor="Cleo Hart")
        elif fate == "stopped":
            wish = PlaceHold(order_id=order.id, reason="Calls back about the colour at noon.")
            self.house.do(place_holds, [wish], actor="Cleo Hart")
        self._work()

    def _ask_for_a_refund(self) -> None:
        received = [payment for order in self.all for payment in self.look(order).payments]
        payment = max(received, key=lambda payment: payment.received)
        reason = "All arrived in pieces, see the photos."
        question = Question(
            kind=Kind.REFUND, subject_id=payment.id, amount=payment.received, reason=reason
        )
        (asked,) = self.house.do(ask, [question], actor="Cleo Hart")
        assert isinstance(asked, Approval), asked

    def _take_back(self, order: Order) -> None:
        line = order.lines[0]
        wanted = [Wanted(no=line.no, quantity=1, reason="damaged", note="The handle is off.")]
        wish = ReturnWish(order_id=order.id, lines=wanted)
        ((_, returned),) = self.house.do(request_returns, [wish], actor="customer")
        agreed = ReturnDecision(return_id=returned.id, trigger="approve")
        self.house.do(decide_returns, [agreed], actor="Cleo Hart")
        self._work(minutes=2)
        parcel = ReturnedParcel(return_id=returned.id, location="main")
        self.house.do(take_returns, [parcel], actor="Piet Novak")
        found = Found(no=line.no, quantity=1, condition="damaged", disposition="scrap", percent=100)
        looked = Inspection(return_id=returned.id, lines=[found])
        self.house.do(inspect_returns, [looked], actor="Piet Novak")
        self.orders["return"] = returned.id
        self._work()

    def _step(self, order: Order, trigger: str) -> None:
        wishes = [
            ShipmentStep(shipment_id=shipment.id, trigger=trigger)
            for shipment in self.look(order).shipments
            if shipment.state not in (ShipmentState.HANDED_OVER, ShipmentState.DELIVERED)
        ]
        if wishes:
            self.house.do(fulfil, wishes, actor="Piet Novak")
        self._work()

    def look(self, order: Order) -> Order:
        with self.house.database.reading(DEFAULT_SHARD) as sql:
            return load_orders(sql, {order.id}, lock=False)[order.id]

    def _work(self, **time: float) -> None:
        self.clock.forward(**time)
        for _ in range(MAX_ROUNDS):
            if not self._worker.round():
                return
        raise AssertionError("the worker does not come to an end")


def _way(fate: str) -> Mapping[str, Any]:
    """What differs from an order of the web, paid by card."""
    counter = {"channel": "store", "ship_to": None, "payment": CASH}
    return {
        "counter": counter | {"shipping": Shipping(method="pickup")},
        "terms": {"channel": "phone", "payment": TERMS},
        "transfer": {"channel": "phone", "payment": TRANSFER},
        "declined": {"payment": DECLINED},
    }.get(fate, {})
