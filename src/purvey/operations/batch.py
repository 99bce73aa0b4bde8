"""The orders that one transaction works on: read together, changed in memory, written together.

1. `Batch.open` takes the locks in the fixed order: stock by sku, then orders by id.
2. Decisions are made one order at a time and leave their traces here.
3. `save` writes each table once, however many orders there are.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from purvey.domain.effects import Effect
from purvey.domain.order import Order
from purvey.kit.frozen import evolve
from purvey.kit.json_text import canonical
from purvey.kit.process import Facts
from purvey.operations.act import Act
from purvey.operations.shelves import Shelves
from purvey.ports.storage import (
    NOTHING_KNOWN,
    Change,
    Document,
    Entry,
    HistoryRow,
    Message,
    Transaction,
)

NO_FACTS: Facts = {}
SEQ_PER_VERSION = 16  # messages that one step may promise, at most


class Batch:
    def __init__(self, tx: Transaction, act: Act, *, orders: Mapping[str, Order], shelves: Shelves):
        self.tx, self.act, self.shelves = tx, act, shelves
        self._before: dict[str, Order | None] = dict(orders)
        self.orders: dict[str, Order] = dict(orders)
        self._history: dict[str, list[HistoryRow]] = defaultdict(list)
        self._messages: dict[str, list[Message]] = defaultdict(list)
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._documents: dict[str, list[Document]] = defaultdict(list)
        self._loose: list[Message] = []

    @classmethod
    def open(
        cls,
        tx: Transaction,
        act: Act,
        order_ids: Collection[str],
        *,
        with_stock: bool,
        known: Mapping[str, Order] = NOTHING_KNOWN,
    ) -> Self:
        """`with_stock` for everything that may reserve, release or move stock.

        `known` orders were read a moment ago: those that nobody changed since are not read again.
        """
        skus = tx.orders.skus_of(order_ids) if with_stock and order_ids else set()
        shelves = Shelves(tx, skus)
        return cls(tx, act, orders=tx.orders.load(order_ids, known), shelves=shelves)

    def add(self, order: Order) -> None:
        self._before[order.id] = None
        self.orders[order.id] = order

    def put(self, order: Order) -> Order:
        self.orders[order.id] = order
        return order

    def record(
        self,
        order: Order,
        *,
        process: str,
        subject_id: str,
        trigger: str,
        source: str,
        target: str,
        facts: Facts = NO_FACTS,
        changes: Mapping[str, Any] = NO_FACTS,
    ) -> Order:
        """One more version of the order, with a row of history chained to the row before it.

        `changes` are fields of the order that change along.
        """
        version, act = order.version + 1, self.act
        reason = str(facts["reason"]) if facts.get("reason") else None
        rest = {k: v for k, v in facts.items() if k != "reason"}
        text = canonical(rest) if rest else "{}"
        said = (process, subject_id, trigger, source, target, act.actor, reason, text)
        digest = history_hash(order.history_hash, order.id, version, *said, act.now)
        self._history[order.id].append(HistoryRow(order.id, version, *said, act.now, digest))
        return self.put(evolve(order, version=version, history_hash=digest, **changes))

    def promise(
        self,
        effect: Effect,
        order: Order,
        *,
        subject_id: str = "",
        payload: Mapping[str, Any] = NO_FACTS,
        lane: str | None = None,
        after: timedelta = timedelta(0),
    ) -> None:
        """Put a message into the outbox. Its key tells this promise from every other one."""
        mine = self._messages[order.id]
        key = f"{order.id}:{order.version}:{effect}" + (f":{subject_id}" if subject_id else "")
        mine.append(
            Message(
                key=key,
                effect=effect,
                order_id=order.id,
                subject_id=subject_id or None,
                payload=canonical(payload) if payload else "{}",
                due_at=self.act.now + after,
                lane=lane and f"{order.id}:{lane}",
                seq=order.version * SEQ_PER_VERSION + len(mine) % SEQ_PER_VERSION,
            )
        )

    def promise_loose(self, message: Message) -> None:
        """A message that belongs to no order."""
        self._loose.append(message)

    def enter(self, order: Order, entry: Entry) -> None:
        self._entries[order.id].append(entry)

    def file(self, order: Order, document: Document) -> None:
        self._documents[order.id].append(document)

    def save(self) -> None:
        changes = [
            Change(
                self._before[order_id],
                order,
                self._history[order_id],
                self._messages[order_id],
                self._entries[order_id],
                self._documents[order_id],
            )
            for order_id, order in self.orders.items()
            if order is not self._before[order_id]
        ]
        with self.tx.pipelined():
            self.shelves.save()
            self.tx.orders.save(changes)
            self.tx.messages.add(self._loose)


def chained_hash(previous: str, row: HistoryRow) -> str:
    """What the hash of a row must be, given the hash of the row before it."""
    said = (row.process, row.subject_id, row.trigger, row.source, row.target, row.actor)
    return history_hash(previous, row.order_id, row.version, *said, row.reason, row.facts, row.at)


def history_hash(previous: str, *said: Any) -> str:
    """SHA-256 over the hash before and everything that the row says; the last word is its time."""
    *words, at = said
    parts = [previous, *["" if word is None else str(word) for word in words], _microseconds(at)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@lru_cache(64)  # all that one transaction does has one time
def _microseconds(at: datetime) -> str:
    return str(int(at.timestamp()) * 1_000_000 + at.microsecond)
