"""A shop to try things in: what customers, gateways, warehouses and carriers do, in plain words.

Every word is one transaction on the real engine and a real database; nothing is mocked. What the
worker would do outside (ask the gateway, buy a label) is told by the caller instead, so that the
answers can come late, twice or never.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import Any, TypeVar

from purvey.domain.draft import Address, Contact, Draft, DraftLine, PaymentChoice
from purvey.domain.effects import Effect
from purvey.domain.order import Order, Payment, Shipment
from purvey.domain.states import ShipmentState
from purvey.kit.process import Refusal
from purvey.operations.adjust_stock import Adjustment, Announcement, adjust_stock, announce_supplies
from purvey.operations.change import OrderChange, change
from purvey.operations.decide import Decision, decide
from purvey.operations.fill_backorders import fill_backorders
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.operations.move_money import MoneyStep, PayAgain, move_money, pay_again
from purvey.operations.put_places import put_locations
from purvey.operations.put_products import put_products
from purvey.operations.receive import Received
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.operations.record_shipping import (
    LabelBought,
    ParcelNews,
    record_labels,
    record_tracking,
)
from purvey.operations.timers import (
    close_orders,
    expire_holds,
    expire_payments,
    expire_returns,
)
from purvey.ports.carrier import Label
from purvey.ports.storage import Level, Location, Message, Product, Supply
from purvey.storage.orders import load_orders
from purvey.storage.schema import open_shop
from purvey.storage.times import from_us
from purvey.testing.clock import Clock
from purvey.wiring import DEFAULT_SHARD, House

Answer = TypeVar("Answer")
MAX_ROUNDS = 50  # of messages that lead to messages

LEEDS = Address(
    name="Ann Lee", line1="1 High Street", city="Leeds", postal_code="LS1 4DT", country="GB"
)
BY_GATEWAY = PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok")  # noqa: S106
TIMERS: dict[str, Callable[..., None]] = {
    Effect.EXPIRE_HOLD: expire_holds,
    Effect.EXPIRE_PAYMENT: expire_payments,
    Effect.CLOSE_LATER: close_orders,
    Effect.EXPIRE_RETURN: expire_returns,
}


class Shop:
    """`house` has to have been built with `clock`."""

    def __init__(self, house: House, clock: Clock, *, shard: int = DEFAULT_SHARD):
        self.house, self.clock, self.shard = house, clock, shard
        self._numbers = count(1)

    def open(self) -> None:
        """Make the shop, in a database that has its tables."""
        currency, now = self.house.settings.currency, self.clock.now
        self.house.database.run(
            self.shard, lambda tx: open_shop(tx.sql, name="Test", currency=currency, now=now)
        )

    # The catalogue and the shelves

    def product(self, sku: str, **changes: Any) -> Product:
        parts: dict[str, Any] = {"name": f"Product {sku}", "price": 255, "currency": "GBP"}
        product = Product(sku=sku, **{**parts, **changes})
        made = self._do(put_products, product)
        assert isinstance(made, Product), made
        return made

    def stock(self, units: int, sku: str, *, at: str = "main", **product: Any) -> None:
        """Put units of a product on the shelf; a product that is not there yet is made."""
        if product or not self._known(sku):
            self.product(sku, **product)
        if units:
            self.adjust(units, sku, at=at)

    def _known(self, sku: str) -> bool:
        query = "select 1 from product where shard = :shard and sku = :sku"
        return bool(self.rows(query, sku=sku))

    def location(self, code: str, *, priority: int = 1) -> None:
        self._do(put_locations, Location(code=code, name=code.title(), priority=priority))

    def adjust(
        self, change: int, sku: str, *, at: str = "main", reason: str = "count"
    ) -> Level | Refusal:
        wish = Adjustment(sku=sku, location=at, change=change, reason=reason)
        return self._do(adjust_stock, wish)

    def available(self, sku: str) -> int:
        """Units that may still be promised, over all places."""
        query = "select on_hand - reserved as n from stock where shard = :shard and sku = :sku"
        return sum(row.n for row in self.rows(query, sku=sku))

    def announce(self, units: int, sku: str, *, on: date | None = None) -> Supply | Refusal:
        wish = Announcement(sku=sku, location="main", quantity=units, expected_on=on)
        return self._do(announce_supplies, wish)

    # Orders

    def draft(self, *lines: tuple[int, str], **changes: Any) -> Draft:
        """An order of a new customer with nothing wrong about it, unless `changes` say so."""
        number = next(self._numbers)
        parts: dict[str, Any] = {
            "channel": "web",
            "currency": "GBP",
            "customer": Contact(email=f"customer{number}@example.com"),
            "ship_to": LEEDS,
            "lines": tuple(DraftLine(sku=sku, quantity=units) for units, sku in lines),
            "payment": BY_GATEWAY,
            "fingerprint": f"content {number}",
        }
        return Draft(**{**parts, **changes})

    def receive(self, *drafts: Draft) -> list[Received | Refusal]:
        return self.house.receive(drafts, actor="api:test", shard=self.shard)

    def order(self, *lines: tuple[int, str], **changes: Any) -> Order:
        """Receive an order that is expected to be taken."""
        return self.take(self.draft(*lines, **changes))

    def take(self, draft: Draft) -> Order:
        (answer,) = self.receive(draft)
        assert isinstance(answer, Received), answer
        return answer.order

    def look(self, order: Order) -> Order:
        """The order as it is now."""
        with self.house.database.reading(self.shard) as sql:
            return load_orders(sql, {order.id}, lock=False)[order.id]

    def decide(self, order: Order, trigger: str, *, reason: str = "") -> Order | Refusal:
        return self._do(decide, Decision(order_id=order.id, trigger=trigger, reason=reason))

    def change(self, order: Order, **wishes: Any) -> Order | Refusal:
        return self._do(change, OrderChange(order_id=order.id, **wishes))

    # Money

    def payment(self, order: Order) -> Payment:
        """The latest one."""
        return max(self.look(order).payments, key=lambda payment: (payment.created_at, payment.id))

    def gateway_says(
        self, order: Order, kind: str, *, amount: int | None = None, **more: Any
    ) -> Order:
        """`kind` as in PaymentReport; without an amount all that is at stake. Each call is news."""
        payment = self.payment(order)
        key = f"{payment.id}:{next(self._numbers)}"
        moved = _at_stake(payment, kind) if amount is None else amount
        parts: dict[str, Any] = {"payment_id": payment.id, "kind": kind, "key": key}
        parts["amount"] = moved
        after = self._do(record_payments, PaymentReport(**{**parts, **more}))
        assert after is not None
        return after

    def move_money(
        self, order: Order, trigger: str, *, amount: int | None = None
    ) -> Order | Refusal:
        wish = MoneyStep(payment_id=self.payment(order).id, trigger=trigger, amount=amount)
        return self._do(move_money, wish)

    def pay_again(self, order: Order, choice: PaymentChoice = BY_GATEWAY) -> Order | Refusal:
        return self._do(pay_again, PayAgain(order_id=order.id, choice=choice))

    # The warehouse and the carrier

    def step(self, shipment: Shipment, trigger: str) -> Order | Refusal:
        return self._do(fulfil, ShipmentStep(shipment_id=shipment.id, trigger=trigger))

    def label(self, shipment: Shipment, number: str = "") -> None:
        number = number or f"TRK{next(self._numbers)}"
        bought = LabelBought(shipment_id=shipment.id, label=_label(number))
        self.report(record_labels, [bought])

    def carrier_says(self, shipment: Shipment, kind: str) -> None:
        self.report(record_tracking, [ParcelNews(shipment_id=shipment.id, kind=kind)])

    def send_off(self, order: Order) -> Order:
        """Pick, pack and hand over everything that is planned."""
        for shipment in self.look(order).shipments:
            if shipment.state == ShipmentState.PLANNED:
                self.step(shipment, "pick")
                self.step(shipment, "pack")
                self.label(shipment)
                after = self.step(shipment, "hand_over")
                assert isinstance(after, Order), after
        return self.look(order)

    def paid(self, *lines: tuple[int, str], **changes: Any) -> Order:
        """An order that is received and secured by the gateway."""
        return self.gateway_says(self.order(*lines, **changes), "authorised")

    # What becomes due

    def outbox(self, state: str = "open") -> list[Message]:
        rows = self.rows(
            "select key, effect, order_id, subject_id, payload, due_at, lane, seq from outbox"
            " where shard = :shard and state = :state order by due_at, key",
            state=state,
        )
        return [Message(**{**row._asdict(), "due_at": from_us(row.due_at)}) for row in rows]

    def promised(self, order: Order) -> list[str]:
        """The effects that wait in the outbox for an order, sorted."""
        return sorted(m.effect for m in self.outbox() if m.order_id == order.id)

    def ring(self) -> None:
        """Do what the worker does by itself: timers that are due, and stock for who waits."""
        for _ in range(MAX_ROUNDS):
            due = [m for m in self.outbox() if m.due_at <= self.clock.now and _ours(m)]
            if not due:
                return
            for message in due:
                self._ring(message)

    def _ring(self, message: Message) -> None:
        def tick(tx: Any) -> None:
            tx.messages.done([message.key], self.clock.now)

        if message.effect == Effect.FILL_BACKORDERS:
            self.report(fill_backorders, [message.subject_id], also=tick)
        else:
            self.report(TIMERS[message.effect], [message.order_id], also=tick)

    # How it is done

    def do(
        self, operation: Callable[..., list[Answer]], items: Sequence[object], **options: Any
    ) -> list[Answer]:
        """Any operation, in one transaction of this shop."""
        return self.house.do(operation, items, actor="test", shard=self.shard, **options)

    def _do(self, operation: Callable[..., list[Answer]], item: object) -> Answer:
        return self.do(operation, [item])[0]

    def report(
        self, operation: Callable[..., Any], items: Sequence[object], **options: Any
    ) -> None:
        self.do(operation, items, **options)

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.house.database.reading(self.shard) as sql:
            return sql.rows(query, **values)


def _ours(message: Message) -> bool:
    return message.effect in TIMERS or message.effect == Effect.FILL_BACKORDERS


def _at_stake(payment: Payment, kind: str) -> int:
    amounts = {"captured": payment.held or payment.amount, "refunded": payment.received}
    amounts |= {"authorised": payment.amount, "voided": payment.held}
    return amounts.get(kind, 0)


def _label(number: str) -> Label:
    return Label(
        carrier="sandbox",
        service="standard",
        tracking_number=number,
        tracking_url=f"https://carrier.example/{number}",
        cost=300,
        currency="GBP",
        media_type="x-application/zpl",
        body="^XA^XZ",
    )
