"""A worker for the house under test: it works on request, round by round, by the house's clock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from purvey.testing import Clock, Shop
from purvey.wiring import House
from purvey.worker.run import Worker

MAX_ROUNDS = 60


@pytest.fixture
def new_shop(new_shop: Callable[..., Shop], tmp_path: Path) -> Callable[..., Shop]:
    """With the sandbox's books in the test's own folder, and carriers that take no time."""
    quick: dict[str, object] = {
        "sandbox_path": str(tmp_path / "books.db"),
        "sandbox_transit_seconds": 0.0,
        "sandbox_delivery_seconds": 0.0,
        "sandbox_slow_seconds": 0.0,
        "close_after_days": 0,
        "track_seconds": 1.0,
    }
    return lambda **settings: new_shop(**{**quick, **settings})


@pytest.fixture
def house(shop: Shop) -> House:
    return shop.house


@pytest.fixture
def work(shop: Shop, clock: Clock) -> Iterator[Callable[..., None]]:
    """`work()` does all that is due; `work(hours=1)` lets time pass first, minute by minute."""
    worker = Worker(shop.house, only=[shop.shard])

    def run(**time: float) -> None:
        if time:
            clock.forward(**time)
        for _ in range(MAX_ROUNDS):
            if not worker.round():
                return
        raise AssertionError("the worker does not come to an end")

    yield run
    worker.close()


@pytest.fixture
def warehouse(shop: Shop, work: Callable[..., None]) -> Callable[..., None]:
    """Everything that is planned is picked, packed, labelled by the worker and handed over."""

    def send(order: object) -> None:
        for trigger in ("pick", "pack", "hand_over"):
            for shipment in shop.look(order).shipments:  # type: ignore[arg-type]
                shop.step(shipment, trigger)
            work()

    return send
