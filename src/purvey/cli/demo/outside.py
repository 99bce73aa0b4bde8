"""What happens outside the shop: the gateway posts its webhooks, the supplier's van arrives."""

import threading
from typing import TYPE_CHECKING

from purvey.cli.demo.catalogue import ACTOR, SCARCE
from purvey.cli.demo.deeds import Desk

if TYPE_CHECKING:
    from purvey.wiring import House

POST_PAUSE_SECONDS = 0.05
POSTS_AT_ONCE = 100


class Postman:
    """Delivers the sandbox gateway's webhooks to the shop, and again when it is not answered."""

    def __init__(self, desk: Desk, house: "House"):
        self._desk, self._house = desk, house
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)
        self.delivered = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    @property
    def is_done(self) -> bool:
        return not self._desk.bank.undelivered(limit=1, now=self._house.clock())

    def _work(self) -> None:
        while not self._stopping.is_set():
            if not self._round():
                self._stopping.wait(POST_PAUSE_SECONDS)

    def _round(self) -> int:
        posts = self._desk.bank.undelivered(limit=POSTS_AT_ONCE, now=self._house.clock())
        done = [
            post.id
            for post in posts
            if self._desk.api.hook("sandbox", body=post.body, headers=post.headers)
        ]
        self._desk.bank.mark_delivered(ids=done)
        self.delivered += len(done)
        return len(done)


def deliver_supplies(house: "House") -> int:
    """The announced goods are here; returns how many deliveries."""
    from purvey.operations.adjust_stock import Arrival, receive_supplies
    from purvey.wiring import DEFAULT_SHARD

    expected = house.database.run(DEFAULT_SHARD, lambda tx: tx.stock.expected(SCARCE))
    arrivals = [Arrival(supply_id=supply.id) for supply in expected]
    house.do(receive_supplies, arrivals, actor=ACTOR)
    return len(arrivals)
