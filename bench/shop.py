"""The shop that is measured: 10,000 products with stock for everybody, and orders for it."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from purvey.config import Settings, read_settings
from purvey.domain.draft import Address, Contact, Draft, DraftLine, PaymentChoice
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.put_products import put_products
from purvey.ports.storage import Product
from purvey.wiring import House

PRODUCTS = 10_000
PLENTY = 1_000_000_000
PRICE = 1000
HOT = "SKU00000"
ACTOR = "bench"
NOWHERE = Path(os.devnull + "/purvey.toml")

SKUS = [f"SKU{no:05d}" for no in range(PRODUCTS)]
LEEDS = Address(
    name="Ann Lee", line1="1 High Street", city="Leeds", postal_code="LS1 4DT", country="GB"
)
BY_CARD = PaymentChoice(method="gateway", gateway="sandbox", token="tok_ok")
BY_TRANSFER = PaymentChoice(method="bank_transfer")

# A whole life in a moment: parcels are picked by themselves and arrive at once.
AT_ONCE: dict[str, Any] = {
    "sandbox_warehouse": 1,
    "sandbox_transit_seconds": 0,
    "sandbox_delivery_seconds": 0,
    "close_after_days": 0,
    "track_seconds": 0.2,
    "worker_poll_seconds": 0.02,
}


def settings(url: str, **more: Any) -> Settings:
    """As they come; neither the environment nor a file in the working folder has a say."""
    return read_settings({}, file=NOWHERE, database_url=url, sandbox_path=books_of(url), **more)


def books_of(url: str) -> str:
    """Where the sandbox gateway keeps its books for this database."""
    if url.startswith("sqlite"):
        return url.removeprefix("sqlite:///") + "-sandbox"
    folder, name = url.split("host=")[1], url.split("@/")[1].split("?", maxsplit=1)[0]
    return f"{folder}/{name}-sandbox"


@contextmanager
def house(url: str, **more: Any) -> Iterator[House]:
    opened = House(settings(url, **more))
    opened.open()
    try:
        yield opened
    finally:
        opened.close()


def stock(opened: House) -> None:
    products = [Product(sku=s, name=f"Product {s}", price=PRICE, currency="GBP") for s in SKUS]
    opened.do(put_products, products, actor=ACTOR)
    adjust(opened, dict.fromkeys(SKUS, PLENTY))


def adjust(opened: House, changes: dict[str, int]) -> None:
    wishes = [
        Adjustment(sku=sku, location="main", change=change, reason="opening stock")
        for sku, change in changes.items()
    ]
    opened.do(adjust_stock, wishes, actor=ACTOR)


class Orders:
    """Drafts of distinct customers with distinct external ids. `tag` tells two makers apart."""

    def __init__(self, tag: str, *, lines: int = 3, payment: PaymentChoice = BY_CARD):
        self._tag, self._lines, self._payment = tag, lines, payment
        self._dice, self._count = random.Random(tag), 0

    def take(self, count: int) -> list[Draft]:
        return [self._draft() for _ in range(count)]

    def _draft(self) -> Draft:
        self._count += 1
        name = f"{self._tag}-{self._count}"
        return Draft(
            channel="web",
            external_id=name,
            currency="GBP",
            customer=Contact(email=f"{name}@example.com", name="Ann Lee", phone="+442079460000"),
            ship_to=LEEDS,
            lines=tuple(
                DraftLine(sku=sku, quantity=1, unit_price=PRICE)
                for sku in self._dice.sample(SKUS, self._lines)
            ),
            payment=self._payment,
            fingerprint=f"content of {name}",
        )
