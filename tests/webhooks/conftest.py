"""A receiver on the loopback interface, a shop that may send to it, and a worker that sends."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from purvey.adapters.standard_webhooks import new_secret
from purvey.domain.webhooks import Endpoint
from purvey.operations.webhooks import NewEndpoint, add_endpoints
from purvey.queries.webhooks import DeliveryWish, Logged, find_endpoint, list_deliveries
from purvey.testing import Clock, Shop
from purvey.worker.run import Worker
from purvey.worker.webhook_calls import WebhookCalls
from tests.servers.receiver import Receiver

LOOPBACK: dict[str, Any] = {"webhook_networks": "127.0.0.0/8", "webhook_plain_http": 1}
MAX_SECONDS = 20.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


class Sender:
    """A shop with its webhooks: `sender.send()` does all that is due by the house's clock."""

    def __init__(self, shop: Shop, clock: Clock):
        self.shop, self.clock, self.house = shop, clock, shop.house
        self.worker = Worker(shop.house, only=[shop.shard])

    @property
    def calls(self) -> WebhookCalls:
        return self.worker.calls(self.shop.shard)

    def send(self, **later: float) -> None:
        if later:
            self.clock.now += timedelta(**later)
        end = time.monotonic() + MAX_SECONDS
        while self.worker.round() or self.calls.is_busy:
            assert time.monotonic() < end, "the worker does not come to an end"
            time.sleep(0.002)

    def endpoint(self, url: str, *types: str, secret: str | None = None) -> Endpoint:
        """Added; it hears of what happens from now on."""
        wish = NewEndpoint(url=url, event_types=types, secret=secret or new_secret())
        answer = self.do(add_endpoints, wish, check=self.house.webhook_rules.problem_with)
        assert isinstance(answer, Endpoint), answer
        return answer

    def do(self, operation: Any, wish: Any, **options: Any) -> Any:
        [answer] = self.house.do(
            operation, [wish], actor="Ann Lee", shard=self.shop.shard, **options
        )
        return answer

    def look(self, endpoint: Endpoint) -> Endpoint:
        with self.house.database.reading(self.shop.shard) as sql:
            found = find_endpoint(sql, endpoint.id)
        assert found is not None
        return found.endpoint

    def log(self, endpoint: Endpoint, state: str | None = None) -> list[Logged]:
        """The first page, newest first."""
        wish = DeliveryWish(endpoint_id=endpoint.id, state=state)
        with self.house.database.reading(self.shop.shard) as sql:
            return list(list_deliveries(sql, wish, limit=200).items)

    def happens(self) -> Any:
        """An order that is received and asks for its money; the worker does not answer yet."""
        self.shop.stock(5, "85123A")
        return self.shop.order((1, "85123A"))


@pytest.fixture
def new_sender(
    new_shop: Callable[..., Shop], clock: Clock, tmp_path: Any
) -> Iterator[Callable[..., Sender]]:
    senders: list[Sender] = []

    def build(**settings: Any) -> Sender:
        shop = new_shop(**{**LOOPBACK, "sandbox_path": str(tmp_path / "books.db"), **settings})
        senders.append(Sender(shop, clock))
        return senders[-1]

    yield build
    for sender in senders:
        sender.worker.close()


@pytest.fixture
def sender(new_sender: Callable[..., Sender]) -> Sender:
    return new_sender()
