"""What a handler works with: the messages of one effect, their orders, and the way back.

1. Messages were claimed in a transaction that is over; their lease keeps others away.
2. `ask_each` talks to the outside concurrently, with no transaction open.
3. `settle` runs inside the transaction that records the answers: what is done is ticked off there,
   so an answer and its tick are one commit.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog

from purvey import metrics
from purvey.domain.order import Order
from purvey.operations.act import Act
from purvey.ports.storage import Message, Transaction
from purvey.ports.trouble import GiveUp, Trouble, TryLater
from purvey.storage.database import assert_no_transaction
from purvey.storage.orders import recall_orders
from purvey.storage.transaction import SqlTransaction
from purvey.wiring import House

log = structlog.get_logger()
ACTOR = "worker"
MAX_WAIT = timedelta(hours=1)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Told(Generic[Answer]):
    """What the outside said about one message: an answer, or trouble. Both None: nothing to do."""

    message: Message
    answer: Answer | None = None
    trouble: Trouble | None = None


class Desk:
    """One shard of one house, as the worker's handlers see it."""

    def __init__(self, house: House, *, shard: int, pool: ThreadPoolExecutor):
        self.house, self.shard, self._pool = house, shard, pool
        self._orders: Mapping[str, Order] = {}

    def act(self) -> Act:
        return self.house.act(ACTOR)

    def orders(self, messages: Sequence[Message]) -> dict[str, Order]:
        """The orders of the messages, read without locks; read once for all that was claimed."""
        ids = {m.order_id for m in messages if m.order_id}
        known = {order_id: self._orders[order_id] for order_id in ids & self._orders.keys()}
        return known | self._read(ids - known.keys())

    def read_ahead(self, messages: Sequence[Message]) -> None:
        """Read the orders of all messages at once. What changes meanwhile shows by its version."""
        self._orders = self._read({m.order_id for m in messages if m.order_id})

    def _read(self, order_ids: Collection[str]) -> dict[str, Order]:
        if not order_ids:
            return {}
        with self.house.database.reading(self.shard) as sql:
            return recall_orders(sql, order_ids, lock=False)

    def ask_each(
        self, messages: Sequence[Message], ask: Callable[[Message], Answer | None]
    ) -> list[Told[Answer]]:
        """Ask the outside about each message; trouble with one is its own affair.

        The threads take the next message from one iterator, so that a slow answer holds up nobody
        else, and a set costs as many futures as there are threads.
        """
        assert_no_transaction()
        told: dict[int, Told[Answer]] = {}
        left = iter(enumerate(messages))  # taking from it is atomic

        def work() -> None:
            for index, message in left:
                told[index] = _ask(message, ask)

        threads = min(len(messages), self.house.settings.adapter_threads)
        for future in [self._pool.submit(work) for _ in range(threads)]:
            future.result()
        return [told[index] for index in range(len(messages))]

    def record(self, work: Callable[[SqlTransaction, Act], Any]) -> Any:
        act = self.act()
        return self.house.database.run(self.shard, lambda tx: work(tx, act))

    def settle(self, tx: Transaction, told: Iterable[Told[Any]]) -> None:
        """Tick off what is done; what had trouble comes back later, or goes to a person."""
        told = list(told)
        tx.messages.done([t.message.key for t in told if t.trouble is None], self.house.clock())
        late = [t for t in told if t.trouble is not None and not self._hopeless(t)]
        tx.messages.later([(t.message.key, self._when(t), str(t.trouble)) for t in late])
        lost = [t for t in told if t.trouble is not None and self._hopeless(t)]
        tx.messages.give_up([(t.message.key, str(t.trouble)) for t in lost])

    def settle_watched(
        self,
        tx: Transaction,
        told: Iterable[Told[Any]],
        *,
        is_over: Callable[[Told[Any]], bool],
    ) -> None:
        """As `settle`; what is not over yet is looked at again after a while."""
        told = list(told)
        open_ones = [t for t in told if t.trouble is None and not is_over(t)]
        again = self.house.clock() + timedelta(seconds=self.house.settings.track_seconds)
        tx.messages.again([t.message.key for t in open_ones], again)
        self.settle(tx, [t for t in told if t not in open_ones])

    def given_up(self, told: Iterable[Told[Any]]) -> list[Told[Any]]:
        """Those that a person must look at."""
        return [one for one in told if self._hopeless(one)]

    def count(self, told: Iterable[Told[Any]]) -> None:
        """Figures, after the commit; and a line in the log for whom a person must look at."""
        for one in told:
            gave_up = self._hopeless(one)
            retried = "gave_up" if gave_up else "retried"
            outcome = "done" if one.trouble is None else retried
            metrics.messages_done.labels(one.message.effect, outcome).inc()
            if gave_up:
                _warn(one)

    def _hopeless(self, told: Told[Any]) -> bool:
        if told.trouble is None:
            return False
        tired = told.message.attempts >= self.house.settings.max_attempts
        return isinstance(told.trouble, GiveUp) or tired

    def _when(self, told: Told[Any]) -> Any:
        """Twice as long each time, an hour at most; the outside may ask for its own time."""
        wish = told.trouble.after_seconds if isinstance(told.trouble, TryLater) else None
        pause = self.house.settings.retry_seconds * 2 ** min(12, told.message.attempts - 1)
        wait = timedelta(seconds=pause if wish is None else wish)
        return self.house.clock() + min(MAX_WAIT, wait)


def _warn(told: Told[Any]) -> None:
    """The outside's own words may name a customer: they stay in the database."""
    log.warning(
        "message_gave_up",
        key=told.message.key,
        effect=told.message.effect,
        attempts=told.message.attempts,
        trouble=type(told.trouble).__name__,
        remedy="purvey messages show KEY",
    )


def _ask(message: Message, ask: Callable[[Message], Answer | None]) -> Told[Answer]:
    try:
        return Told(message, ask(message))
    except Trouble as trouble:
        return Told(message, trouble=trouble)
