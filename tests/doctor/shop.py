"""A small shop with an order in every situation, and ways to break it behind purvey's back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from purvey.config import Settings
from purvey.domain.draft import DraftLine, Finding, PaymentChoice, Shipping
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.change import OrderChange, change
from purvey.operations.decide import Decision, decide
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.move_money import MoneyStep, move_money
from purvey.operations.put_products import put_products
from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns
from purvey.ports.storage import Product
from purvey.queries.doctor import Report, examine
from purvey.storage import tables
from purvey.wiring import House
from purvey.worker.run import Worker
from tests.domain.drafts import a_draft

ACTOR = "test"
BANK = PaymentChoice(method="bank_transfer")
TERMS = PaymentChoice(method="terms", terms="net30")


def settings(url: str, folder: Path, **given: object) -> Settings:
    quick: dict[str, object] = {
        "database_url": url,
        "sandbox_path": str(folder / "books"),
        "sandbox_slow_seconds": 0.0,
        "sandbox_transit_seconds": 0.0,
        "sandbox_delivery_seconds": 0.0,
        "track_seconds": 0.02,
        "worker_poll_seconds": 0.01,
        "retry_seconds": 0.01,
        "lease_seconds": 1,
    }
    return Settings(**{**quick, **given})  # type: ignore[arg-type]


class Shop:
    """`ids` names orders by what is special about them."""

    def __init__(self, url: str, folder: Path):
        self.url, self.folder = url, folder
        self.house = House(settings(url, folder))
        self.ids: dict[str, str] = {}

    def close(self) -> None:
        self.house.outside.gateway("sandbox").close()  # type: ignore[attr-defined]
        self.house.close()

    def stock(self, sku: str, units: int, *, backorder_limit: int = 0) -> None:
        product = Product(
            sku=sku, name=sku, price=255, currency="GBP", backorder_limit=backorder_limit
        )
        self.house.do(put_products, [product], actor=ACTOR)
        self.adjust(sku, units)

    def adjust(self, sku: str, units: int) -> None:
        one = Adjustment(sku=sku, location="main", change=units, reason="count")
        self.house.do(adjust_stock, [one], actor=ACTOR)

    def take(self, name: str, *, token: str = "tok_ok", **changes: object) -> str:
        """Receive an order; `name` becomes its external id."""
        card = PaymentChoice(method="gateway", gateway="sandbox", token=token)
        parts = {"payment": card, "fingerprint": name, "idempotency_key": f"key-{name}", **changes}
        contact = replace(a_draft().customer, email=f"{name}@example.com")
        draft = a_draft(external_id=name, customer=contact, **parts)
        [answer] = self.house.receive([draft], actor=ACTOR)
        self.ids[name] = answer.order.id  # type: ignore[union-attr]
        return self.ids[name]

    def work(self, **given: object) -> None:
        """Let a worker run until nothing is left to do."""
        house = House(settings(self.url, self.folder, **given))
        Worker(house).run(until_idle=True)
        house.outside.gateway("sandbox").close()  # type: ignore[attr-defined]
        house.close()

    def do(self, operation: Callable[..., list[object]], wish: object) -> None:
        [answer] = self.house.do(operation, [wish], actor=ACTOR)
        assert type(answer).__name__ != "Refusal", answer

    def part(self, name: str, table: str) -> str:
        """The id of the order's payment or shipment."""
        with self.house.database.reading(1) as sql:
            query = f"select max(id) from {table} where shard = :shard and order_id = :id"
            return str(sql.scalar(query, id=self.ids[name]))

    def tick_off(self, name: str) -> None:
        """All messages of the order are done."""
        query = "update outbox set state = 'done' where shard = :shard and order_id = :id"
        self.house.database.run(1, lambda tx: tx.sql.execute(query, id=self.ids[name]))

    def examine(self) -> Report:
        books = {"sandbox": self.house.outside.gateway("sandbox").books}  # type: ignore[attr-defined]
        return examine(self.house.database, books=books, pause=lambda _: time.sleep(0.01))


def fill(shop: Shop) -> None:
    """One order in every situation, each reached by the process itself."""
    shop.stock("85123A", 1000)
    shop.stock("SHORT", 3, backorder_limit=100)
    _to_the_end(shop)
    _coming_back(shop)
    _on_the_way(shop)
    _at_work(shop)
    _waiting(shop)


def _to_the_end(shop: Shop) -> None:
    lines = tuple(DraftLine(sku="85123A", quantity=n, unit_price=255) for n in (1, 2))
    shop.take("delivered", lines=lines)
    shop.take("closed")
    shop.take("refunded")
    shop.take("slow", token="tok_timeout_after")
    shop.take("transfer", payment=BANK)
    shop.do(move_money, MoneyStep(payment_id=shop.part("transfer", "payment"), trigger="capture"))
    shop.work(sandbox_warehouse=1)
    shop.do(decide, Decision(order_id=shop.ids["closed"], trigger="close"))
    part = {"payment_id": shop.part("refunded", "payment"), "trigger": "refund"}
    shop.do(move_money, MoneyStep(**part, amount=100))  # type: ignore[arg-type]


def _on_the_way(shop: Shop) -> None:
    shop.take("on the way", token="tok_timeout_before")
    shop.take("partly", lines=(DraftLine(sku="SHORT", quantity=5, unit_price=255),))
    shop.work(sandbox_warehouse=1, sandbox_delivery_seconds=9e6, track_seconds=9e6)


def _at_work(shop: Shop) -> None:
    for name in ("ready", "picking", "packed", "fewer"):
        shop.take(name)
    shop.take("on terms", payment=TERMS)
    shop.work(sandbox_delivery_seconds=9e6, track_seconds=9e6)
    for name, trigger in (("picking", "pick"), ("packed", "pick"), ("packed", "pack")):
        step = ShipmentStep(shipment_id=shop.part(name, "shipment"), trigger=trigger)
        shop.do(fulfil, step)
    shop.work(sandbox_delivery_seconds=9e6, track_seconds=9e6)
    shop.do(change, OrderChange(order_id=shop.ids["fewer"], cancel={1: 2}, reason="less"))


def _waiting(shop: Shop) -> None:
    shop.take("cancelled")
    shop.take("declined", token="tok_declined")
    shop.take("customer", token="tok_needs_customer")
    short = (DraftLine(sku="SHORT", quantity=1, unit_price=255),)
    shop.take("backordered", lines=short)
    shop.take("pickup", shipping=Shipping(method="pickup"))
    shop.work(sandbox_delivery_seconds=9e6, track_seconds=9e6)
    shop.do(decide, Decision(order_id=shop.ids["cancelled"], trigger="cancel", reason="no"))
    shop.work(sandbox_delivery_seconds=9e6, track_seconds=9e6)
    doubt = Finding("address", "/ship_to", "No such street.", "hold")
    shop.take("held", findings=(doubt,))
    shop.take("bank", payment=BANK)
    shop.take("asking")
    shop.take("unknown")
    lost = PaymentReport(payment_id=shop.part("unknown", "payment"), kind="unknown", key="lost")
    shop.tick_off("unknown")
    shop.house.do(record_payments, [lost], actor=ACTOR)  # type: ignore[arg-type]


def _coming_back(shop: Shop) -> None:
    """One order of which two units came back, and one of which some are to."""
    for name in ("returned", "coming back"):
        shop.take(name)
    shop.work(sandbox_warehouse=1)
    for name in ("returned", "coming back"):
        wish = ReturnWish(order_id=shop.ids[name], lines=[Wanted(no=1, quantity=2)])
        shop.do(request_returns, wish)
    approval = ReturnDecision(return_id=shop.part("coming back", "returns"), trigger="approve")
    shop.do(decide_returns, approval)
    returned = shop.part("returned", "returns")
    shop.do(take_returns, ReturnedParcel(return_id=returned, location="main"))
    found = Found(no=1, quantity=2, condition="as_new", disposition="restock")
    shop.do(inspect_returns, Inspection(return_id=returned, lines=[found]))
    shop.do(settle_returns, SettleReturn(return_id=returned))
    shop.work()


class Vandal:
    """Writes what no constraint would allow. `restored` puts everything back."""

    def __init__(self, url: str):
        self.engine = sa.create_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if not self.is_sqlite:
            self._drop_constraints()

    def run(self, *statements: str, **values: object) -> None:
        with self._unguarded() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), values)

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Whatever is done inside is undone."""
        with self._unguarded() as connection:
            saved = {
                table: [tuple(row) for row in connection.execute(sa.select(table))]
                for table in tables.metadata.sorted_tables
            }
        try:
            yield
        finally:
            with self._unguarded() as connection:
                for table, rows in saved.items():
                    connection.execute(sa.delete(table))
                    names = [column.name for column in table.columns]
                    if rows:
                        dicts = [dict(zip(names, row, strict=True)) for row in rows]
                        connection.execute(sa.insert(table), dicts)

    @contextmanager
    def _unguarded(self) -> Iterator[sa.Connection]:
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("pragma foreign_keys = off")
                connection.exec_driver_sql("pragma ignore_check_constraints = on")
            connection.commit()
            with connection.begin():
                yield connection

    def _drop_constraints(self) -> None:
        with self.engine.begin() as connection:
            query = (
                "select conrelid::regclass::text, conname from pg_constraint"
                " where contype in ('c', 'f') and conparentid = 0 and conislocal"
                " and connamespace = 'public'::regnamespace"
            )
            for table, name in connection.exec_driver_sql(query).all():
                connection.exec_driver_sql(
                    f'alter table {table} drop constraint if exists "{name}" cascade'
                )

    def close(self) -> None:
        self.engine.dispose()
